import Linen
import OptimalTransport
import Testing

@Suite("Learned initializers of optimal transport")
struct MetaInitializerTests {
  private let line = Geometry.grid([5], epsilon: 0.02)
  private let a = Tensor([0.1, 0.2, 0.4, 0.2, 0.1])
  private let b = Tensor([0.3, 0.1, 0.1, 0.1, 0.4])

  private func meta() throws -> MetaInitializer {
    let model = MetaMLP(potentialSize: 5, numHiddenUnits: 8, numHiddenLayers: 2)
    return try MetaInitializer(line, model: model, key: Key(0))
  }

  private func expectNear(_ actual: Tensor, _ expected: [Double], tolerance: Double) throws {
    let values = try actual.scalars(as: Double.self)
    let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(values.count == expected.count && worst <= tolerance, "\(values)")
  }

  /// Numbers of the loss in OTT's MetaInitializer, whose MLP of these sizes has the key 0.
  @Test("the loss and its gradient are OTT's")
  func fidelity() throws {
    let meta = try meta()
    let (first, second) = (stack([a, b]), stack([b, Tensor([0.05, 0.5, 0.05, 0.3, 0.1])]))
    let (loss, gradient) = try valueAndGrad(meta.variables) {
      try meta.loss($0, a: first, b: second)
    }
    try expectNear(loss, [0.03281932], tolerance: 1e-6)
    try expectNear(
      gradient["params"]["Dense_2"]["bias"],
      [0.1944437, -0.0720302, -0.2017266, 0.2291229, -0.1498099],
      tolerance: 1e-6)
    let kernel: Tensor = gradient["params"]["Dense_0"]["kernel"]
    try expectNear(
      kernel[0],
      [-0.0116583, 0.0416026, 0, 0.0145682, 0.022671, 0.0658442, 0.0149677, 0], tolerance: 1e-6)
  }

  @Test("the gradient of the objective is what the plan lacks, also where there is no weight")
  func gradient() throws {
    let meta = try meta()
    let f = Random.normal(Key(1), [5], dtype: .float64) * 0.1
    for a in [a, Tensor([0.5, 0, 0.2, 0, 0.3])] {
      for b in [b, Tensor([0, 0.6, 0, 0.4, 0])] {
        let (a, b) = (a.cast(to: .float64), b.cast(to: .float64))
        func objective(_ f: Tensor) -> Tensor { meta.objective(f, a: a, b: b) }
        try checkGrads(objective, f, order: 1, step: 1e-6)
        let gradient = try grad(f, objective)
        let support = which(a .> 0, f, Tensor(-Double.infinity, dtype: .float64))
        let g = line.updatePotential(support, weights: b, axis: 0)
        let plan = line.transportFromPotentials(support, g)
        let missing = a - sum(plan, axes: [1])
        try expectNear(gradient, missing.scalars(as: Double.self), tolerance: 1e-6)
      }
    }
  }

  @Test("descending the loss leads to the solution of a problem")
  func learning() throws {
    let meta = try meta()
    let problem = LinearProblem(line, a: a, b: b)
    let (first, second) = (expandDims(a, axes: [0]), expandDims(b, axes: [0]))
    let step = jit { (variables: Variables) in
      let gradient = try grad(variables) { try meta.loss($0, a: first, b: second) }
      return treeMap(variables, gradient) { $0 - $1 * 0.05 }
    }
    var variables = meta.variables
    for _ in 0..<200 { variables = try step(variables) }
    func iterations(_ initializer: some SinkhornInitializer) throws -> Int {
      let solver = Sinkhorn(innerIterations: 1, initializer: initializer)
      return try solver(problem).report.iterations
    }
    let (zeros, learned) = try (iterations(DefaultInitializer()), iterations(meta.with(variables)))
    #expect(learned * 2 < zeros, "\(learned) and \(zeros) iterations")
  }
}
