import Linen
import Testing

/// Adds a product of two small matrices to what the layer that it gets computes.
private final class Adapter: Module, @unchecked Sendable {
  let inner: Dense
  let rank: Int

  init(_ inner: Dense, rank: Int, name: String? = nil) {
    self.inner = inner
    self.rank = rank
    super.init(name: name)
  }

  override class var linenName: String { "DenseLoRA" }

  override func setup() { shareScope(self, inner) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .zeros, [x.shape[-1], rank])
      let b = param("B", .zeros, [rank, inner.features])
      return inner(x) + matmul(matmul(x, a), b)
    }
  }
}

/// The same with a layer of its own.
private final class OwnAdapter: Module, @unchecked Sendable {
  @Setup var child: Dense

  override class var linenName: String { "DenseLoRA" }

  override func setup() {
    child = Dense(10)
    shareScope(self, child)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .zeros, [x.shape[-1], 2])
      let b = param("B", .zeros, [2, child.features])
      return child(x) + matmul(matmul(x, a), b)
    }
  }
}

/// What linen_module_test.py tests of `share_scope` and of compact name scopes.
@Suite struct FlaxShareScopeTests {
  private static let x = Tensor.ones([1, 5])
  private static let names = ["A", "B", "bias", "kernel"]

  @Test func shareScopeBasic() throws {
    let variables = try Adapter(Dense(10), rank: 2).initialize(Key(0)) { $0(Self.x) }
    #expect(variables["params"].keys.sorted() == Self.names)
  }

  @Test func shareScopeOfAChild() throws {
    let variables = try OwnAdapter().initialize(Key(0)) { $0(Self.x) }
    #expect(variables["params"].keys.sorted() == Self.names)
  }

  @Test func shareScopeInCompact() throws {
    let variables = try Model { _, x in OwnAdapter()(x) }.initialize(Key(0)) { $0(Self.x) }
    #expect(variables["params"].keys == ["DenseLoRA_0"])
    #expect(variables["params"]["DenseLoRA_0"].keys.sorted() == Self.names)
  }

  @Test func shareScopeAdoptsTheChildsName() throws {
    let variables = try Model { _, x in
      let dense = Dense(10)
      return Adapter(dense, rank: 2)(x)
    }.initialize(Key(0)) { $0(Self.x) }
    #expect(variables["params"].keys == ["Dense_0"])
    #expect(variables["params"]["Dense_0"].keys.sorted() == Self.names)
  }

  @Test func shareScopeWithAModuleThatHasNone() throws {
    final class Outer: Module, @unchecked Sendable {
      @Setup var adapter: Adapter
      // The layer has no place yet when the adapter gets it.
      override func setup() { adapter = Adapter(Dense(10), rank: 2) }
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in adapter(x) } }
    }
    let variables = try Outer().initialize(Key(0)) { $0(Self.x) }
    #expect(variables["params"].keys == ["adapter"])
    #expect(variables["params"]["adapter"].keys.sorted() == Self.names)
  }

  @Test func shareScopeLeavesGrandchildrenInPlace() throws {
    final class GrandChild: Module, @unchecked Sendable {
      func callAsFunction() -> Tensor { compact { Dense(50)(Tensor.zeros([10])) } }
    }
    final class Child: Module, @unchecked Sendable {
      let child: GrandChild
      init(_ child: GrandChild) {
        self.child = child
        super.init()
      }
      func callAsFunction() -> Tensor { compact { child() } }
    }
    final class Parent: Module, @unchecked Sendable {
      let mainChild: Child
      init(_ mainChild: Child) {
        self.mainChild = mainChild
        super.init()
      }
      override func setup() { shareScope(self, mainChild) }
      func callAsFunction() -> Tensor {
        compact {
          _ = Dense(10)(Tensor.zeros([10]))
          return mainChild()
        }
      }
    }
    let variables = try Parent(Child(GrandChild())).initialize(Key(0)) { $0() }
    #expect(variables["params"].keys.sorted() == ["Dense_0", "child"])
    #expect(variables["params"]["child"].keys == ["Dense_0"])
  }

  private final class Scopes: Module, @unchecked Sendable {
    let isCompact: Bool
    init(isCompact: Bool) {
      self.isCompact = isCompact
      super.init()
    }
    func up(_ x: Tensor) -> Tensor { compactNameScope { Dense(3)(x) } }
    func down(_ x: Tensor) -> Tensor { compactNameScope { Dense(3)(x) } }
    func callAsFunction(_ x: Tensor) -> Tensor {
      isCompact
        ? compact(x) { x in up(x) + down(x) + Dense(3)(x) } : method(x) { x in up(x) + down(x) }
    }
  }

  @Test(arguments: [true, false]) func compactNameScopeMethods(isCompact: Bool) throws {
    let x = Tensor.ones([1, 2])
    let module = Scopes(isCompact: isCompact)
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(
      variables["params"].keys.sorted() == (isCompact ? ["Dense_0"] : []) + ["down", "up"])
    #expect(variables["params"]["up"].keys == ["Dense_0"])
    #expect(variables["params"]["down"].keys == ["Dense_0"])
    let y = try module.apply(variables) { $0(x) }
    let up = try module.apply(variables) { $0.up(x) }
    let down = try module.apply(variables) { $0.down(x) }
    #expect([y, up, down].map(\.shape) == [[1, 3], [1, 3], [1, 3]])
    if !isCompact { try expectEqual(y, up + down) }
    try expectScalars(
      y, isCompact ? [-1.1621091, 1.9098874, -1.2904556] : [0.60836071, 0.72623181, -1.2238967])
  }
}
