import Linen
import Testing

@Suite("Lifted mapVariables, against Flax")
struct MapVariablesTests {
  @Test(
    "with and without init and mutable",
    arguments: [("map_10", true, false), ("map_01", false, true), ("map_11", true, true)])
  func forms(_ name: String, _ first: Bool, _ mutable: Bool) throws {
    let x = try LiftFixture.input("x34")
    let model = Lifting { module, x in
      mapVariables(
        "params", transIn: { treeMap($0) { $0 * 2 } }, transOut: { treeMap($0) { $0 / 2 } },
        init: first && module.isInitializing, mutable: mutable
      ) { Noisy() }(x)
    }
    let variables = try model.initialize(["params": Key(0), "dropout": Key(1)] as RNGs) { $0(x) }
    try expect(variables, name, "vars", exactly: true)
    for (suffix, collections) in [("", ["stats"]), ("2", ["params", "stats"])] {
      let (y, updates) = try model.apply(
        variables, rngs: ["dropout": Key(2)], mutable: CollectionFilter(collections)
      ) { $0(x) }
      try expect(y, name, "out\(suffix)")
      try expect(updates, name, "upd\(suffix)")
    }
  }

  @Test("init in an apply that writes to other collections")
  func initBesideOthers() throws {
    let x = try LiftFixture.input("x34")
    let model = Lifting { _, x in
      mapVariables("params", transIn: { treeMap($0) { $0 * 2 } }, init: true) { Noisy() }(x)
    }
    let variables = try model.initialize(["params": Key(0), "dropout": Key(1)] as RNGs) { $0(x) }
    let updates = try model.apply(
      variables, rngs: ["dropout": Key(2)], mutable: ["stats"]
    ) { $0(x) }.variables
    #expect(updates.description == "{'stats': {'Map_variablesNoisy_0': {'count': 2.0}}}")
  }
}
