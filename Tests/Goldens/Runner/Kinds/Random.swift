import Tensor
import Training

/// A sampler on the case's key.
typealias SamplerRow = @Sendable (Key, Arguments) throws -> Tensor

/// The functions of jax.random by their names there.
private let samplers: [String: SamplerRow] = [
  "bits": { key, config in
    Random.bits(
      key, try shape(config), dtype: try config.dtype("dtype") ?? DType.defaultInteger.bitsType)
  },
  "uniform": { key, config in
    let (shape, dtype) = (try shape(config), try dtype(config))
    if try config.hasTensor("minval", "maxval") {
      return Random.uniform(
        key, shape, dtype: dtype, low: try config.operand("minval") ?? 0,
        high: try config.operand("maxval") ?? 1)
    }
    return Random.uniform(
      key, shape, dtype: dtype, low: try config.double("minval", 0),
      high: try config.double("maxval", 1))
  },
  "normal": { key, config in
    Random.normal(key, try shape(config), dtype: try dtype(config))
  },
  "truncated_normal": { key, config in
    let (shape, dtype) = (try config.shape("shape") as Shape?, try dtype(config))
    if try config.hasTensor("lower", "upper") {
      return Random.truncatedNormal(
        key, try parameter(config, "lower"), try parameter(config, "upper"), shape, dtype: dtype)
    }
    return Random.truncatedNormal(
      key, try config.double("lower"), try config.double("upper"), shape ?? [], dtype: dtype)
  },
  "bernoulli": { key, config in
    let resolution: Random.Resolution =
      try resolution(config)
    let shape: Shape? = try config.shape("shape")
    if let p = try config.tensor("p") {
      return Random.bernoulli(key, p, shape, resolution: resolution)
    }
    return Random.bernoulli(
      key, try config.double("p", 0.5), shape ?? [], resolution: resolution)
  },
  "randint": { key, config in
    let (shape, dtype) = (try shape(config), try config.dtype("dtype") ?? .defaultInteger)
    if try config.hasTensor("minval", "maxval") {
      return Random.randint(
        key, shape, try bound(config, "minval"), try bound(config, "maxval"), dtype: dtype)
    }
    return Random.randint(
      key, shape, try config.int("minval"), try config.int("maxval"), dtype: dtype)
  },
  "orthogonal": { key, config in
    Random.orthogonal(
      key, try config.int("n"), try config.int("m"), shape: try shape(config),
      dtype: try dtype(config))
  },
  "permutation": { key, config in
    guard let x = try config.tensor("x") else {
      return Random.permutation(key, try config.int("x"))
    }
    return Random.permutation(
      key, x, axis: try config.int("axis", 0), isIndependent: try config.bool("independent", false))
  },
  "choice": { key, config in
    let (shape, p) = (try shape(config), try config.tensor("p"))
    let (axis, replacing) = (try config.int("axis", 0), try config.bool("replace", true))
    let resolution: Random.Resolution = try resolution(config)
    guard let a = try config.tensor("a") else {
      return Random.choice(
        key, try config.int("a"), shape, replacing: replacing, probabilities: p,
        resolution: resolution)
    }
    return Random.choice(
      key, a, shape, replacing: replacing, probabilities: p, axis: axis, resolution: resolution)
  },
  "categorical": { key, config in
    guard let logits = try config.tensor("logits") else { throw NotBuilt("logits as a list") }
    return Random.categorical(
      key, logits, axis: try config.int("axis", -1), shape: try config.shape("shape"),
      replacing: try config.bool("replace", true), resolution: try resolution(config))
  },
  "gamma": ofParameter("a") { Random.gamma($0, $1, $2, dtype: $3) },
  "loggamma": ofParameter("a") { Random.logGamma($0, $1, $2, dtype: $3) },
  "beta": { key, config in
    Random.beta(
      key, try parameter(config, "a"), try parameter(config, "b"), try config.shape("shape"),
      dtype: try dtype(config))
  },
  "dirichlet": ofParameter("alpha") { Random.dirichlet($0, $1, $2, dtype: $3) },
  "poisson": { key, config in
    Random.poisson(
      key, try parameter(config, "lam"), try config.shape("shape"),
      dtype: try config.dtype("dtype") ?? .defaultInteger)
  },
  "binomial": { key, config in
    Random.binomial(
      key, try parameter(config, "n"), try parameter(config, "p"), try config.shape("shape"),
      dtype: try dtype(config))
  },
  "multinomial": { key, config in
    Random.multinomial(
      key, try parameter(config, "n"), try parameter(config, "p"), try config.shape("shape"),
      dtype: try dtype(config))
  },
  "multivariate_normal": { key, config in
    Random.multivariateNormal(
      key, try parameter(config, "mean"), try parameter(config, "cov"), try config.shape("shape"),
      dtype: try config.dtype("dtype"), factor: try covarianceFactor(config))
  },
  "t": ofParameter("df") { Random.t($0, $1, $2, dtype: $3) },
  "chisquare": ofParameter("df") { Random.chiSquare($0, $1, $2, dtype: $3) },
  "f": { key, config in
    Random.f(
      key, try parameter(config, "dfnum"), try parameter(config, "dfden"),
      try config.shape("shape"), dtype: try dtype(config))
  },
  "lognormal": { key, config in
    Random.logNormal(
      key, try config.operand("sigma") ?? 1, try config.shape("shape"), dtype: try dtype(config))
  },
  "rayleigh": ofParameter("scale") { Random.rayleigh($0, $1, $2, dtype: $3) },
  "wald": ofParameter("mean") { Random.wald($0, $1, $2, dtype: $3) },
  "generalized_normal": { key, config in
    Random.generalizedNormal(
      key, p: try config.double("p"), try shape(config), dtype: try dtype(config))
  },
  "double_sided_maxwell": { key, config in
    Random.doubleSidedMaxwell(
      key, try parameter(config, "loc"), try parameter(config, "scale"), try shape(config),
      dtype: try dtype(config))
  },
  "weibull_min": { key, config in
    Random.weibullMin(
      key, scale: try parameter(config, "scale"),
      concentration: try parameter(config, "concentration"), try shape(config),
      dtype: try dtype(config))
  },
  "geometric": { key, config in
    Random.geometric(
      key, try parameter(config, "p"), try config.shape("shape"),
      dtype: try config.dtype("dtype") ?? .defaultInteger)
  },
  "triangular": { key, config in
    Random.triangular(
      key, try parameter(config, "left"), try parameter(config, "mode"),
      try parameter(config, "right"), try config.shape("shape"), dtype: try dtype(config))
  },
  "maxwell": { Random.maxwell($0, try shape($1), dtype: try dtype($1)) },
  "pareto": ofParameter("b") { Random.pareto($0, $1, $2, dtype: $3) },
  "ball": { key, config in
    Random.ball(
      key, try config.int("d"), p: try config.double("p", 2), shape: try shape(config),
      dtype: try dtype(config))
  },
  "rademacher": { key, config in
    Random.rademacher(
      key, try shape(config), dtype: try config.dtype("dtype") ?? .defaultInteger)
  },
  "exponential": { Random.exponential($0, try shape($1), dtype: try dtype($1)) },
  "laplace": { Random.laplace($0, try shape($1), dtype: try dtype($1)) },
  "logistic": { Random.logistic($0, try shape($1), dtype: try dtype($1)) },
  "cauchy": { Random.cauchy($0, try shape($1), dtype: try dtype($1)) },
  "gumbel": { key, config in
    Random.gumbel(
      key, try shape(config), dtype: try dtype(config), resolution: try resolution(config))
  },
]

/// Makes a row of a distribution with one parameter, whose shape the draws have unless one is given.
private func ofParameter(
  _ name: String, _ draw: @escaping @Sendable (Key, Tensor, Shape?, DType) -> Tensor
) -> SamplerRow {
  { key, config in
    draw(key, try parameter(config, name), try config.shape("shape"), try dtype(config))
  }
}

private func resolution(_ config: Arguments) throws -> Random.Resolution {
  switch try config.text("mode") as String? {
  case nil, "low": .low
  case "high": .high
  case let mode?: throw NotBuilt("mode \(mode)")
  }
}

private func covarianceFactor(_ config: Arguments) throws -> Random.CovarianceFactor {
  switch try config.text("method") as String? {
  case nil, "cholesky": .cholesky
  case "eigh": .eigh
  case "svd": .svd
  case let method?: throw NotBuilt("method \(method)")
  }
}

/// A bound of integers: a tensor or a number.
private func bound(_ config: Arguments, _ name: String) throws -> Tensor {
  try config.tensor(name) ?? Tensor(try config.int(name) as Int, dtype: .defaultInteger)
}

/// A parameter of a distribution: a tensor or a number.
private func parameter(_ config: Arguments, _ name: String) throws -> Tensor {
  guard let value = try config.operand(name) else {
    throw GoldenError("argument \(name) is missing")
  }
  return value
}

private func shape(_ config: Arguments) throws -> Shape { try config.shape("shape") ?? [] }

private func dtype(_ config: Arguments) throws -> DType {
  try config.dtype("dtype") ?? .defaultFloat
}

/// Runs a case of kind "random": keys in rows, or one sampler.
func runRandom(_ golden: GoldenCase, _ check: Check) throws {
  let values = Values(golden)
  let config = Arguments(golden.json["config"], values)
  let result: Tensor
  switch golden.module {
  case "key":
    let seeds = try values.tensor("in/seeds").scalars(as: Int.self)
    result = rows(seeds.map { Key($0, layout: golden.layout) })
  case "fold_in":
    let key = try golden.key("rng/key")
    let numbers = try values.tensor("in/data").scalars(as: Int.self)
    result = rows(numbers.map { key.foldIn($0) })
  case "split":
    let count: Shape = try config.shape("num") ?? [2]
    result = try golden.key("rng/key").split(into: count).data
  default:
    guard let sampler = samplers[golden.module] else {
      throw NotBuilt("jax.random.\(golden.module)")
    }
    result = try sampler(try golden.key("rng/key"), config)
  }
  try config.checkAllRead()
  try check.equal("out/0", result, group: "out")
}

/// The data of keys, one a row.
private func rows(_ keys: [Key]) -> Tensor {
  let words = keys.flatMap { key in key.words.map { [$0.0, $0.1] } ?? [] }
  return Tensor(words, shape: [keys.count, 2])
}
