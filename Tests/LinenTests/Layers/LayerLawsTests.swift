import Dispatch
import Foundation
import Linen
import Synchronization
import Testing

/// What holds for every layer; first parameters and outputs are compared with Flax by the goldens.
@Suite("Layers: laws")
struct LayerLawsTests {
  @Test("every public layer has a row")
  func everyLayerHasARow() throws {
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    let covered = Set(LayerCatalogue.rows.map(\.className))
    for path in ["Sources/Linen/Layers", "Sources/Autoregressive"] {
      let files = try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: path), includingPropertiesForKeys: nil)
      for file in files where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        // A class that is not final is what several layers have in common, such as `AttentionLayer`.
        for match in text.matches(of: /public final class (\w+)/) {
          #expect(covered.contains(String(match.output.1)), "no row for \(match.output.1)")
        }
      }
    }
  }

  @Test("lazy and eager initialization make the same variables", arguments: LayerCatalogue.rows)
  func lazyInitialization(_ row: LayerRow) throws {
    let eager = try row.initialize()
    let types = row.inputs.map { Tensor($0.type) }
    let lazy = try row.module.lazyInitialize(
      RNGs(row.rngs.merging(["params": Key(1)]) { first, _ in first })
    ) { _ in row.call(types) }
    let (a, b) = (treeLeavesWithPath(eager), treeLeavesWithPath(lazy))
    #expect(a.map(\.path) == b.map(\.path))
    for (x, y) in zip(a, b) { try expectEqual(y.leaf, x.leaf) }
  }

  @Test("compiled and eager calls agree", arguments: LayerCatalogue.rows)
  func compiled(_ row: LayerRow) throws {
    let variables = try row.initialize()
    let compiled = jit { (variables: Variables, inputs: [Tensor]) in
      try row.evaluate(variables, inputs)
    }
    for variant in 0..<2 {
      let inputs = row.inputs(variant: variant)
      try expectClose(try compiled(variables, inputs), try row.evaluate(variables, inputs))
    }
  }

  @Test("a mapped call is a loop over its members", arguments: LayerCatalogue.rows)
  func mapped(_ row: LayerRow) throws {
    let variables = try row.initialize()
    let members = (0..<3).map(row.inputs(variant:))
    let stacked = row.inputs.indices.map { index in stack(members.map { $0[index] }) }
    let results = try vmap { (inputs: [Tensor]) in try row.evaluate(variables, inputs) }(stacked)
    for (member, inputs) in members.enumerated() {
      let slices = results.map { take($0, Tensor(Int32(member)), axis: 0) }
      try expectClose(slices, try row.evaluate(variables, inputs))
    }
  }

  @Test(
    "gradients are those of central differences",
    arguments: LayerCatalogue.rows.filter(\.hasTrueGradient))
  func gradients(_ row: LayerRow) throws {
    let variables = treeMap(try row.initialize(), doubled)
    let params: Variables = variables["params"]
    let others = variables.filtered { $0 != "params" }
    let point = treeLeaves(params) + row.inputs.map(doubled)
    let isFloat = point.map(\.dtype.isFloatingPoint)
    func loss(_ point: [Tensor]) throws -> Tensor {
      let count = treeLeaves(params).count
      let replaced = treeReplacingLeaves(params, Array(point[..<count]))
      let all = others.merging(["params": replaced])
      let outputs = try row.evaluate(all, Array(point[count...]))
      return outputs.enumerated().reduce(Tensor(0.0, dtype: .float64)) { total, output in
        let weights = sample(output.element.shape, seed: 20 + output.offset)
        return total + sum(weights.cast(to: .float64) * output.element)
      }
    }
    let floats = zip(point, isFloat).filter(\.1).map(\.0)
    func complete(_ floats: [Tensor]) -> [Tensor] {
      var rest = floats[...]
      return zip(point, isFloat).map { $1 ? rest.removeFirst() : $0 }
    }
    let gradients = try grad(floats) { try loss(complete($0)) }
    let direction = floats.enumerated().map { index, x in
      sample(x.shape, seed: 50 + index).cast(to: .float64)
    }
    let expected = try zip(gradients, direction).reduce(0.0) {
      try $0 + sum($1.0 * $1.1).item(as: Double.self)
    }
    let step = 1e-5
    func moved(_ sign: Double) throws -> Double {
      let point = zip(floats, direction).map { $0 + $1 * (sign * step) }
      return try loss(complete(point)).item(as: Double.self)
    }
    let difference = (try moved(1) - moved(-1)) / (2 * step)
    #expect(abs(expected - difference) <= 1e-6 * Swift.max(1, abs(expected)))
  }

  @Test("one layer serves many threads", arguments: LayerCatalogue.rows)
  func concurrent(_ row: LayerRow) throws {
    let variables = try row.initialize()
    let inputs = (0..<2).map(row.inputs(variant:))
    let expected = try inputs.map { try row.evaluate(variables, $0).map(scalars) }
    let wrong = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let results = try? row.evaluate(variables, inputs[index % 2]).map(scalars)
      if results != expected[index % 2] { wrong.add(1, ordering: .relaxed) }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test("a lifted vmap is a loop over variables and inputs", arguments: LayerCatalogue.rows)
  func liftedVMap(_ row: LayerRow) throws {
    let members = (0..<2).map(row.inputs(variant:))
    let stacked = row.inputs.indices.map { index in stack(members.map { $0[index] }) }
    let split: SplitRNGs = ["params": true, .deny("params"): false]
    let model = Keeper(row) { holder, inputs in
      vmap(variableAxes: [.all: 0], splitRNGs: split)(holder, inputs) { _, inputs in
        row.call(inputs)
      }
    }
    let variables = try model.initialize(
      RNGs(row.rngs.merging(["params": Key(1)]) { first, _ in first })
    ) { $0(stacked) }
    // A key of a stream depends on the path, which is another one without the transform.
    guard row.rngs.isEmpty else { return }
    let (results, _) = try model.apply(variables, mutable: row.mutable ?? false) { $0(stacked) }
    for (member, inputs) in members.enumerated() {
      let own = treeMap(row.unwrapped(variables)) { take($0, Tensor(Int32(member)), axis: 0) }
      let slices = results.map { take($0, Tensor(Int32(member)), axis: 0) }
      let expected = try row.evaluate(own, inputs)
      try expectClose(slices, Array(expected.prefix(slices.count)))
    }
  }

  @Test("a lifted scan is a loop that passes variables on", arguments: LayerCatalogue.rows)
  func liftedScan(_ row: LayerRow) throws {
    guard row.rngs.isEmpty else { return }
    let steps = (0..<3).map(row.inputs(variant:))
    let stacked = row.inputs.indices.map { index in stack(steps.map { $0[index] }) }
    let model = Keeper(row) { holder, inputs in
      scan(variableBroadcast: "params", variableCarry: .deny("params"))(
        holder, EmptyTree(), inputs
      ) { _, carry, inputs in (carry, row.call(inputs)) }.outputs
    }
    var variables = try row.initialize()
    let (results, updates) = try model.apply(
      row.wrapped(variables), mutable: row.mutable ?? false
    ) { $0(stacked) }
    for (index, inputs) in steps.enumerated() {
      let (expected, changed) = try row.module.apply(
        variables, mutable: row.mutable ?? false
      ) { _ in row.call(inputs) }
      variables = variables.merging(changed)
      try expectClose(results.map { take($0, Tensor(Int32(index)), axis: 0) }, expected)
    }
    try expectClose(
      treeLeaves(row.unwrapped(updates)),
      treeLeaves(variables.filtered { row.mutable?.contains($0) ?? false }))
  }
}

/// A module that holds a layer and calls it through a function.
private final class Keeper: Module, @unchecked Sendable {
  let layer: Module
  let body: @Sendable (Keeper, [Tensor]) -> [Tensor]

  init(_ row: LayerRow, _ body: @escaping @Sendable (Keeper, [Tensor]) -> [Tensor]) {
    layer = row.module
    self.body = body
    super.init()
  }

  func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    compact(inputs) { inputs in body(self, inputs) }
  }
}

extension LayerRow {
  /// The layer's variables out of those of a ``Keeper``.
  fileprivate func unwrapped(_ variables: Variables) -> Variables {
    var result = Variables()
    for (collection, part) in variables { result[collection] = part["layer"] as Variables }
    return result
  }

  /// The layer's variables as a ``Keeper`` has them.
  fileprivate func wrapped(_ variables: Variables) -> Variables {
    var result = Variables()
    for (collection, part) in variables { result[collection] = ["layer": part] }
    return result
  }
}

extension Variables {
  /// The collections that are chosen by name.
  fileprivate func filtered(_ isIncluded: (String) -> Bool) -> Variables {
    var result = Variables()
    for (name, part) in self where isIncluded(name) { result[name] = part }
    return result
  }
}

private func doubled(_ x: Tensor) -> Tensor {
  x.dtype.isFloatingPoint ? x.cast(to: .float64) : x
}

private func scalars(_ x: Tensor) throws -> [Double] { try x.scalars(as: Double.self) }

/// Checks tensors against others of the same shapes and dtypes, to the rounding of float32.
private func expectClose(
  _ actual: [Tensor], _ expected: [Tensor], sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.map(\.type) == expected.map(\.type), sourceLocation: sourceLocation)
  for (x, y) in zip(actual, expected) where x.shape == y.shape {
    let (a, b) = (try scalars(x), try scalars(y))
    let largest = b.lazy.map(abs).max() ?? 0
    let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= 1e-6 + 1e-5 * largest, sourceLocation: sourceLocation)
  }
}
