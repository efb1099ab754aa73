import Autodiff
import Testing

@testable import Optimizers

@Suite struct OptaxTests {
  @Test func knowsAllOfTheFixture() throws {
    let fixture = try OptaxFixture.shared.get()
    #expect(Set(fixture.optimizers.keys) == Set(OptimizerRow.names))
  }

  @Test(arguments: OptimizerRow.names)
  func updatesLikeOptax(_ name: String) throws {
    let fixture = try OptaxFixture.shared.get()
    let row = try #require(OptimizerRow.all[name])
    let run = try #require(fixture.optimizers[name])
    var params = FixtureTree(fixture.params)
    var state = row.optimizer.initialize(params)
    for (step, expected) in run.updates.enumerated() {
      var gradients = FixtureTree(fixture.gradients[step])
      if step == 1, OptaxTests.broken.contains(name) {
        gradients.b = Tensor([Float.nan] + fixture.gradients[step][0].dropFirst())
      }
      let updates: FixtureTree
      (updates, state) = row.optimizer.update(
        gradients, state, params: params, values: row.values)
      try expectClose(treeLeaves(updates), expected, scale: 0.05, "update \(step)")
      params = applyUpdates(params, updates)
    }
    try expectClose(treeLeaves(params), run.params, scale: 1, "parameters")
    #expect(treeStructure(state).map(\.description) == run.state_paths)
    try expectClose(treeLeaves(state), run.state, scale: 1, "state")
  }

  /// Those whose second gradient holds a NaN in the fixture.
  private static let broken: Set = [
    "apply_if_finite", "multi_steps_finite", "zero_nans",
  ]

  @Test func lookaheadLikeOptax() throws {
    let fixture = try OptaxFixture.shared.get()
    let optimizer = Lookahead(adam(0.1), syncPeriod: 2, slowStepSize: 0.3, resetState: true)
    var params = LookaheadParams(synced: FixtureTree(fixture.params))
    var state = optimizer.initialize(params)
    for gradients in fixture.gradients.prefix(3) {
      let updates: LookaheadParams<FixtureTree>
      (updates, state) = optimizer.update(FixtureTree(gradients), state, params: params)
      params = applyUpdates(params, updates)
    }
    try expectClose(treeLeaves(params), fixture.lookahead.params, scale: 1, "parameters")
    try expectClose(treeLeaves(state), fixture.lookahead.state, scale: 1, "state")
  }

  @Test func clipsExamplesLikeOptax() throws {
    let fixture = try OptaxFixture.shared.get()
    let gradients = [
      "b": Tensor(fixture.inputs["x"] ?? [], shape: [4, 5]),
      "layer": Tensor(fixture.inputs["frames"] ?? [], shape: [4, 3, 5]),
    ]
    let global = perExampleGlobalNormClip(gradients, l2NormClip: 4)
    try expectClose(
      treeLeaves(global.sum) + [global.clippedCount], fixture.per_example["global"] ?? [],
      scale: 1, "global")
    let uniform = perExampleLayerNormClip(gradients, globalL2NormClip: 4)
    try expectClose(
      treeLeaves(uniform.sum) + treeLeaves(uniform.clippedCounts),
      fixture.per_example["uniform"] ?? [], scale: 1, "uniform")
    let sized = perExampleLayerNormClip(gradients, globalL2NormClip: 4, uniform: false)
    try expectClose(
      treeLeaves(sized.sum) + treeLeaves(sized.clippedCounts), fixture.per_example["sized"] ?? [],
      scale: 1, "sized")
  }
}
