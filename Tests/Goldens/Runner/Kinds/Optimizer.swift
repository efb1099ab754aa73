import Optimizers
import Tensor
import Training

/// Builds a transformation from the arguments that optax's function of the row's name takes.
typealias OptimizerRow = @Sendable (Arguments) throws -> GradientTransformation

/// Optimizers by their names in optax.
///
/// A call with only a learning rate tests the defaults too.
let optimizers: [String: OptimizerRow] = [
  "sgd": { args in
    sgd(
      try rate(args), momentum: try args.double("momentum") as Double?,
      nesterov: try args.bool("nesterov", false),
      accumulatorDtype: try args.dtype("accumulator_dtype"))
  },
  "noisy_sgd": { args in
    noisySGD(
      try rate(args), eta: try args.double("eta", 0.01), gamma: try args.double("gamma", 0.55),
      key: try key(args))
  },
  "sign_sgd": { signSGD(try rate($0)) },
  "signum": { args in
    signum(
      try rate(args), beta: try args.double("beta", 0.9),
      accumulatorDtype: try args.dtype("accumulator_dtype"))
  },
  "adam": { args in
    if args.isOnly("learning_rate") { return adam(try rate(args)) }
    return adam(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), nesterov: try args.bool("nesterov", false))
  },
  "adamw": { args in
    if args.isOnly("learning_rate") { return adamw(try rate(args)) }
    return adamw(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), weightDecay: try decay(args, 1e-4),
      mask: try mask(args), nesterov: try args.bool("nesterov", false))
  },
  "nadam": { args in
    if args.isOnly("learning_rate") { return nadam(try rate(args)) }
    // optax lets `nesterov` be taken back, which leaves Adam.
    return adam(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), nesterov: try args.bool("nesterov", true))
  },
  "nadamw": { args in
    if args.isOnly("learning_rate") { return nadamw(try rate(args)) }
    return adamw(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), weightDecay: try decay(args, 1e-4),
      mask: try mask(args), nesterov: try args.bool("nesterov", true))
  },
  "rmsprop": { args in
    if args.isOnly("learning_rate") { return rmsprop(try rate(args)) }
    return rmsprop(
      try rate(args), decay: try args.double("decay", 0.9),
      eps: try args.double("eps", 1e-8), initialScale: try args.double("initial_scale", 0),
      epsInSqrt: try args.bool("eps_in_sqrt", true),
      centered: try args.bool("centered", false),
      momentum: try args.double("momentum") as Double?,
      nesterov: try args.bool("nesterov", false),
      biasCorrection: try args.bool("bias_correction", false))
  },
  "lamb": { args in
    if args.isOnly("learning_rate") { return lamb(try rate(args)) }
    return lamb(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-6), epsRoot: try args.double("eps_root", 0),
      weightDecay: try decay(args, 0), mask: try mask(args))
  },
  "lars": { args in
    if args.isOnly("learning_rate") { return lars(try rate(args)) }
    return lars(
      try rate(args), weightDecay: try decay(args, 0),
      weightDecayMask: try mask(args, "weight_decay_mask") ?? everything,
      trustCoefficient: try args.double("trust_coefficient", 0.001),
      eps: try args.double("eps", 0),
      trustRatioMask: try mask(args, "trust_ratio_mask") ?? everything,
      momentum: try args.double("momentum", 0.9), nesterov: try args.bool("nesterov", false))
  },
  "lion": { args in
    if args.isOnly("learning_rate") { return lion(try rate(args)) }
    return lion(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.99),
      muDtype: try args.dtype("mu_dtype"), weightDecay: try decay(args, 1e-3),
      mask: try mask(args))
  },
  "adagrad": { args in
    if args.isOnly("learning_rate") { return adagrad(try rate(args)) }
    return adagrad(
      try rate(args),
      initialAccumulatorValue: try args.double("initial_accumulator_value", 0.1),
      eps: try args.double("eps", 1e-7))
  },
  "adadelta": { args in
    if args.isOnly("learning_rate") { return adadelta(try rate(args)) }
    return adadelta(
      try optionalRate(args), rho: try args.double("rho", 0.9), eps: try args.double("eps", 1e-6),
      weightDecay: try decay(args, 0), weightDecayMask: try mask(args, "weight_decay_mask"))
  },
  "adafactor": { args in
    if args.isOnly("learning_rate") { return adafactor(try rate(args)) }
    return adafactor(
      try optionalRate(args),
      minDimSizeToFactor: try args.int("min_dim_size_to_factor", 128),
      decayRate: try args.double("decay_rate", 0.8),
      decayOffset: try args.int("decay_offset", 0),
      multiplyByParameterScale: try args.bool("multiply_by_parameter_scale", true),
      clippingThreshold: args.isNull("clipping_threshold")
        ? nil : try args.double("clipping_threshold", 1.0),
      momentum: try args.double("momentum") as Double?,
      dtypeMomentum: try args.dtype("dtype_momentum") ?? .float32,
      weightDecayRate: try scalarOrSchedule(args, "weight_decay_rate"),
      eps: try args.double("eps", 1e-30), factored: try args.bool("factored", true),
      weightDecayMask: try mask(args, "weight_decay_mask"))
  },
  "adamax": { args in
    if args.isOnly("learning_rate") { return adamax(try rate(args)) }
    return adamax(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8))
  },
  "adamaxw": { args in
    if args.isOnly("learning_rate") { return adamaxw(try rate(args)) }
    return adamaxw(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), weightDecay: try decay(args, 1e-4),
      mask: try mask(args))
  },
  "adabelief": { args in
    if args.isOnly("learning_rate") { return adabelief(try rate(args)) }
    return adabelief(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-16), epsRoot: try args.double("eps_root", 1e-16),
      nesterov: try args.bool("nesterov", false))
  },
  "adan": { args in
    if args.isOnly("learning_rate") { return adan(try rate(args)) }
    return adan(
      try rate(args), b1: try args.double("b1", 0.98), b2: try args.double("b2", 0.92),
      b3: try args.double("b3", 0.99), eps: try args.double("eps", 1e-8),
      epsRoot: try args.double("eps_root", 1e-8), weightDecay: try decay(args, 0),
      mask: try mask(args))
  },
  "amsgrad": { args in
    if args.isOnly("learning_rate") { return amsgrad(try rate(args)) }
    return amsgrad(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"),
      biasCorrectionMu: try args.bool("bias_correction_mu", true),
      biasCorrectionNu: try args.bool("bias_correction_nu", true))
  },
  "radam": { args in
    if args.isOnly("learning_rate") { return radam(try rate(args)) }
    return radam(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      threshold: try args.double("threshold", 5), nesterov: try args.bool("nesterov", false))
  },
  "yogi": { args in
    if args.isOnly("learning_rate") { return yogi(try rate(args)) }
    return yogi(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-3))
  },
  "novograd": { args in
    if args.isOnly("learning_rate") { return novograd(try rate(args)) }
    return novograd(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.25),
      eps: try args.double("eps", 1e-6), epsRoot: try args.double("eps_root", 0),
      weightDecay: try args.double("weight_decay", 0))
  },
  "sm3": { args in
    sm3(try args.double("learning_rate") as Double, momentum: try args.double("momentum", 0.9))
  },
  "fromage": { fromage(try rate($0), minNorm: try $0.double("min_norm", 1e-6)) },
  "rprop": { args in
    if args.isOnly("learning_rate") { return rprop(try args.double("learning_rate") as Double) }
    return rprop(
      try args.double("learning_rate") as Double, etaMinus: try args.double("eta_minus", 0.5),
      etaPlus: try args.double("eta_plus", 1.2),
      minStepSize: try args.double("min_step_size", 1e-6),
      maxStepSize: try args.double("max_step_size", 50))
  },
  "optimistic_gradient_descent": { args in
    optimisticGradientDescent(
      try rate(args), alpha: try args.double("alpha", 1), beta: try args.double("beta", 1))
  },
  "optimistic_adam": { args in
    let rate: Double = try args.double("learning_rate")
    return optimisticAdam(
      1, alpha: rate, beta: try args.double("optimism", rate), b1: try args.double("b1", 0.9),
      b2: try args.double("b2", 0.999), eps: try args.double("eps", 1e-8),
      epsRoot: try args.double("eps_root", 0), muDtype: try args.dtype("mu_dtype"),
      nesterov: try args.bool("nesterov", true))
  },
  "optimistic_adam_v2": { args in
    if args.isOnly("learning_rate") { return optimisticAdam(try rate(args)) }
    return optimisticAdam(
      try rate(args), alpha: try args.double("alpha", 1), beta: try args.double("beta", 1),
      b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), epsRoot: try args.double("eps_root", 0),
      muDtype: try args.dtype("mu_dtype"), nesterov: try args.bool("nesterov", true))
  },
]

/// Builds the transformation that a JSON value describes: an optimizer or a chain of them.
func optimizer(_ json: JSON?, _ values: Values) throws -> GradientTransformation {
  if let parts = json?["chain"]?.elements {
    return chain(try parts.map { try optimizer($0, values) })
  }
  guard let name = json?["optimizer"]?.text else {
    throw GoldenError("the config is neither an optimizer nor a chain")
  }
  guard let row = optimizers[name] ?? transformations[name] else { throw NotBuilt("optax.\(name)") }
  let arguments = Arguments(json?["args"], values)
  let result = try row(arguments)
  try arguments.checkAllRead()
  return result
}

/// Runs a case of kind "optimizer": steps with given gradients, from given parameters.
func runOptimizer(_ golden: GoldenCase, _ check: Check) throws {
  let transformation = try optimizer(golden.json["config"], Values(golden))
  guard let steps = golden.json["call"]?["steps"]?.integer else {
    throw GoldenError("the call lacks steps")
  }
  var params = try golden.tree("vars/params")
  var state = transformation.initialize(params)
  for step in 0..<steps {
    let gradients = try golden.tree("in/\(step)")
    let (updates, next) = transformation.update(
      gradients, state, params: params)
    state = next
    params = applyUpdates(params, updates)
    try check.equal(under: "upd/\(step)", updates, group: "upd")
    try check.equal(under: "out/\(step)", params, group: "out")
  }
}
