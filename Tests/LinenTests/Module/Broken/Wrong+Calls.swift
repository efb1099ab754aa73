import Linen

/// Modules and methods that are called where or how they can't be.
extension Wrong {
  static let calls: KeyValuePairs<String, Mutation> = [
    "module used outside": usedOutside,
    "variables outside": variablesOutside,
    "random numbers outside": keyOutside,
    "method that is not there": unknownMethod,
    "method with other arguments": methodArguments,
    "method with another result": methodResult,
    "method that is a number": methodOnValue,
    "parameter in a plain method": plainMethod,
    "property of setup read outside": propertyOutside,
    "property of setup set outside": propertySetOutside,
    "missing stream": missingStream,
    "submodule after the call": submoduleAfterwards,
  ]

  private static func usedOutside(_ program: Program, _ generator: inout Generator) throws {
    func use<M: UnaryLayer>(_ model: M) { _ = model(program.input) }
    try withErrors { use(program.model) }
  }

  private static func variablesOutside(_ program: Program, _ generator: inout Generator) throws {
    try withErrors { _ = program.model.variables }
  }

  private static func keyOutside(_ program: Program, _ generator: inout Generator) throws {
    try withErrors { _ = program.model.makeRNG("params") }
  }

  private static func unknownMethod(_ program: Program, _ generator: inout Generator) throws {
    try call("encod", on: program.model, program) { $0.input }
  }

  private static func methodArguments(_ program: Program, _ generator: inout Generator) throws {
    let width = Int.random(in: 1...9, using: &generator)
    try call("__call__", on: program.model, program) { _ in width }
  }

  private static func methodResult(_ program: Program, _ generator: inout Generator) throws {
    func run<M: UnaryLayer>(_ model: M) throws {
      let _: Int = try model.apply(program.variables(), method: "__call__", program.input)
    }
    try run(program.model)
  }

  private static func methodOnValue(_ program: Program, _ generator: inout Generator) throws {
    try call("width", on: FaultBlock(3) { $1 }, program) { $0.input }
  }

  private static func plainMethod(_ program: Program, _ generator: inout Generator) throws {
    try call("late", on: FaultBlock(3) { $1 }, program) { $0.input }
  }

  private static func propertyOutside(_ program: Program, _ generator: inout Generator) throws {
    try withErrors { _ = FaultBlock(3) { $1 }.scale }
  }

  private static func propertySetOutside(_ program: Program, _ generator: inout Generator) throws {
    try withErrors { FaultBlock(3) { $1 }.scale = program.input }
  }

  private static func missingStream(_ program: Program, _ generator: inout Generator) throws {
    func run<M: UnaryLayer>(_ model: M, _ variables: Variables) throws {
      _ = try model.apply(variables, rngs: ["dropuot": Key(1)]) { $0(program.input) }
    }
    let variables = try program.variables()
    try run(
      program.make { _, x in Dropout(0.5, deterministic: false)(x) }, variables)
  }

  /// A layer that the caller's closure makes between two calls has no place.
  private static func submoduleAfterwards(_ program: Program, _ generator: inout Generator) throws {
    func run<M: UnaryLayer>(_ model: M, _ variables: Variables) throws {
      _ = try model.apply(variables) { Dense(2)($0(program.input)) }
    }
    try run(program.model, program.variables())
  }

  private static func call<M: UnaryLayer, A>(
    _ method: String, on model: M, _ program: Program, _ argument: (Program) -> A
  ) throws {
    let _: Tensor = try model.apply(program.variables(), method: method, argument(program))
  }
}
