import Linen
import Training

/// An initializer of flax.linen.initializers from its arguments.
typealias InitializerRow = @Sendable (Arguments) throws -> Initializer

private let initializers: [String: InitializerRow] = [
  "zeros": { _ in .zeros },
  "zeros_init": { _ in .zeros },
  "ones": { _ in .ones },
  "ones_init": { _ in .ones },
  "constant": { args in
    if let value = try args.tensor("value") { return .constant(value) }
    return .constant(try args.double("value"))
  },
  "uniform": { .uniform(scale: try $0.double("scale", 0.01)) },
  "normal": { .normal(stddev: try $0.double("stddev", 0.01)) },
  "truncated_normal": { args in
    .truncatedNormal(
      stddev: try args.double("stddev", 0.01), lower: try args.double("lower", -2),
      upper: try args.double("upper", 2))
  },
  "orthogonal": { args in
    .orthogonal(
      scale: try args.double("scale", 1), columnAxis: try args.int("column_axis", -1))
  },
  "delta_orthogonal": { args in
    .deltaOrthogonal(
      scale: try args.double("scale", 1), columnAxis: try args.int("column_axis", -1))
  },
  "variance_scaling": { args in
    let axes = try axes(args)
    return .varianceScaling(
      scale: try args.double("scale"), mode: try mode(args), distribution: try distribution(args),
      inAxis: axes.input, outAxis: axes.output, batchAxis: axes.batch)
  },
  "lecun_normal": { try fanScaled($0, Initializer.lecunNormal) },
  "lecun_uniform": { try fanScaled($0, Initializer.lecunUniform) },
  "glorot_normal": { try fanScaled($0, Initializer.glorotNormal) },
  "glorot_uniform": { try fanScaled($0, Initializer.glorotUniform) },
  "xavier_normal": { try fanScaled($0, Initializer.xavierNormal) },
  "xavier_uniform": { try fanScaled($0, Initializer.xavierUniform) },
  "he_normal": { try fanScaled($0, Initializer.heNormal) },
  "he_uniform": { try fanScaled($0, Initializer.heUniform) },
  "kaiming_normal": { try fanScaled($0, Initializer.kaimingNormal) },
  "kaiming_uniform": { try fanScaled($0, Initializer.kaimingUniform) },
]

/// Builds the initializer that Flax calls `name`.
func goldenInitializer(_ name: String, _ arguments: Arguments) throws -> Initializer {
  guard let row = initializers[name] else { throw NotBuilt("initializer \(name)") }
  let result = try row(arguments)
  try arguments.checkAllRead()
  return result
}

/// Runs a case of kind "initializer".
func runInitializer(_ golden: GoldenCase, _ check: Check) throws {
  let values = Values(golden)
  let initializer = try goldenInitializer(golden.module, Arguments(golden.json["config"], values))
  let call = Arguments(golden.json["call"], values)
  let result = initializer(
    try golden.key("rng/key"), try call.shape("shape"), try call.dtype("dtype") ?? .defaultFloat)
  try call.checkAllRead()
  try check.equal("out/0", result, group: "out")
}

private func axes(_ args: Arguments) throws -> (input: [Int], output: [Int], batch: [Int]) {
  (
    try args.ints("in_axis") ?? [-2], try args.ints("out_axis") ?? [-1],
    try args.ints("batch_axis") ?? []
  )
}

private func fanScaled(
  _ args: Arguments, _ make: ([Int], [Int], [Int]) -> Initializer
) throws -> Initializer {
  let axes = try axes(args)
  return make(axes.input, axes.output, axes.batch)
}

private func mode(_ args: Arguments) throws -> Initializer.FanMode {
  switch try args.text("mode") as String {
  case "fan_in": .fanIn
  case "fan_out": .fanOut
  case "fan_avg": .fanAvg
  case "fan_geo_avg": .fanGeoAvg
  case let name: throw GoldenError("unknown mode \(name)")
  }
}

private func distribution(_ args: Arguments) throws -> Initializer.Distribution {
  switch try args.text("distribution") as String {
  case "truncated_normal": .truncatedNormal
  case "normal": .normal
  case "uniform": .uniform
  case let name: throw GoldenError("unknown distribution \(name)")
  }
}
