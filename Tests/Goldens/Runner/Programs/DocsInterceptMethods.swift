import Linen
import Training

private final class Net: Module, @unchecked Sendable {
  @Setup var a: Dense
  @Setup var b: Dense

  override func setup() {
    a = Dense(4)
    b = Dense(2, useBias: false)
  }

  func hidden(_ x: Tensor) -> Tensor { method(x) { relu(a($0)) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { b(hidden($0)) } }
}

/// interceptMethods: a stack of interceptors, skipping, changed arguments and results.
func docsInterceptMethods(_ run: ProgramRun) throws {
  var log: [JSON] = []
  func note(_ name: String, _ context: InterceptorContext) {
    log.append(.texts([name, type(of: context.module).linenName, context.methodName]))
  }
  func logging(_ name: String) -> Interceptor {
    { next, arguments, context in
      note(name, context)
      return next(arguments)
    }
  }
  let skip: Interceptor = { _, arguments, context in
    note("skip", context)
    return context.original(arguments)
  }
  let halveDense: Interceptor = { next, arguments, context in
    guard context.module is Dense, context.methodName == "__call__",
      let x = arguments[0] as? Tensor
    else { return next(arguments) }
    var halved = arguments
    halved[0] = x * 0.5
    let result = next(halved)
    return (result as? Tensor).map { $0 + 1.0 } ?? result
  }
  let x = try run.input("x")
  let model = Net()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let y = try interceptMethods(logging("first")) {
    try interceptMethods(logging("second")) { try model.apply(variables) { $0(x) } }
  }
  _ = try interceptMethods(skip) {
    try interceptMethods(logging("second")) { try model.apply(variables) { $0(x) } }
  }
  run.give("vars", variables)
  run.give("out", y)
  run.give(
    "out_changed", try interceptMethods(halveDense) { try model.apply(variables) { $0(x) } })
  run.give(value: "log", .array(log))
}
