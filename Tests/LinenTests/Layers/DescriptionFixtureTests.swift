import Foundation
import Linen
import Testing

/// What layers print, compared with what Flax prints (Fixtures/descriptions.py).
@Suite("Layers: descriptions")
struct LayerDescriptionTests {
  @Test(
    "a layer prints as in Flax",
    arguments: LayerCatalogue.rows.filter { !$0.name.hasPrefix("Masked") })
  func catalogue(_ row: LayerRow) throws {
    #expect(row.module.description == (try expected(row.name)))
  }

  private static let others: [(String, Module)] = [
    (
      "precision and dtypes",
      Dense(
        2, dtype: .bfloat16, paramDtype: .float16, precision: .high, kernelInit: .ones,
        biasInit: .constant(2))
    ),
    ("padding by pairs", Conv(2, [3], strides: 2, padding: .pairs([(1, 2)]))),
    ("padding by one number", Conv(2, [3, 3], padding: 1)),
    (
      "groups of a mapped axis",
      BatchNorm(axis: 1, axisName: "batch", axisIndexGroups: [[0, 1], [2, 3]])
    ),
    (
      "collections",
      RNN(
        SimpleCell(2), variableAxes: ["stats": 0, "cache": nil],
        variableBroadcast: ["params", "stats"], variableCarry: .deny("params"),
        splitRNGs: ["params": true, "dropout": false])
    ),
    ("named functions", GRUCell(2, gateFn: ActivationFunction("relu") { relu($0) })),
  ]

  @Test("other values print as in Flax", arguments: others)
  func other(_ name: String, _ module: Module) throws {
    #expect(module.description == (try expected(name)))
  }

  private func expected(_ name: String) throws -> String {
    try #require(try Self.fixture.get()[name], "no row for \(name)")
  }

  private static let fixture = Result {
    try layerFixture("descriptions", as: [String: String].self)
  }
}
