import Linen
import Synchronization
import Testing

// Models of Flax's linen_transforms_test.py, in Fixtures/transforms.py.

/// Counts how often a function is traced; equal to itself alone, so that modules can be compared.
final class TraceCounter: Hashable, Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add() { count.add(1, ordering: .relaxed) }

  static func == (a: TraceCounter, b: TraceCounter) -> Bool { a === b }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Three layers with relu between them, each made by `layer` from its features and name.
final class LayerwiseMLP: Module, UnaryLayer, @unchecked Sendable {
  let layer: (Int, String) -> any UnaryLayer

  init(_ layer: @escaping (Int, String) -> any UnaryLayer = { Dense($0, name: $1) }) {
    self.layer = layer
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in threeLayers(x, layer) } }
}

/// The same layers in one function that is transformed.
final class MethodMLP<Lift: CallLift>: Module, UnaryLayer, @unchecked Sendable {
  let lift: Lift

  init(_ lift: Lift) {
    self.lift = lift
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      lift(self, x) { _, x in threeLayers(x) { Dense($0, name: $1) } }
    }
  }
}

private func threeLayers(_ x: Tensor, _ layer: (Int, String) -> any UnaryLayer) -> Tensor {
  var x = x
  for (i, features) in [3, 4, 5].enumerated() {
    let made = layer(features, "layers_\(i)")
    x = made(x)
    if i < 2 { x = relu(x) }
  }
  return x
}

/// Transforms of each layer and of the whole method of an MLP.
struct TransformedMLPs: Sendable {
  let name: String
  let layer: @Sendable (Int, String) -> any UnaryLayer
  let whole: @Sendable () -> any UnaryLayer

  static let jitted = TransformedMLPs(
    name: "jit", layer: { features, name in jit(name: name) { Dense(features) } },
    whole: { MethodMLP(jit()) })
  static let rematerialized = TransformedMLPs(
    name: "remat", layer: { features, name in remat(name: name) { Dense(features) } },
    whole: { MethodMLP(remat()) })

  /// Parameters as Flax makes them, outputs as those of the plain model, gradients as Flax's.
  func checkClass() throws { try check("class", LayerwiseMLP(layer)) }

  func checkMethod() throws { try check("method", whole()) }

  private func check(_ form: String, _ model: some UnaryLayer) throws {
    let keys = Key(3).split()
    let x = Random.uniform(keys[0], [4, 4])
    let plain = LayerwiseMLP()
    let variables = try plain.initialize(keys[1]) { $0(x) }
    try expect(variables, "mlp", "vars", exactly: true)
    let expected = try plain.apply(variables) { $0(x) }
    try expect(expected, "mlp", "out")
    try expectEqual(try model.apply(variables) { $0(x) }, expected)
    let case_ = "mlp_\(name)_\(form)"
    try expect(try model.initialize(keys[1]) { $0(x) }, case_, "vars", exactly: true)
    let gradient = try grad(variables) { sum(square(try model.apply($0) { $0(x) })) }
    try expect(gradient, case_, "grad")
  }
}
