import Linen
import Testing

private final class Log: @unchecked Sendable {
  var paths: [[String]] = []
  var texts: [String] = []

  func add(_ module: Module) {
    paths.append(module.path)
    texts.append(module.scope?.pathText ?? "")
  }
}

private final class C: Module, UnaryLayer, @unchecked Sendable {
  let log: Log
  init(_ log: Log) {
    self.log = log
    super.init()
  }
  override func setup() { log.add(self) }
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in x } }
}

private final class B: Module, @unchecked Sendable {
  let log: Log
  @Setup var c1: Lifted<Lifted<C, Checkpoint>, Checkpoint>
  @Setup var c2: C
  init(_ log: Log) {
    self.log = log
    super.init()
  }
  override func setup() {
    c1 = remat { remat { C(log) } }
    c2 = C(log)
    log.add(self)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in c1(x) + c2(x) } }
}

private final class A: Module, @unchecked Sendable {
  let log: Log
  @Setup var b1: B
  @Setup var b2: B
  @Setup var c1: C
  init(_ log: Log) {
    self.log = log
    super.init()
  }
  override func setup() {
    b1 = B(log)
    b2 = B(log)
    c1 = C(log)
    log.add(self)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in b1(x) + b2(x) + c1(x) } }
}

/// What linen_module_test.py tests of paths, descriptions, equality and hashing.
@Suite struct FlaxPathTests {
  @Test func modulePathEmpty() throws {
    func path(_ scope: Scope) throws -> [String] {
      try Module.run(AddsBias(), on: scope) { $0.path }
    }
    let scope = Scope.bind([:], rngs: Key(0), mutable: "params")
    #expect(try path(scope) == [])
    let rooted = Scope.bind([:], rngs: Key(0), mutable: "params", path: ["root"])
    #expect(try path(rooted) == ["root"])
    #expect(try path(rooted.rewound()) == ["root"])
  }

  @Test func modulePathUnboundModuleError() {
    #expect(
      errorText { try withErrors { _ = AddsBias().path } }
        .hasPrefix("Can't access module paths on unbound modules"))
  }

  @Test func modulePathInNestedModule() throws {
    let log = Log()
    _ = try A(log).initialize(Key(0)) { $0(Random.uniform(Key(42), [2])) }
    #expect(
      log.paths == [
        [], ["b1"], ["b1", "c1"], ["b1", "c2"], ["b2"], ["b2", "c1"], ["b2", "c2"], ["c1"],
      ])
    #expect(
      log.texts == [
        "/", "/b1", "/b1/remat(remat(c1))", "/b1/c2", "/b2", "/b2/remat(remat(c1))", "/b2/c2",
        "/c1",
      ])
  }

  @Test func modulePaths() throws {
    final class Bar: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in
          let h = Dense(3)(x)
          return Dense(4)(h)
        }
      }
    }
    final class Foo: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in
          let h = Bar()(x)
          return Dense(5)(h)
        }
      }
    }
    let paths = try Foo().modulePaths(Key(0), Tensor.ones([1, 2])) { $0($1) }
    #expect(paths.allSatisfy { $0.module.scope == nil })
    #expect(
      paths.map { "\($0.path): \(type(of: $0.module).linenName)" } == [
        ": Foo", "Bar_0: Bar", "Bar_0/Dense_0: Dense", "Bar_0/Dense_1: Dense", "Dense_0: Dense",
      ])
  }

  @Test func moduleTrace() throws {
    final class MLP: Module, @unchecked Sendable {
      let act: @Sendable (Tensor) -> Tensor = { relu($0) }
      let sizes = [3, 2]
      func callAsFunction(_ x: Tensor) -> String {
        compact(x) { x in
          _ = sizes.reduce(x) { act(Dense($1)($0)) }
          return "\(self)"
        }
      }
    }
    func dense(_ index: Int, _ features: Int) -> String {
      """
          Dense_\(index) = Dense(
              # attributes
              features = \(features)
              use_bias = True
              dtype = None
              param_dtype = float32
              precision = None
              kernel_init = init
              bias_init = zeros
              promote_dtype = promote_dtype
              dot_general = None
              dot_general_cls = None
          )

      """
    }
    let expected =
      """
      MLP(
          # attributes
          act = function
          sizes = (3, 2)
          # children

      """ + dense(0, 3) + dense(1, 2) + ")"
    let x = Tensor.ones([1, 2])
    let (text, variables) = try MLP().initializeWithOutput(Key(0)) { $0(x) }
    #expect(text == expected)
    #expect(try MLP().apply(variables) { $0(x) } == expected)
  }

  @Test func reprOfInheritedConfiguration() {
    class Base: Module, @unchecked Sendable {
      let a: Int
      let b: String
      init(a: Int, b: String) {
        self.a = a
        self.b = b
        super.init()
      }
    }
    final class Foo: Base, @unchecked Sendable {
      let c: Double
      init(a: Int, b: String, c: Double) {
        self.c = c
        super.init(a: a, b: b)
      }
    }
    #expect(
      "\(Foo(a: 1, b: "ok", c: 3.0))" == """
        Foo(
            # attributes
            a = 1
            b = 'ok'
            c = 3.0
        )
        """)
  }

  @Test func reprDoesNotCauseSetup() throws {
    let log = Log()
    let outer = Wrapping(C(log)) { $0($1) }
    let text = try Module.run(outer, on: Scope.bind([:])) { "\($0)" }
    #expect(text.contains("inner = C("))
    #expect(log.paths.isEmpty)
  }

  @Test func moduleIsHashable() {
    #expect(Dense(10).hashValue == Dense(10).hashValue)
    #expect(Dense(10).hashValue != Dense(5).hashValue)
  }

  @Test func moduleCustomHash() {
    final class Test: Module, @unchecked Sendable {
      let x: Int
      let y: Int
      init(_ x: Int = 3, _ y: Int = 5) {
        self.x = x
        self.y = y
        super.init()
      }
      override func hash(into hasher: inout Hasher) { hasher.combine(42 + x) }
    }
    #expect(Test(1, 2).hashValue == Test(1, 5).hashValue)
    #expect(Test(1, 2).hashValue != Test(2, 2).hashValue)
    #expect(Test(1, 2) != Test(1, 5))
  }

  /// In Flax a module with variables has no hash; here it never holds them, also in a call.
  @Test func moduleInACallHasItsHash() throws {
    let dense = Dense(10)
    let hash = dense.hashValue
    #expect(try dense.apply([:]) { $0.hashValue } == hash)
    #expect(try dense.apply([:]) { Set([$0, Dense(10)]).count } == 1)
  }
}
