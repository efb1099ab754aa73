import Linen
import Testing

private final class Log: @unchecked Sendable {
  var entries: [(module: Module, method: String, arguments: [Any])] = []

  /// Notes each call, and changes nothing.
  var interceptor: Interceptor {
    { next, arguments, context in
      self.entries.append((context.module, context.methodName, arguments.values))
      return next(arguments)
    }
  }

  var methods: [String] { entries.map { "\(type(of: $0.module).linenName).\($0.method)" } }
}

private func mapping(_ function: @escaping (Tensor) -> Tensor) -> Interceptor {
  { next, arguments, _ in
    let y = next(arguments)
    return (y as? Tensor).map(function) ?? y
  }
}

/// What linen_module_test.py tests of `intercept_methods`.
@Suite struct FlaxInterceptTests {
  let x = Tensor.ones([])

  @Test func interceptMethodsOfAModule() throws {
    let module = PassesThrough()
    let counter = CallCount()
    let adding: Interceptor = { next, arguments, context in
      counter.value += 1
      #expect(context.module === module)
      #expect(context.methodName == "__call__")
      #expect(arguments.values.count == 1)
      #expect((arguments[0] as? Tensor)?.shape == [])
      var other = arguments
      other[0] = Tensor(3.0)
      let three = context.original(other) as? Tensor
      #expect((try? three?.item()) == 3)
      return ((next(arguments) as? Tensor) ?? Tensor(0)) + 1
    }
    let before = module(x)
    let inside = interceptMethods(adding) { module(x) }
    let after = module(x)
    #expect(counter.value == 1)
    try expectScalars(before, [1])
    try expectScalars(inside, [2])
    try expectScalars(after, [1])
  }

  @Test func interceptMethodsCompact() throws {
    let model = Model { _, x in Dense(2)(x) }
    let x = Tensor.ones([1, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let log = Log()
    _ = try interceptMethods(log.interceptor) { try model.apply(variables) { $0(x) } }
    #expect(log.methods == ["M.__call__", "Dense.__call__"])
    #expect(log.entries.allSatisfy { ($0.arguments.first as? Tensor)?.shape == [1, 3] })
    #expect(log.entries[0].module === model)
    #expect(log.entries[1].module is Dense)
  }

  @Test func interceptMethodsSetup() throws {
    final class SetupModule: Module, @unchecked Sendable {
      @Setup var layer: Dense
      override func setup() { layer = Dense(2) }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in layer(x) } }
    }
    let model = SetupModule()
    let x = Tensor.ones([1, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let log = Log()
    _ = try interceptMethods(log.interceptor) { try model.apply(variables) { $0(x) } }
    #expect(log.methods == ["SetupModule.setup", "SetupModule.__call__", "Dense.__call__"])
    #expect(log.entries.map(\.arguments.count) == [0, 1, 1])
  }

  @Test func callingTheUnderlyingMethodIsOptional() {
    struct Failure: Error {}
    final class Raises: Module, @unchecked Sendable {
      func callAsFunction() throws { try method { throw Failure() } }
    }
    let module = Raises()
    let doNothing: Interceptor = { _, arguments, _ in
      #expect(arguments.values.isEmpty)
      return ()
    }
    for _ in 0..<2 {
      #expect(throws: Never.self) { try interceptMethods(doNothing) { try module() } }
      #expect(throws: Failure.self) { try module() }
    }
  }

  @Test func interceptorsRunInLIFOOrder() throws {
    let module = PassesThrough()
    let x = Tensor(7.0)
    let addLast = interceptMethods(mapping { $0 + 1 }) {
      interceptMethods(mapping { $0 * $0 }) { module(x) }
    }
    try expectScalars(addLast, [50])
    let squareLast = interceptMethods(mapping { $0 * $0 }) {
      interceptMethods(mapping { $0 + 1 }) { module(x) }
    }
    try expectScalars(squareLast, [64])
  }

  @Test func interceptMethodsSubclasses() {
    class Foo: PassesThrough, @unchecked Sendable {
      override func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in super.callAsFunction(x) }
      }
    }
    final class Bar: Foo, @unchecked Sendable {
      override func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in super.callAsFunction(x) }
      }
    }
    let bar = Bar()
    let log = Log()
    _ = interceptMethods(log.interceptor) { bar(x) }
    #expect(log.methods == ["Bar.__call__", "Bar.__call__", "Bar.__call__"])
    #expect(log.entries.allSatisfy { $0.module === bar })
  }

  @Test func interceptMethodsNestedModule() {
    let foo = PassesThrough()
    let bar = Wrapping(foo) { $0($1) }
    let log = Log()
    _ = interceptMethods(log.interceptor) { bar(x) }
    #expect(log.entries.map(\.method) == ["__call__", "__call__"])
    #expect(log.entries[0].module === bar)
    #expect(log.entries[1].module === foo)
  }
}
