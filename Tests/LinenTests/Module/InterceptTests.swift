import Linen
import Testing

private final class Calls: @unchecked Sendable {
  var names: [String] = []
}

private final class Inner: Module, @unchecked Sendable {
  @Setup var dense: Dense
  override func setup() { dense = Dense(2) }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
  func unwrapped(_ x: Tensor) -> Tensor { x }
}

private final class Identity: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x } }
  func scaled(_ x: Tensor, by factor: Int) -> Tensor {
    method(x, factor) { x, factor in x * factor }
  }
}

@Suite struct InterceptTests {
  let x = Tensor.ones([1])

  @Test func interceptorsRunInOrderAroundUnboundMethods() {
    let calls = Calls()
    func interceptor(_ name: String) -> Interceptor {
      { next, arguments, _ in
        calls.names.append(name)
        return next(arguments)
      }
    }
    interceptMethods(interceptor("1")) {
      interceptMethods(interceptor("2")) { _ = Identity()(x) }
    }
    #expect(calls.names == ["1", "2"])
    calls.names = []
    // The original method leaves out the interceptors that are further in.
    interceptMethods({ _, arguments, context in
      calls.names.append("3")
      return context.original(arguments)
    }) {
      interceptMethods(interceptor("1")) { _ = Identity()(x) }
    }
    #expect(calls.names == ["3"])
    _ = Identity()(x)
    #expect(calls.names == ["3"])
  }

  @Test func argumentsAndResultsCanBeChanged() throws {
    let result = interceptMethods({ next, arguments, context in
      #expect(context.methodName == "scaled")
      #expect(arguments.labels == [nil, "by"])
      var changed = arguments
      changed[1] = 5
      guard let y = next(changed) as? Tensor else { return x }
      return y + 1
    }) { Identity().scaled(x, by: 2) }
    try expectScalars(result, [6])
    let skipped = interceptMethods({ _, _, _ in Tensor([7.0]) }) { Identity()(x) }
    try expectScalars(skipped, [7])
  }

  @Test func wrongResultsAreErrors() {
    #expect(
      errorText {
        try withErrors { _ = interceptMethods({ _, _, _ in "text" }) { Identity()(x) } }
      } == "An interceptor of __call__ gave String, expected Tensor.")
    #expect(
      errorText {
        try withErrors {
          _ = interceptMethods({ next, arguments, _ in
            var arguments = arguments
            arguments[0] = 3
            return next(arguments)
          }) { Identity()(x) }
        }
      } == "Argument 0 is Int, the method takes Tensor.")
  }

  @Test func allModulesAndSetupAreSeen() throws {
    let calls = Calls()
    let row = Tensor.ones([1, 3])
    _ = try interceptMethods({ next, arguments, context in
      calls.names.append("\(type(of: context.module)).\(context.methodName)")
      return next(arguments)
    }) {
      try Inner().initialize(Key(0)) { $0.unwrapped($0(row)) }
    }
    #expect(calls.names == ["Inner.setup", "Inner.__call__", "Dense.__call__"])
  }

  @Test func errorsPassThrough() {
    struct Failure: Error {}
    final class Failing: Module, @unchecked Sendable {
      func callAsFunction() throws -> Int { try method { throw Failure() } }
    }
    #expect(throws: Failure.self) {
      try interceptMethods({ next, arguments, _ in next(arguments) }) {
        try Failing().apply([:]) { try $0() }
      }
    }
  }
}
