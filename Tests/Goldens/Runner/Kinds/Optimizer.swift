import Optimizers
import Tensor
import Training

private typealias OptimizerRow = @Sendable (Arguments) throws -> GradientTransformation

/// Optimizers by their names in optax.
///
/// A call with only a learning rate tests the defaults too.
private let optimizers: [String: OptimizerRow] = [
  "sgd": { args in
    sgd(
      try rate(args), momentum: try args.double("momentum") as Double?,
      nesterov: try args.bool("nesterov", false),
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
      muDtype: try args.dtype("mu_dtype"), weightDecay: try args.double("weight_decay", 1e-4),
      nesterov: try args.bool("nesterov", false))
  },
  "nadam": { args in
    if args.isOnly("learning_rate") { return nadam(try rate(args)) }
    return nadam(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8))
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
      weightDecay: try args.double("weight_decay", 0))
  },
  "lars": { args in
    if args.isOnly("learning_rate") { return lars(try rate(args)) }
    return lars(
      try rate(args), weightDecay: try args.double("weight_decay", 0),
      trustCoefficient: try args.double("trust_coefficient", 0.001),
      eps: try args.double("eps", 0), momentum: try args.double("momentum", 0.9),
      nesterov: try args.bool("nesterov", false))
  },
  "lion": { args in
    if args.isOnly("learning_rate") { return lion(try rate(args)) }
    return lion(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.99),
      muDtype: try args.dtype("mu_dtype"), weightDecay: try args.double("weight_decay", 1e-3))
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
      try rate(args), rho: try args.double("rho", 0.9), eps: try args.double("eps", 1e-6),
      weightDecay: try args.double("weight_decay", 0))
  },
  "adafactor": { args in
    if args.isOnly("learning_rate") { return adafactor(try rate(args)) }
    return adafactor(
      try rate(args), minDimSizeToFactor: try args.int("min_dim_size_to_factor", 128),
      decayRate: try args.double("decay_rate", 0.8),
      decayOffset: try args.int("decay_offset", 0),
      multiplyByParameterScale: try args.bool("multiply_by_parameter_scale", true),
      clippingThreshold: args.isNull("clipping_threshold")
        ? nil : try args.double("clipping_threshold", 1.0),
      momentum: try args.double("momentum") as Double?,
      weightDecayRate: try args.double("weight_decay_rate") as Double?,
      eps: try args.double("eps", 1e-30), factored: try args.bool("factored", true))
  },
  "adamax": { args in
    if args.isOnly("learning_rate") { return adamax(try rate(args)) }
    return adamax(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8))
  },
  "adabelief": { args in
    if args.isOnly("learning_rate") { return adabelief(try rate(args)) }
    return adabelief(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-16), epsRoot: try args.double("eps_root", 1e-16),
      nesterov: try args.bool("nesterov", false))
  },
  "amsgrad": { args in
    if args.isOnly("learning_rate") { return amsgrad(try rate(args)) }
    return amsgrad(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8))
  },
  "radam": { args in
    if args.isOnly("learning_rate") { return radam(try rate(args)) }
    return radam(
      try rate(args), b1: try args.double("b1", 0.9), b2: try args.double("b2", 0.999),
      eps: try args.double("eps", 1e-8), threshold: try args.double("threshold", 5),
      nesterov: try args.bool("nesterov", false))
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
      eps: try args.double("eps", 1e-6), weightDecay: try args.double("weight_decay", 0))
  },
  "sign_sgd": { signSGD(try rate($0)) },
  "clip": { clip(try $0.double("max_delta") as Double) },
  "clip_by_global_norm": { clipByGlobalNorm(try $0.double("max_norm") as Double) },
  "clip_by_block_rms": { clipByBlockRMS(try $0.double("threshold") as Double) },
  "adaptive_grad_clip": { args in
    adaptiveGradClip(try args.double("clipping") as Double, eps: try args.double("eps", 1e-3))
  },
  "add_decayed_weights": { addDecayedWeights(try $0.double("weight_decay", 0)) },
  "scale": { scale(try $0.double("step_size") as Double) },
  "identity": { _ in identity() },
  "zero_nans": { _ in zeroNans() },
  "trace": { args in
    trace(
      decay: try args.double("decay") as Double, nesterov: try args.bool("nesterov", false))
  },
  "ema": { args in
    ema(decay: try args.double("decay") as Double, debias: try args.bool("debias", true))
  },
]

/// The learning rate: a number or a schedule.
private func rate(_ args: Arguments) throws -> any ScalarOrSchedule {
  if let rate = args.json("learning_rate"), let name = rate["schedule"]?.text {
    return try schedule(name, Arguments(rate["args"], args.values))
  }
  return try args.double("learning_rate") as Double
}

/// Builds the transformation that a JSON value describes: an optimizer or a chain of them.
func optimizer(_ json: JSON?, _ values: Values) throws -> GradientTransformation {
  if let parts = json?["chain"]?.elements {
    return chain(try parts.map { try optimizer($0, values) })
  }
  guard let name = json?["optimizer"]?.text else {
    throw GoldenError("the config is neither an optimizer nor a chain")
  }
  guard let row = optimizers[name] else { throw NotBuilt("optax.\(name)") }
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
