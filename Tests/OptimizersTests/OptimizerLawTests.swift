import Autodiff
import Optimizers
import Testing

/// What holds for every optimizer of the catalogue.
@Suite struct OptimizerLawTests {
  private func row(_ name: String) throws -> (OptimizerRow, OptaxFixture) {
    (try #require(OptimizerRow.all[name]), try OptaxFixture.shared.get())
  }

  @Test(arguments: OptimizerRow.names)
  func compiledEqualsEager(_ name: String) throws {
    let (row, fixture) = try row(name)
    let params = FixtureTree(fixture.params)
    let compiled = jit { (gradients: FixtureTree, state: OptimizerState) in
      let result = row.optimizer.update(gradients, state, params: params, values: row.values)
      return UpdateResult(updates: result.updates, state: result.state)
    }
    var state = row.optimizer.initialize(params)
    for gradients in fixture.gradients.prefix(3).map(FixtureTree.init) {
      let eager = row.optimizer.update(gradients, state, params: params, values: row.values)
      let staged = try compiled(gradients, state)
      #expect(treeStructure(staged.state) == treeStructure(eager.state))
      #expect(treeLeaves(staged.state).map(\.type) == treeLeaves(eager.state).map(\.type))
      let expected = try treeLeaves(eager.updates).map { try $0.scalars(as: Float.self) }
      try expectClose(treeLeaves(staged.updates), expected, scale: 0.05, "updates")
      state = eager.state
    }
    // The measurements of a monitor come with the first update.
    #expect(compiled.cacheCount == (name == "monitor" ? 2 : 1))
  }

  /// An ensemble: each member's update is what it would be alone.
  @Test(arguments: OptimizerRow.names)
  func vmapEqualsLoop(_ name: String) throws {
    let (row, fixture) = try row(name)
    let members = fixture.gradients.prefix(3).map(FixtureTree.init)
    let gradients = fixture.gradients.suffix(3).map(FixtureTree.init)
    func update(_ params: FixtureTree, _ gradients: FixtureTree) -> FixtureTree {
      let state = row.optimizer.initialize(params)
      return row.optimizer.update(gradients, state, params: params, values: row.values).updates
    }
    let batched = try vmap { (a: FixtureTree, b: FixtureTree) in update(a, b) }(
      stacked(members), stacked(gradients))
    let alone = stacked(zip(members, gradients).map(update))
    let expected = try treeLeaves(alone).map { try $0.scalars(as: Float.self) }
    try expectClose(treeLeaves(batched), expected, scale: 0.05, "updates")
  }

  /// Updates keep the dtype of half precision gradients where optax's do, and so do states.
  @Test(arguments: OptimizerRow.names)
  func dtypesLikeOptax(_ name: String) throws {
    let (row, fixture) = try row(name)
    let expected = try #require(fixture.dtypes[name])
    func half(_ leaves: [[Float]]) -> FixtureTree {
      treeMap(FixtureTree(leaves)) { $0.cast(to: .bfloat16) }
    }
    func dtypes(_ tree: some TensorTree) -> String {
      treeLeaves(tree).map(\.dtype.name).joined(separator: " ")
    }
    let params = half(fixture.params)
    let state = row.optimizer.initialize(params)
    #expect(dtypes(state) == expected.before)
    let result = row.optimizer.update(
      half(fixture.gradients[0]), state, params: params, values: row.values)
    #expect(dtypes(result.updates) == expected.updates)
    #expect(dtypes(result.state) == expected.after)
  }

  @Test(arguments: OptimizerRow.names)
  func zeroGradientsGiveFiniteUpdates(_ name: String) throws {
    let (row, fixture) = try row(name)
    let params = FixtureTree(fixture.params)
    let zeros = treeMap(params) { Tensor.zeros(like: $0) }
    var state = row.optimizer.initialize(params)
    for _ in 0..<2 {
      let result = row.optimizer.update(zeros, state, params: params, values: row.values)
      for leaf in treeLeaves(result.updates) + treeLeaves(result.state) {
        #expect(try all(isFinite(leaf)).item(as: Bool.self))
      }
      state = result.state
    }
  }

  /// A state taken apart into its tensors and put together again goes on as before.
  @Test(arguments: OptimizerRow.names)
  func stateIsItsTensors(_ name: String) throws {
    let (row, fixture) = try row(name)
    let params = FixtureTree(fixture.params)
    let gradients = fixture.gradients.prefix(2).map(FixtureTree.init)
    let first = row.optimizer.update(
      gradients[0], row.optimizer.initialize(params), params: params, values: row.values)
    let copies = try treeLeaves(first.state).map { leaf in
      leaf.dtype == .bool
        ? Tensor(try leaf.scalars(as: Bool.self), shape: leaf.shape)
        : Tensor(try leaf.scalars(as: Double.self), shape: leaf.shape, dtype: .float64)
          .cast(to: leaf.dtype)
    }
    var rest = copies[...]
    let rebuilt = treeMap(first.state) { _ in rest.removeFirst() }
    let next = row.optimizer.update(
      gradients[1], first.state, params: params, values: row.values)
    let again = row.optimizer.update(gradients[1], rebuilt, params: params, values: row.values)
    for (a, b) in zip(treeLeaves(next.updates), treeLeaves(again.updates)) {
      #expect(try a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
  }

  private func stacked(_ trees: [FixtureTree]) -> FixtureTree {
    var columns = trees[0]
    columns.b = stack(trees.map(\.b))
    columns.kernel = stack(trees.map(\.kernel))
    return columns
  }
}

private struct UpdateResult: TensorTree {
  var updates: FixtureTree
  var state: OptimizerState

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("updates"), &updates)
    visitor.visit(.field("state"), &state)
  }
}
