import Autodiff
import Optimizers
import Testing

/// A compiled update goes over memory once for each tensor, however many operations it has.
@Suite struct FusedUpdateTests {
  /// How often an update of tensors of different sizes goes over memory.
  private func passes(_ optimizer: GradientTransformation, tensors: Int) throws -> Int {
    let params = (0..<tensors).map { Tensor.ones([3000 + $0, 4]) }
    let update = jit { (state: inout State, gradients: [Tensor]) in
      let (updates, next) = optimizer.update(gradients, state.optState, params: state.params)
      state = State(params: applyUpdates(state.params, updates), optState: next)
      return EmptyTree()
    }
    return try update.lower(
      State(params: params, optState: optimizer.initialize(params)), params
    ).memoryPasses
  }

  @Test(
    arguments: [
      ("sgd", 1, sgd(0.1)), ("momentum", 1, sgd(0.1, momentum: 0.9, nesterov: true)),
      ("adam", 1, adam(0.1)), ("adamw", 1, adamw(0.1, weightDecay: 0.01)),
      ("nadamw", 1, nadamw(0.1)),
      ("adamw by schedules", 1, adamw(cosineDecaySchedule(initValue: 0.1, decaySteps: 100))),
      ("amsgrad", 1, amsgrad(0.1)), ("adamax", 1, adamax(0.1)), ("adabelief", 1, adabelief(0.1)),
      ("adan", 1, adan(0.1)), ("adagrad", 1, adagrad(0.1)), ("adadelta", 1, adadelta(0.1)),
      ("rmsprop", 1, rmsprop(0.1, centered: true, momentum: 0.9)), ("lion", 1, lion(0.1)),
      ("radam", 1, radam(0.1)), ("yogi", 1, yogi(0.1)), ("rprop", 1, rprop(0.1)),
      // Norms have to be known before they are used; LAMB's make a loop over single numbers too.
      ("clipped", 2, chain(clipByGlobalNorm(1), adamw(0.1))),
      ("lamb", 3, lamb(0.1, weightDecay: 0.01)),
    ] as [(String, Int, GradientTransformation)])
  func goesOverEachTensor(_ name: String, _ times: Int, _ optimizer: GradientTransformation) throws
  {
    let (few, many) = (try passes(optimizer, tensors: 2), try passes(optimizer, tensors: 6))
    #expect(many - few == 4 * times, "\(name)")
    // Counts and factors are single numbers.
    #expect(few <= 2 * times + 12, "\(name)")
  }

  private struct State: TensorTree {
    var params: [Tensor]
    var optState: OptimizerState

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("params"), &params)
      visitor.visit(.field("opt_state"), &optState)
    }
  }
}
