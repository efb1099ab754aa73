import Linen
import Optimizers
import Testing
import Training

/// The numbers are those of `flax.training.dynamic_scale` 0.12.8 for the same calls.
@Suite struct DynamicScaleTests {
  @Test func growsAndShrinksAsInFlax() throws {
    var scale = DynamicScale(growthInterval: 2, scale: 1024)
    let factors: [Float] = [1, 1, .infinity, 1, 1, 1, 1, .nan, .infinity]
    let expected: [(steps: Int, scale: Float, isFinite: Bool)] = [
      (1, 1024, true), (2, 1024, true), (0, 512, false), (1, 512, true), (2, 512, true),
      (0, 1024, true), (1, 1024, true), (0, 512, false), (0, 256, false),
    ]
    let step = jit { (scale: DynamicScale, factor: Tensor) in
      try scale.valueAndGrad(Tensor([1.0, 2])) { factor * sum(square($0)) }
    }
    for (factor, expected) in zip(factors, expected) {
      let result = try step(scale, Tensor(factor))
      scale = result.dynamicScale
      #expect(try scale.finSteps.item(as: Int.self) == expected.steps)
      #expect(try scale.scale.item(as: Float.self) == expected.scale)
      #expect(try result.isFinite.item(as: Bool.self) == expected.isFinite)
      if expected.isFinite {
        #expect(try result.gradients.scalars(as: Float.self) == [2, 4])
        #expect(try result.value.item(as: Float.self) == 5)
      }
    }
    #expect(step.cacheCount == 1)
  }

  @Test func findsTheScaleOfHalfPrecision() throws {
    var scale = DynamicScale(growthInterval: 1)
    let expected: [(steps: Int, scale: Float, isFinite: Bool)] = [
      (0, 32768, false), (0, 16384, false), (1, 16384, true), (0, 32768, true),
      (0, 16384, false), (1, 16384, true),
    ]
    for expected in expected {
      let result = try scale.valueAndGrad(Tensor(Float(1.5))) { square($0.cast(to: .float16)) }
      scale = result.dynamicScale
      #expect(try scale.finSteps.item(as: Int.self) == expected.steps)
      #expect(try scale.scale.item(as: Float.self) == expected.scale)
      #expect(try result.isFinite.item(as: Bool.self) == expected.isFinite)
      #expect(try result.value.item(as: Float.self) == 2.25)
      #expect(try result.gradients.item(as: Float.self) == (expected.isFinite ? 3 : .infinity))
      #expect(result.gradients.dtype == .float32)
    }
  }

  @Test func doesNotGoBelowTheLeast() throws {
    var scale = DynamicScale(scale: 2, minimumScale: 1)
    for _ in 0..<3 {
      scale = try scale.valueAndGrad(Tensor(1.0)) { $0 * Double.infinity }.dynamicScale
      #expect(try scale.scale.item(as: Float.self) == 1)
    }
  }

  /// A step with gradients that are not finite changes the scale and the count, and nothing else.
  @Test func trainStateSkipsSuchSteps() throws {
    let variables = try Dense(1).initialize(Key(0)) { $0(Tensor.ones([1, 2])) }
    var state = TrainState.create(
      variables, optimizer: adam(0.1), dynamicScale: DynamicScale(scale: 1024))
    let step = jit { (state: TrainState, factor: Tensor) in
      try state.minimizing { variables in
        Loss(factor * sum(square(try Dense(1).apply(variables) { $0(Tensor.ones([1, 2])) })))
      }
    }
    func parameters(_ state: TrainState) throws -> [[Float]] {
      try treeLeaves(state.params).map { try $0.scalars(as: Float.self) }
    }
    let first = try step(state, Tensor(Float(1)))
    #expect(try parameters(first.state) != parameters(state))
    #expect(try first.metrics["is_finite"]?.item(as: Float.self) == 1)
    state = first.state
    let broken = try step(state, Tensor(Float.infinity))
    #expect(try broken.metrics["is_finite"]?.item(as: Float.self) == 0)
    #expect(try broken.metrics["scale"]?.item(as: Float.self) == 512)
    #expect(try parameters(broken.state) == parameters(state))
    for (a, b) in zip(treeLeaves(broken.state.optState), treeLeaves(state.optState)) {
      #expect(try a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
    #expect(try broken.state.step.item(as: Int.self) == 2)
  }
}
