import Autodiff
import Linen
import Testing

/// A lifted layer, for what holds of all.
private struct LiftedLayer: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable () -> any UnaryLayer

  init(_ name: String, _ make: @escaping @Sendable () -> any UnaryLayer) {
    (testDescription, self.make) = (name, make)
  }

  private static let own: VariableAxes = ["params": 0]
  private static let split: SplitRNGs = ["params": true]
  private static let doubled: MapVariables.Transform = { treeMap($0) { $0 * 2 } }

  static let all = [
    LiftedLayer("vmap") { vmap(variableAxes: own, splitRNGs: split) { Dense(4) } },
    LiftedLayer("vmap, shared") {
      vmap(variableAxes: ["params": nil], splitRNGs: ["params": false]) { Dense(4) }
    },
    LiftedLayer("scan") { scan(variableAxes: own, splitRNGs: split, length: 3) { Dense(4) } },
    LiftedLayer("scan, unrolled and reversed") {
      scan(variableAxes: own, splitRNGs: split, length: 3, reverse: true, unroll: 2) { Dense(4) }
    },
    LiftedLayer("remat") { remat { Dense(4) } },
    LiftedLayer("rematScan") { rematScan(lengths: [2, 2]) { Dense(4) } },
    LiftedLayer("jit") { jit { Dense(4) } },
    LiftedLayer("foldRNGs") { foldRNGs { Dense(4) } },
    LiftedLayer("mapVariables") {
      mapVariables("params", transIn: doubled, init: true) { Dense(4) }
    },
    LiftedLayer("addMetadataAxis") { addMetadataAxis(variableAxes: own) { Dense(4) } },
    LiftedLayer("in a Sequential") {
      Sequential {
        Dense(4); tanh
        scan(variableAxes: own, splitRNGs: split, length: 2) { Dense(4) }
        remat { Dense(4) }
      }
    },
  ]
}

@Suite("Laws of lifted layers") struct LiftLawsTests {
  private let x = Random.normal(Key(3), [2, 3, 4])

  private func model(_ layer: LiftedLayer) -> Model {
    Model { _, x in
      let lifted = layer.make()
      return lifted(x)
    }
  }

  private func expectClose(_ a: some TensorTree, _ b: some TensorTree) throws {
    #expect(treeLeaves(a).count == treeLeaves(b).count)
    for (a, b) in zip(treeLeaves(a), treeLeaves(b)) {
      #expect(a.shape == b.shape)
      try expectScalars(a, b.scalars(as: Double.self))
    }
  }

  @Test("compiled as not compiled, also its gradient", arguments: LiftedLayer.all)
  fileprivate func compiled(_ layer: LiftedLayer) throws {
    let (model, x) = (model(layer), x[0])
    let variables = try model.initialize(Key(0)) { $0(x) }
    func loss(_ variables: Variables) throws -> Tensor {
      sum(square(try model.apply(variables) { $0(x) }))
    }
    let (value, gradient) = try valueAndGrad(variables, loss)
    let step = jit { (variables: Variables) in try grad(variables, loss) }
    try expectClose(try step(variables), gradient)
    try expectClose(try jit(loss)(variables), value)
    // Along a direction, the derivative is the product with the gradient.
    let direction = treeMap(variables) { ones(like: $0) }
    let along = try jvp(loss, variables, direction).tangent
    let product = treeLeaves(gradient).reduce(Tensor(0.0)) { $0 + sum($1) }
    try expectScalars(along, product.scalars(as: Double.self), tolerance: 1e-5)
  }

  @Test("over a batch as member by member", arguments: LiftedLayer.all)
  fileprivate func mapped(_ layer: LiftedLayer) throws {
    let model = model(layer)
    let variables = try model.initialize(Key(0)) { $0(x[0]) }
    let batched = try vmap { (x: Tensor) in try model.apply(variables) { $0(x) } }(x)
    let members = try (0..<2).map { i in try model.apply(variables) { $0(x[i]) } }
    try expectClose(batched, stack(members))
  }

  @Test("inputs need no values when variables are made", arguments: LiftedLayer.all)
  fileprivate func lazyInitialization(_ layer: LiftedLayer) throws {
    let (model, x) = (model(layer), x[0])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let lazy = try model.lazyInitialize(Key(0)) { $0(Tensor(x.type)) }
    #expect(lazy.shapesDescription == variables.shapesDescription)
    for (a, b) in zip(treeLeaves(lazy), treeLeaves(variables)) { try expectEqual(a, b) }
  }

  @Test("nothing is suspicious", arguments: LiftedLayer.all)
  fileprivate func noDiagnostics(_ layer: LiftedLayer) throws {
    let (model, x) = (model(layer), x[0])
    let variables = try strictly { try model.initialize(Key(0)) { $0(x) } }
    _ = try strictly { try model.apply(variables) { $0(x) } }
  }

  @Test("a mistake is thrown with its place", arguments: LiftedLayer.all)
  fileprivate func mistakes(_ layer: LiftedLayer) throws {
    let model = model(layer)
    let variables = try model.initialize(Key(0)) { $0(x[0]) }
    let wide = Tensor.ones([3, 7])
    let text = errorText { _ = try model.apply(variables) { $0(wide) } }
    #expect(text.contains("path: /M/") || text.contains("(in /M/"), "\(text)")
    let empty = errorText { _ = try model.apply([:]) { $0(x[0]) } }
    #expect(empty.hasPrefix("Tried to access"), "\(empty)")
    #expect(empty.contains("path: /M/"), "\(empty)")
  }
}
