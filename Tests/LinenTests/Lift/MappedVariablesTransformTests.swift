import Linen
import Testing

/// An auto encoder whose decoder's kernel is the encoder's, transposed.
private final class TiedAutoencoder: Module, @unchecked Sendable {
  private func layer(_ x: Tensor, isDecoder: Bool) -> Tensor {
    compact(x) { x in
      let transposed: MapVariables.Transform = { variables in
        isDecoder ? treeMap(variables) { $0.transposed() } : variables
      }
      let tied = mapVariables("params", transIn: transposed, transOut: transposed, mutable: true)
      return tied(self, x) { _, x in Dense(isDecoder ? 4 : 5, useBias: false)(x) }
    }
  }

  func encode(_ x: Tensor) -> Tensor { method(x) { x in layer(x, isDecoder: false) } }
  func decode(_ x: Tensor) -> Tensor { method(x) { x in layer(x, isDecoder: true) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decode(encode(x)) } }
}

/// The causal layer of the documentation of `flax.linen.map_variables`: its kernel is masked to be
/// upper triangular, so that a feature depends on earlier ones alone.
private final class CausalDense: Module, @unchecked Sendable {
  let features: Int
  let applyMask: MapVariables.Transform
  @Setup var dense: Lifted<Dense, MapVariables>

  init(
    _ features: Int, applyMask: @escaping MapVariables.Transform = { treeMap($0) { triu($0) } }
  ) {
    self.features = features
    self.applyMask = applyMask
    super.init()
  }

  override func setup() {
    var transIn = applyMask
    if isInitializing { transIn = { $0 } }
    dense = mapVariables("params", transIn: transIn, init: isInitializing) {
      Dense(features, useBias: false)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
}

@Suite("Lifted mapVariables, from Flax's tests and documentation")
struct MappedVariablesTransformTests {
  @Test func tiedAutoencoderByMapVariables() throws {
    let x = Random.normal(Key(11), [2, 4])
    let model = TiedAutoencoder()
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'Dense_0': {'kernel': (4, 5)}}}")
    try expect(variables, "tied_autoencoder", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "tied_autoencoder", "out")
    try expect(try model.apply(variables) { $0.encode(x) }, "tied_autoencoder", "encoded")
    let gradient = try grad(variables) { sum(square(try model.apply($0) { $0(x) })) }
    try expect(gradient, "tied_autoencoder", "grad")
    let decoding = try model.initialize(Key(0)) { $0.decode(Tensor.ones([2, 5])) }
    try expect(decoding, "tied_autoencoder", "vars_decode", exactly: true)
  }

  @Test func bitWeightsByMapVariables() throws {
    let x = Random.normal(Key(11), [2, 4])
    let model = Lifting { _, x in
      mapVariables("params", transIn: { treeMap($0) { sign($0) } }, init: true) { Dense(4) }(x)
    }
    let (y, variables) = try model.initializeWithOutput(Key(0)) { $0(x) }
    try expect(variables, "bit_weights", "vars", exactly: true)
    try expect(y, "bit_weights", "first")
    let again = try model.apply(variables) { $0(x) }
    try expect(again, "bit_weights", "out")
    try expectEqual(again, y)
  }

  @Test func causalDenseByMapVariables() throws {
    let x = Random.normal(Key(12), [1, 5])
    let model = CausalDense(5)
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'dense': {'kernel': (5, 5)}}}")
    try expect(variables, "causal_dense", "vars", exactly: true)
    let y = try model.apply(variables) { $0(x) }
    try expect(y, "causal_dense", "out")
    // The stored kernel is whole, the one that the layer sees is masked.
    let kernel: Tensor = variables["params"]["dense"]["kernel"]
    try expectScalars(y, matmul(x, triu(kernel)).scalars(as: Double.self))
    let seen = try model.apply(variables) { model in
      model.dense(x) { dense, _ in dense.variables["params"]["kernel"] as Tensor }
    }
    try expectEqual(seen, triu(kernel))
    let gradient = try grad(variables) { sum(square(try model.apply($0) { $0(x) })) }
    try expect(gradient, "causal_dense", "grad")
    // No output depends on later inputs.
    let jacobian = try jacrev { x in try model.apply(variables) { $0(x) } }(x)
    try expect(jacobian, "causal_dense", "jacobian")
    let matrix = jacobian.reshaped(to: [5, 5])
    try expectEqual(matrix, tril(matrix))
  }
}
