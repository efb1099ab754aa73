import Linen
import Testing

/// The examples of `flax.linen.apply`, `init`, `init_with_output` and `intercept_methods` in its
/// documentation.
@Suite struct SeedsFunctionsTests {
  private final class Foo: Module, @unchecked Sendable {
    @Setup var a: Dense
    @Setup var b: Dense

    override func setup() {
      a = Dense(4)
      b = Dense(3)
    }

    func encode(_ x: Tensor) -> Tensor { method(x) { x in a(x) } }
    func decode(_ z: Tensor) -> Tensor { method(z) { z in b(z) } }
  }

  private let foo = Foo()
  private let x = Tensor.ones([1, 3])

  private static func f(_ foo: Foo, _ x: Tensor) -> Tensor { foo.decode(foo.encode(x)) }

  @Test func initialize() throws {
    let initialize = initializer(of: foo) { (foo: Foo, x: Tensor) in Self.f(foo, x) }
    let variables = try initialize(Key(0), x)
    #expect(variables == (try foo.initialize(Key(0)) { Self.f($0, x) }))
    #expect(variables == (try initialize(["params": Key(0)], x)))
    let compiled = jit { (key: Key, x: Tensor) in try initialize(key, x) }
    #expect(try compiled(Key(0), x) == variables)
  }

  @Test func initializeWithOutput() throws {
    let initialize = outputInitializer(of: foo) { (foo: Foo, x: Tensor) in Self.f(foo, x) }
    let (y, variables) = try initialize(Key(0), x)
    try expectEqual(y, try foo.apply(variables) { Self.f($0, x) })
    let compiled = jit { (key: Key, x: Tensor) in
      let (y, variables) = try initialize(key, x)
      return Variables([("y", Variables(y)), ("variables", variables)])
    }
    let both = try compiled(Key(0), x)
    #expect(both["variables"] == variables)
  }

  @Test func apply() throws {
    let variables = try foo.initialize(Key(0)) { Self.f($0, x) }
    let apply = applier(of: foo) { (foo: Foo, x: Tensor) in Self.f(foo, x) }
    let y = try apply(variables, x)
    let compiled = jit(apply)
    try expectScalars(try compiled(variables, x), try y.scalars(as: Double.self))
    let gradients = try grad(variables) { sum(try apply($0, x)) }
    let bias: Tensor = gradients["params"]["b"]["bias"]
    try expectScalars(bias, [1, 1, 1])
  }

  @Test func applyWithMutableCollections() throws {
    let variables = try foo.initialize(Key(0)) { Self.f($0, x) }
    let run = applier(of: foo, mutable: ["intermediates"], captureIntermediates: true) {
      (foo: Foo, x: Tensor) in Self.f(foo, x)
    }
    let (y, state) = try run(variables, x)
    #expect(y.shape == [1, 3])
    #expect(state["intermediates"].keys.sorted() == ["a", "b"])
  }

  // MARK: Interceptors

  private final class Identity: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x } }
    /// A method that is not wrapped.
    func bare(_ x: Tensor) -> Tensor { x }
  }

  private final class Printed: @unchecked Sendable {
    var lines: [String] = []
  }

  @Test func interceptors() {
    let printed = Printed()
    func passing(_ name: String) -> Interceptor {
      { next, arguments, _ in
        printed.lines.append("calling \(name)")
        return next(arguments)
      }
    }
    let skipping: Interceptor = { _, arguments, context in
      printed.lines.append("calling my_interceptor3")
      return context.original(arguments)
    }
    let (first, second) = (passing("my_interceptor1"), passing("my_interceptor2"))
    let (foo, x) = (Identity(), Tensor.ones([1]))
    interceptMethods(first) { _ = foo(x) }
    #expect(printed.lines == ["calling my_interceptor1"])
    printed.lines = []
    interceptMethods(first) { interceptMethods(second) { _ = foo(x) } }
    #expect(printed.lines == ["calling my_interceptor1", "calling my_interceptor2"])
    printed.lines = []
    interceptMethods(skipping) {
      interceptMethods(first) { interceptMethods(second) { _ = foo(x) } }
    }
    #expect(printed.lines == ["calling my_interceptor3"])
    printed.lines = []
    interceptMethods(first) { _ = foo.bare(x) }
    #expect(printed.lines.isEmpty)
  }
}
