import Linen
import Testing

/// Inputs and variables that do not fit the model.
extension Wrong {
  static let variables: KeyValuePairs<String, Mutation> = [
    "width of the input": inputWidth,
    "rank of the input": inputRank,
    "missing parameter": missingParameter,
    "missing collection": missingCollection,
    "extra parameter": extraParameter,
    "shape of a parameter": parameterShape,
    "parameter that is no tensor": parameterKind,
    "renamed modules": renamedModules,
    "parameters one level too deep": tooDeep,
    "parameters without their collection": tooShallow,
    "misspelt collection": misspeltCollection,
    "misspelt mutable collection": misspeltMutable,
  ]

  private static func inputWidth(_ program: Program, _ generator: inout Generator) throws {
    let shape = program.input.shape
    let width = shape[-1] + Int.random(in: 1...4, using: &generator)
    try program.run(
      program.variables(), Tensor.ones(shape.replacing(shape.rank - 1, with: width)))
  }

  private static func inputRank(_ program: Program, _ generator: inout Generator) throws {
    try program.run(program.variables(), Tensor.ones([]))
  }

  private static func missingParameter(_ program: Program, _ generator: inout Generator) throws {
    var variables = try program.variables()
    variables[path: try leaf(of: variables, &generator)] = nil
    try program.run(variables)
  }

  private static func missingCollection(_ program: Program, _ generator: inout Generator) throws {
    var variables = try program.variables()
    variables[path: ["params"]] = nil
    try program.run(variables)
  }

  /// Flax takes no notice of it; here it is an error in strict mode.
  private static func extraParameter(_ program: Program, _ generator: inout Generator) throws {
    var variables = try program.variables()
    var path = try leaf(of: variables, &generator)
    path[path.count - 1] += "_\(Int.random(in: 2...9, using: &generator))"
    variables[path: path] = Variables(Tensor.ones([2]))
    try strictly { try program.run(variables) }
  }

  private static func parameterShape(_ program: Program, _ generator: inout Generator) throws {
    var variables = try program.variables()
    variables[path: try leaf(of: variables, &generator)] = Variables(Tensor.ones([6, 7]))
    try program.run(variables)
  }

  private static func parameterKind(_ program: Program, _ generator: inout Generator) throws {
    var variables = try program.variables()
    let part: Variables = ["inner": Variables(Tensor.ones([2]))]
    variables[path: try leaf(of: variables, &generator)] = part
    try program.run(variables)
  }

  private static func renamedModules(_ program: Program, _ generator: inout Generator) throws {
    var renamed = Variables()
    for (name, part) in try program.variables()["params"] { renamed["\(name)s"] = part }
    try program.run(["params": renamed])
  }

  private static func tooDeep(_ program: Program, _ generator: inout Generator) throws {
    try program.run(["params": program.variables()])
  }

  private static func tooShallow(_ program: Program, _ generator: inout Generator) throws {
    try program.run(program.variables()["params"])
  }

  private static func misspeltCollection(_ program: Program, _ generator: inout Generator) throws {
    let variables = try program.variables()
    var renamed = Variables()
    for (name, part) in variables { renamed[name == "params" ? "parms" : name] = part }
    try program.run(renamed)
  }

  private static func misspeltMutable(_ program: Program, _ generator: inout Generator) throws {
    let names = ["batch_stat", "stats", "param", "Batch_stats"]
    let name = try #require(names.randomElement(using: &generator))
    try program.run(program.variables(), mutable: [name])
  }

  /// The path of a parameter.
  private static func leaf(
    of variables: Variables, _ generator: inout Generator
  ) throws -> [String] {
    let leaves = variables.flattened().map(\.path).filter { $0[0] == "params" }
    return try #require(leaves.randomElement(using: &generator))
  }
}
