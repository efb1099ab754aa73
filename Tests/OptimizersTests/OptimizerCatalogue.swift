import Optimizers
import Tensor

private let kernels = ParameterMask { _, parameter in parameter.rank > 1 }
private let biases = ParameterMask { _, parameter in parameter.rank < 2 }
private let cosine = cosineDecaySchedule(initValue: 0.5, decaySteps: 3)

/// An optimizer for which the laws and the comparison with optax run.
struct OptimizerRow: Sendable {
  /// Its name in the fixture.
  let name: String
  let optimizer: GradientTransformation

  /// What an update is given besides gradients and parameters.
  var values: [String: Tensor] {
    name.hasPrefix("polyak_sgd") ? ["value": Tensor(Float(1.5))] : [:]
  }

  /// All rows by name.
  static let all = Dictionary(
    uniqueKeysWithValues: (Array(algorithms) + Array(wrappers)).map { name, optimizer in
      (name, OptimizerRow(name: name, optimizer: optimizer))
    })

  static var names: [String] { all.keys.sorted() }
}

/// Optimizers by themselves, each with its defaults and with all its options.
private let algorithms: [String: GradientTransformation] = [
  "sgd": sgd(0.1),
  "sgd_momentum": sgd(0.1, momentum: 0.9),
  "sgd_nesterov": sgd(0.1, momentum: 0.9, nesterov: true),
  "sgd_schedule": sgd(cosine, momentum: 0.5),
  "sign_sgd": signSGD(0.1),
  "noisy_sgd": noisySGD(0.1, key: Key(3)),
  "adam": adam(0.01),
  "adam_eps_root": adam(0.01, b1: 0.8, b2: 0.9, eps: 1e-3, epsRoot: 1e-4),
  "nadam": nadam(0.01),
  "adamw": adamw(0.01, weightDecay: 0.1),
  "adamw_mask": adamw(0.01, weightDecay: 0.1, mask: kernels),
  "adamw_schedules": adamw(
    cosine, weightDecay: linearSchedule(initValue: 0.1, endValue: 0, transitionSteps: 3)),
  "nadamw": nadamw(0.01),
  "adamax": adamax(0.01),
  "adamaxw": adamaxw(0.01),
  "amsgrad": amsgrad(0.01),
  "amsgrad_paper": amsgrad(0.01, biasCorrectionMu: false, biasCorrectionNu: false),
  "adagrad": adagrad(0.1),
  "adadelta": adadelta(1, weightDecay: 0.01),
  "rmsprop": rmsprop(0.01),
  "rmsprop_all": rmsprop(
    0.01, eps: 1e-3, epsInSqrt: false, centered: true, momentum: 0.9, nesterov: true,
    biasCorrection: true),
  "rmsprop_bias": rmsprop(0.01, initialScale: 0.5, biasCorrection: true),
  "rmsprop_centered": rmsprop(0.01, eps: 1e-3, centered: true),
  "lamb": lamb(0.01, weightDecay: 0.01),
  "lars": lars(0.1, weightDecay: 0.01),
  "lars_masks": lars(
    0.1, weightDecay: 0.01, weightDecayMask: kernels, trustRatioMask: kernels, nesterov: true),
  "lion": lion(0.01),
  "adafactor": adafactor(0.01, minDimSizeToFactor: 3),
  "adafactor_all": adafactor(
    0.01, minDimSizeToFactor: 2, decayRate: 0.7, multiplyByParameterScale: false,
    clippingThreshold: 0.5, momentum: 0.9, weightDecayRate: 0.01),
  "adafactor_whole": adafactor(factored: false),
  "radam": radam(0.01, b2: 0.9),
  "radam_nesterov": radam(0.01, nesterov: true),
  "novograd": novograd(0.01, weightDecay: 0.01),
  "yogi": yogi(0.01),
  "sm3": sm3(0.1),
  "adabelief": adabelief(0.01),
  "adabelief_nesterov": adabelief(0.01, nesterov: true),
  "polyak_sgd": polyakSGD(maxLearningRate: 0.05),
  "adagrad_all": adagrad(cosine, initialAccumulatorValue: 0, eps: 1e-3),
  "adadelta_all": adadelta(0.5, rho: 0.8, eps: 1e-3, weightDecay: 0.01, weightDecayMask: kernels),
  "adafactor_default": adafactor(0.01),
  "adafactor_offset": adafactor(
    cosine, minDimSizeToFactor: 2, decayOffset: -2, clippingThreshold: nil, momentum: 0.8,
    dtypeMomentum: .bfloat16, weightDecayRate: 0.01, eps: 1e-3, weightDecayMask: kernels),
  "adamax_all": adamax(cosine, b1: 0.8, b2: 0.9, eps: 1e-3),
  "adamaxw_all": adamaxw(0.01, b1: 0.8, b2: 0.9, eps: 1e-3, weightDecay: 0.1, mask: kernels),
  "adam_half": adam(0.01, muDtype: .bfloat16, nesterov: true),
  "adamw_nesterov": adamw(0.01, b1: 0.7, muDtype: .float16, weightDecay: 0.05, nesterov: true),
  "adan": adan(0.01),
  "adan_all": adan(
    cosine, b1: 0.9, b2: 0.8, b3: 0.95, eps: 1e-3, epsRoot: 1e-4, weightDecay: 0.1, mask: kernels),
  "amsgrad_all": amsgrad(
    cosine, b1: 0.8, b2: 0.7, eps: 1e-3, epsRoot: 1e-4, muDtype: .bfloat16,
    biasCorrectionNu: false),
  "adabelief_all": adabelief(cosine, b1: 0.8, b2: 0.9, eps: 1e-3, epsRoot: 1e-4),
  "fromage": fromage(0.1),
  "fromage_schedule": fromage(cosine, minNorm: 2),
  "lamb_all": lamb(
    cosine, b1: 0.8, b2: 0.9, eps: 1e-3, epsRoot: 1e-4, weightDecay: 0.1, mask: kernels),
  "lars_all": lars(cosine, weightDecay: 0.1, trustCoefficient: 0.5, eps: 0.1, momentum: 0.5),
  "lion_all": lion(
    cosine, b1: 0.5, b2: 0.8, muDtype: .bfloat16, weightDecay: 0.1, mask: kernels),
  "lion_smooth": chain(scaleByLion(mode: .smooth(beta: 3)), scale(-0.1)),
  "lion_refined": chain(scaleByLion(mode: .refined), scale(-0.1)),
  "nadam_all": nadam(0.01, b1: 0.8, b2: 0.9, eps: 1e-3, epsRoot: 1e-4, muDtype: .bfloat16),
  "nadamw_all": nadamw(cosine, weightDecay: 0.1, mask: kernels),
  "novograd_all": novograd(
    cosine, b1: 0.8, b2: 0.5, eps: 1e-3, epsRoot: 1e-4, weightDecay: 0.1),
  "scale_by_novograd": chain(scaleByNovoGrad(), scale(-0.1)),
  "optimistic_adam": optimisticAdam(0.01),
  "optimistic_adam_all": optimisticAdam(
    cosine, alpha: 0.5, beta: 2, b1: 0.8, b2: 0.9, eps: 1e-3, nesterov: false),
  "optimistic_gradient_descent": optimisticGradientDescent(0.1),
  "optimistic_gradient_descent_all": optimisticGradientDescent(cosine, alpha: 0.7, beta: 0.4),
  "radam_all": radam(cosine, b1: 0.8, b2: 0.95, eps: 1e-3, epsRoot: 1e-4, threshold: 4.2),
  "rprop": rprop(0.1),
  "rprop_all": rprop(0.1, etaMinus: 0.3, etaPlus: 2, minStepSize: 0.05, maxStepSize: 0.15),
  "signum": signum(0.1),
  "signum_all": signum(cosine, beta: 0.3, accumulatorDtype: .bfloat16),
  "sgd_accumulator": sgd(0.1, momentum: 0.7, nesterov: true, accumulatorDtype: .bfloat16),
  "sm3_all": chain(scaleBySM3(b1: 0.5, b2: 0.9, eps: 1e-3), scale(-0.1)),
  "yogi_all": yogi(cosine, b1: 0.8, b2: 0.9, eps: 1e-2),
  "scale_by_yogi": chain(scaleByYogi(epsRoot: 1e-3, initialAccumulatorValue: 0.1), scale(-0.1)),
  "noisy_sgd_all": noisySGD(cosine, eta: 0.5, gamma: 0.1, key: Key(7)),
  "polyak_sgd_all": polyakSGD(maxLearningRate: 0.2, scaling: cosine, fMin: 0.5, eps: 0.1),
  "polyak_sgd_plus": polyakSGD(fMin: 2, variant: .spsPlus),
  "polyak_sgd_uphill": polyakSGD(fMin: 2),
  "distance_over_gradients": chain(scaleByDistanceOverGradients(), scaleByLearningRate(1)),
  "distance_over_gradients_all": scaleByDistanceOverGradients(
    repsRel: 1e-2, eps: 1e-3, paramDtype: .bfloat16, globalScale: -0.5),
]

/// Transformations around or beside an optimizer.
private let wrappers: [String: GradientTransformation] = [
  "clip": chain(clip(0.3), sgd(0.1)),
  "clip_by_global_norm": chain(clipByGlobalNorm(1), adam(0.05)),
  "clip_by_global_norm_loose": chain(clipByGlobalNorm(100), sgd(0.1)),
  "clip_by_block_rms": chain(clipByBlockRMS(0.5), sgd(0.1)),
  "adaptive_grad_clip": chain(adaptiveGradClip(0.1), sgd(0.1)),
  "param_block": chain(scaleByParamBlockNorm(), scaleByParamBlockRMS(), scale(-0.1)),
  "ema": chain(ema(decay: 0.9), scale(-0.1)),
  "ema_biased": chain(ema(decay: 0.9, debias: false), scale(-0.1)),
  "masked": masked(adam(0.1), kernels),
  "multi_transform": multiTransform(["train": adam(0.1), "freeze": setToZero()]) { _, parameter in
    parameter.rank > 1 ? "train" : "freeze"
  },
  "named_chain": namedChain(["clip": clip(0.3), "adam": scaleByAdam()]),
  "multi_steps": multiSteps(adam(0.1), everyK: 2),
  "multi_steps_sum": multiSteps(sgd(0.1), everyK: 3, useGradMean: false),
  "apply_if_finite": applyIfFinite(adam(0.1), maxConsecutiveErrors: 2),
  "inject_hyperparams": injectHyperparams(["learning_rate": cosine, "b1": 0.8]) {
    adam($0["learning_rate"], b1: $0["b1"])
  },
  "zero_nans": chain(zeroNans(), sgd(0.1)),
  "adaptive_grad_clip_axis": chain(adaptiveGradClip(0.05, eps: 0.1, axes: [-1]), sgd(0.1)),
  "apply_every": chain(applyEvery(3), sgd(0.1)),
  "centralize": chain(centralize(), sgd(0.1)),
  "normalize_by_update_norm": chain(normalizeByUpdateNorm(scaleFactor: 0.5, eps: 1e-2), sgd(0.1)),
  "keep_params_nonnegative": chain(sgd(1), keepParamsNonnegative()),
  "conditionally_transform": conditionallyTransform(adam(0.1)) { step, _ in
    remainder(step, 2) .== 0
  },
  "conditionally_mask": conditionallyMask(adam(0.1)) { step, _ in remainder(step, 3) .!= 1 },
  "flatten": flatten(lamb(0.1)),
  "selective_transform": selectiveTransform(adam(0.1), freezing: biases),
  "freeze": chain(adam(0.1), freeze(biases)),
  "trace": chain(
    trace(decay: 0.8, nesterov: true, accumulatorDtype: .bfloat16), scale(-0.1)),
  "ema_accumulator": chain(ema(decay: 0.8, accumulatorDtype: .bfloat16), scale(-0.1)),
  "weight_decay_schedule": chain(
    addDecayedWeights(
      linearSchedule(initValue: 0.5, endValue: 0, transitionSteps: 3), mask: kernels),
    scale(-0.1)),
  "trust_ratio": chain(
    scaleByTrustRatio(minNorm: 0.5, trustCoefficient: 0.3, eps: 0.1), scale(-0.1)),
  "param_block_min": chain(
    scaleByParamBlockNorm(minScale: 5), scaleByParamBlockRMS(minScale: 2), scale(-0.1)),
  "snapshot": chain(snapshot("norm") { AnyTensorTree(globalNorm($0)) }, sgd(0.1)),
  "monitor": chain(
    monitor([
      "norm": GradientTransformation(stateless: { updates, _ in
        AnyTensorTree(globalNorm(updates))
      }),
      "average": measureWithEMA(decay: 0.9) { AnyTensorTree(globalNorm($0)) },
    ]), sgd(0.1)),
  "multi_steps_schedule": multiSteps(
    adam(0.1), everyK: Schedule { which($0 .< 1, 1, 2) }, accumulatorDtype: .bfloat16),
  "multi_steps_finite": multiSteps(adam(0.1), everyK: 2, skipping: .notFinite),
  "multi_steps_large": multiSteps(
    adam(0.1), everyK: 2, skipping: .largeUpdates(maxSquaredNorm: 12)),
  "inject_half": injectHyperparams(
    [
      "learning_rate": 0.1,
      "weight_decay": linearSchedule(initValue: 0.1, endValue: 0, transitionSteps: 3),
    ], dtype: .bfloat16
  ) { adamw($0["learning_rate"], weightDecay: $0["weight_decay"]) },
]
