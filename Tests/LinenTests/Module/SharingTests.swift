import Linen
import Testing

private final class LoRA: Module, @unchecked Sendable {
  let base: Dense
  let rank: Int

  init(_ base: Dense, rank: Int) {
    self.base = base
    self.rank = rank
    super.init()
  }

  override func setup() { shareScope(self, base) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .lecunNormal(), [x.shape[-1], rank])
      let b = param("B", .ones, [rank, base.features])
      return base(x) + matmul(matmul(x, a), b)
    }
  }
}

private final class OwnLoRA: Module, @unchecked Sendable {
  let features: Int
  @Setup var child: Dense

  init(_ features: Int) {
    self.features = features
    super.init()
  }

  override class var linenName: String { "LoRA2" }

  override func setup() {
    child = Dense(features)
    shareScope(self, child)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let a = param("A", .lecunNormal(), [x.shape[-1], 2])
      let b = param("B", .ones, [2, features])
      return child(x) + matmul(matmul(x, a), b)
    }
  }
}

private final class TwoScopes: Module, @unchecked Sendable {
  func up(_ x: Tensor) -> Tensor { compactNameScope { Dense(3)(x) } }
  func down(_ x: Tensor) -> Tensor { compactNameScope { Dense(3)(x) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in up(x) + down(x) } }
}

@Suite struct SharingTests {
  let x = Tensor.ones([1, 4])

  /// Values by Flax, key(0).
  @Test func aModuleCanUseTheScopeOfAnother() throws {
    let model = Model { _, x in
      let dense = Dense(10)
      return LoRA(dense, rank: 2)(x)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'A': (4, 2), 'B': (2, 10), 'bias': (10,), 'kernel': (4, 10)}}}")
    let y = try model.apply(variables) { $0(x) }
    try expectScalars(
      y.reshaped(to: [10]).indexed([slice(0, 4)]), [0.6336509, -1.485477, -2.1157076, 1.2178117])
  }

  @Test func aSubmoduleCanUseTheScopeOfItsParent() throws {
    let model = Model { _, x in OwnLoRA(10)(x) }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'LoRA2_0': {'A': (4, 2), 'B': (2, 10), 'bias': (10,), 'kernel': (4, 10)}}}")
    let y = try model.apply(variables) { $0(x) }
    try expectScalars(
      y.reshaped(to: [10]).indexed([slice(0, 4)]), [1.0174264, -0.23363405, -1.2926939, -1.0013231])
  }

  @Test func nameScopesKeepMethodsApart() throws {
    let x = Tensor.ones([1, 2])
    let dense = "{'Dense_0': {'bias': (3,), 'kernel': (2, 3)}}"
    let variables = try TwoScopes().initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'down': \(dense), 'up': \(dense)}}")
    _ = try TwoScopes().apply(variables) { $0.down(x) }
    let outer = Model { _, x in TwoScopes()(x) }
    #expect(
      try outer.initialize(Key(0)) { $0(x) }.shapesDescription
        == "{'params': {'TwoScopes_0': {'down': \(dense), 'up': \(dense)}}}")
    #expect(
      errorText { try withErrors { _ = TwoScopes().up(x) } }
        .hasPrefix(
          "Cannot call compact_name_scope method 'up' on a Module that has not been setup."))
  }

  @Test func sharingNeedsBoundModules() {
    #expect(
      errorText { try withErrors { shareScope(Dense(1), Dense(2)) } }
        .hasPrefix("Can't call `share_scope` on unbound modules (\(documentation)"))
  }
}
