import Linen
import Testing

/// The example of `flax.linen.map_variables` in its documentation: a layer whose output i
/// depends on inputs up to i.
///
/// Numbers are those of Flax with the original layout of keys.
@Suite struct SeedsMapVariablesTests {
  private final class CausalDense: Module, @unchecked Sendable {
    let features: Int
    @Setup var dense: Lifted<Dense, MapVariables>

    init(features: Int) {
      self.features = features
      super.init()
    }

    override func setup() {
      let isInitializing = isInitializing
      dense = mapVariables(
        "params", transIn: { isInitializing ? $0 : treeMap($0) { triu($0) } },
        init: isInitializing
      ) { Dense(features, useBias: false) }
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
  }

  @Test func causalDense() throws {
    let module = CausalDense(features: 5)
    let x = Tensor.ones([1, 5])
    let variables = try module.initialize(Key(0, layout: .original)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'dense': {'kernel': (5, 5)}}}")
    let kernel: Tensor = variables["params"]["dense"]["kernel"]
    let rows = [
      [0.15699844, -0.80460405, -0.7424322, -0.10524611, -0.0949514],
      [-0.38608193, -0.5240032, -0.6159875, 0.04967015, -0.33432227],
      [-0.6359873, 0.36125067, -0.22564499, -0.12419561, 0.17521107],
      [0.12703453, -0.12447442, 0.7925075, 0.31360024, 0.13905574],
      [-0.437713, -0.6222538, -0.61437553, 0.64102477, -0.90318346],
    ]
    try expectScalars(kernel, rows.flatMap { $0 })
    let y = try module.apply(variables) { $0(x) }
    try expectScalars(y, [0.15699844, -1.3286073, -1.5840646, 0.13382867, -1.0181903])
  }
}
