import Optimizers
import Tensor
import Training

/// Transformations that are parts of optimizers or go around them, by their names in optax.
let transformations: [String: OptimizerRow] = parts.merging(wrappers) { $1 }

private let parts: [String: OptimizerRow] = [
  "clip": { clip(try $0.double("max_delta") as Double) },
  "clip_by_global_norm": { clipByGlobalNorm(try $0.double("max_norm") as Double) },
  "clip_by_block_rms": { clipByBlockRMS(try $0.double("threshold") as Double) },
  "adaptive_grad_clip": { args in
    adaptiveGradClip(
      try args.double("clipping") as Double, eps: try args.double("eps", 1e-3),
      axes: try args.ints("axis"))
  },
  "add_decayed_weights": { addDecayedWeights(try decay($0, 0), mask: try mask($0)) },
  "add_noise": { args in
    addNoise(
      eta: try args.double("eta") as Double, gamma: try args.double("gamma") as Double,
      key: try key(args))
  },
  "apply_every": { applyEvery(try $0.int("k", 1)) },
  "centralize": { _ in centralize() },
  "ema": { args in
    ema(
      decay: try args.double("decay") as Double, debias: try args.bool("debias", true),
      accumulatorDtype: try args.dtype("accumulator_dtype"))
  },
  "identity": { _ in identity() },
  "keep_params_nonnegative": { _ in keepParamsNonnegative() },
  "normalize_by_update_norm": { args in
    normalizeByUpdateNorm(
      scaleFactor: try args.double("scale_factor", 1), eps: try args.double("eps", 1e-6))
  },
  "scale": { scale(try $0.double("step_size") as Double) },
  "scale_by_adadelta": { args in
    scaleByAdadelta(rho: try args.double("rho", 0.9), eps: try args.double("eps", 1e-6))
  },
  "scale_by_adam": { args in
    scaleByAdam(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), nesterov: try args.bool("nesterov", false))
  },
  "scale_by_adamax": { args in
    scaleByAdamax(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8))
  },
  "scale_by_adan": { args in
    scaleByAdan(
      b1: try args.double("b1", 0.98), b2: try args.double("b2", 0.92),
      b3: try args.double("b3", 0.99), eps: try args.double("eps", 1e-8),
      epsRoot: try args.double("eps_root", 0))
  },
  "scale_by_amsgrad": { args in
    scaleByAMSGrad(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"),
      biasCorrectionMu: try args.bool("bias_correction_mu", true),
      biasCorrectionNu: try args.bool("bias_correction_nu", true))
  },
  "scale_by_belief": { args in
    scaleByBelief(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-16), epsRoot: try args.double("eps_root", 1e-16),
      nesterov: try args.bool("nesterov", false))
  },
  "scale_by_distance_over_gradients": { args in
    scaleByDistanceOverGradients(
      repsRel: try args.double("reps_rel", 1e-6), eps: try args.double("eps", 1e-8),
      paramDtype: try args.dtype("param_dtype") ?? .float32,
      globalScale: try args.double("global_scale", 1))
  },
  "scale_by_factored_rms": { args in
    scaleByFactoredRMS(
      factored: try args.bool("factored", true), decayRate: try args.double("decay_rate", 0.8),
      stepOffset: try args.int("step_offset", 0),
      minDimSizeToFactor: try args.int("min_dim_size_to_factor", 128),
      epsilon: try args.double("epsilon", 1e-30))
  },
  "scale_by_learning_rate": { args in
    scaleByLearningRate(try optionalRate(args), flipSign: try args.bool("flip_sign", true))
  },
  "scale_by_lion": { args in
    let beta = try args.double("smooth_beta", 1)
    let mode = try args.text("mode") as String? ?? "hard"
    return scaleByLion(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.99),
      muDtype: try args.dtype("mu_dtype"),
      mode: mode == "smooth" ? .smooth(beta: beta) : mode == "refined" ? .refined : .hard)
  },
  "scale_by_novograd": { args in
    scaleByNovoGrad(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.25),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      weightDecay: try args.double("weight_decay", 0), muDtype: try args.dtype("mu_dtype"))
  },
  "scale_by_optimistic_gradient": { args in
    scaleByOptimisticGradient(
      alpha: try args.double("alpha", 1), beta: try args.double("beta", 1))
  },
  "scale_by_param_block_norm": {
    scaleByParamBlockNorm(minScale: try $0.double("min_scale", 1e-3))
  },
  "scale_by_param_block_rms": {
    scaleByParamBlockRMS(minScale: try $0.double("min_scale", 1e-3))
  },
  "scale_by_radam": { args in
    scaleByRAdam(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      threshold: try args.double("threshold", 5), nesterov: try args.bool("nesterov", false))
  },
  "scale_by_rms": { args in
    scaleByRMS(
      decay: try args.double("decay", 0.9), eps: try args.double("eps", 1e-8),
      initialScale: try args.double("initial_scale", 0),
      epsInSqrt: try args.bool("eps_in_sqrt", true),
      biasCorrection: try args.bool("bias_correction", false))
  },
  "scale_by_rprop": { args in
    scaleByRProp(
      try args.double("learning_rate") as Double, etaMinus: try args.double("eta_minus", 0.5),
      etaPlus: try args.double("eta_plus", 1.2),
      minStepSize: try args.double("min_step_size", 1e-6),
      maxStepSize: try args.double("max_step_size", 50))
  },
  "scale_by_rss": { args in
    scaleByRSS(
      initialAccumulatorValue: try args.double("initial_accumulator_value", 0.1),
      eps: try args.double("eps", 1e-7))
  },
  "scale_by_schedule": { args in
    guard let schedule = try scalarOrSchedule(args, "step_size_fn")?.schedule else {
      throw GoldenError("step_size_fn is not a schedule")
    }
    return scaleBySchedule(schedule)
  },
  "scale_by_sign": { _ in scaleBySign() },
  "scale_by_sm3": { args in
    scaleBySM3(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 1),
      eps: try args.double("eps", 1e-8))
  },
  "scale_by_stddev": { args in
    scaleByStddev(
      decay: try args.double("decay", 0.9), eps: try args.double("eps", 1e-8),
      initialScale: try args.double("initial_scale", 0),
      epsInSqrt: try args.bool("eps_in_sqrt", true),
      biasCorrection: try args.bool("bias_correction", false))
  },
  "scale_by_trust_ratio": { args in
    scaleByTrustRatio(
      minNorm: try args.double("min_norm", 0),
      trustCoefficient: try args.double("trust_coefficient", 1), eps: try args.double("eps", 0))
  },
  "scale_by_yogi": { args in
    scaleByYogi(
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-3), epsRoot: try args.double("eps_root", 0),
      initialAccumulatorValue: try args.double("initial_accumulator_value", 1e-6))
  },
  "set_to_zero": { _ in setToZero() },
  "trace": { args in
    trace(
      decay: try args.double("decay") as Double, nesterov: try args.bool("nesterov", false),
      accumulatorDtype: try args.dtype("accumulator_dtype"))
  },
  "zero_nans": { _ in zeroNans() },
]

/// Transformations around others, which are given as an optimizer or a chain is.
private let wrappers: [String: OptimizerRow] = [
  "apply_if_finite": { args in
    applyIfFinite(
      try inner(args), maxConsecutiveErrors: try args.int("max_consecutive_errors"))
  },
  "flatten": { flatten(try inner($0)) },
  "freeze": { freeze(try mask($0) ?? everything) },
  "masked": { masked(try inner($0), try mask($0) ?? everything) },
  "MultiSteps": { args in
    let accumulatorDtype = try args.dtype("accumulator_dtype") ?? .float32
    let useGradMean = try args.bool("use_grad_mean", true)
    let steps = try scalarOrSchedule(args, "every_k_schedule")
    let optimizer = try inner(args, "opt")
    if let schedule = steps?.schedule {
      return multiSteps(
        optimizer, everyK: schedule, useGradMean: useGradMean, accumulatorDtype: accumulatorDtype)
    }
    return multiSteps(
      optimizer, everyK: try args.int("every_k_schedule"), useGradMean: useGradMean,
      accumulatorDtype: accumulatorDtype)
  },
  "selective_transform": { args in
    selectiveTransform(
      try inner(args, "optimizer"), freezing: try mask(args, "freeze_mask") ?? everything)
  },
]

private func inner(_ args: Arguments, _ name: String = "inner") throws -> GradientTransformation {
  try optimizer(args.json(name), args.values)
}
