import Linen
import Testing

private final class Child: Module, Configurable, @unchecked Sendable {
  let rows: Int
  let scale: Double?

  init(rows: Int = 5, scale: Double? = nil, name: String? = nil) {
    self.rows = rows
    self.scale = scale
    super.init(name: name)
  }

  convenience init(_ configuration: Configuration<Child>, name: String?) {
    self.init(rows: configuration.rows, scale: configuration.scale, name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in matmul(x, param("w", .zeros, [rows, x.shape[1]])) }
  }
}

private final class Parent: Module, @unchecked Sendable {
  let childTemplate: Child
  let body: @Sendable (Parent, Tensor) -> Tensor

  init(_ childTemplate: Child, _ body: @escaping @Sendable (Parent, Tensor) -> Tensor) {
    self.childTemplate = childTemplate
    self.body = body
    super.init()
  }

  override class var submoduleNames: [String: String] { ["childTemplate": "child_template"] }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in body(self, x) } }
}

/// What linen_module_test.py tests of `copy` and `clone`.
@Suite struct FlaxCopyTests {
  let x = Tensor.ones([32, 5])

  /// `clone(parent=self, _deep_clone=True, name=None)` makes a new submodule, as `copy` does here.
  @Test func internalDeepClone() throws {
    let model = Parent(Child()) { parent, x in
      (0..<2).reduce(x) { x, _ in parent.childTemplate.copy()(x) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    _ = try model.apply(variables) { $0(x) }
    #expect(
      variables["params"].shapesDescription
        == "{'Child_0': {'w': (5, 5)}, 'Child_1': {'w': (5, 5)}}"
    )
  }

  @Test func copyMethod() throws {
    let model = Model { _, x in
      let child = Dense(2)
      let y = child(x)
      return child.copy()(y)
    }
    let x = Tensor.ones([2, 2])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let dense = "{'bias': (2,), 'kernel': (2, 2)}"
    #expect(
      variables["params"].shapesDescription == "{'Dense_0': \(dense), 'Dense_1': \(dense)}")
    try expectScalars(model.apply(variables) { $0(x) }.indexed([0]), [-0.013852597, -0.44414261])
  }

  @Test func copyFromTemplate() throws {
    let model = Parent(Child()) { parent, x in
      let y = (0..<2).reduce(x) { x, _ in parent.childTemplate.copy()(x) }
      return (0..<2).reduce(y) { x, i in parent.childTemplate.copy(name: "next_layer_\(i)")(x) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    _ = try model.apply(variables) { $0(x) }
    #expect(
      variables["params"].keys == ["Child_0", "Child_1", "next_layer_0", "next_layer_1"])
  }

  @Test func copyWithUpdates() throws {
    let child = Child(rows: 3, scale: 2, name: "first")
    let same = child.copy()
    #expect(same == child)
    #expect(same !== child)
    #expect(same.name == nil)
    let other = child.copy(name: "second") {
      $0.rows += 4
      $0.scale = nil
    }
    #expect(other.rows == 7)
    #expect(other.scale == nil)
    #expect(other.name == "second")
    #expect(child.rows == 3)
    let wide = Dense(3, useBias: false, dtype: .bfloat16).copy {
      $0.features = 8
      $0.dtype = nil
    }
    #expect(wide == Dense(8, useBias: false))
  }

  @Test func cloneHasNoPlace() throws {
    let child = Child(name: "first")
    #expect(child.clone { $0.rows = 2 }.name == "first")
    // Made inside a call, it is no part of it, and can be used by itself.
    let model = Model { _, x in
      let clone = child.clone()
      #expect(clone.scope == nil)
      let variables = try? clone.initialize(Key(0)) { $0(x) }
      return (try? clone.apply(variables ?? [:]) { $0(x) }) ?? x
    }
    #expect(try model.initialize(Key(0)) { $0(x) }.isEmpty)
  }

  /// A clone of a module on a scope is one without.
  @Test func setupCloning() throws {
    let scope = Scope.bind([:])
    let clone = try Module.run(Child(), on: scope) { $0.clone() }
    #expect(clone.scope == nil)
    #expect(clone == Child())
  }
}
