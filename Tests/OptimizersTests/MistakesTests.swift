import Optimizers
import Tensor
import Testing

/// Wrong use of optimizers: each is an error with a text, and the process lives on.
@Suite struct MistakesTests {
  let params = ["a": Tensor.ones([2]), "b": Tensor.ones([3])]

  private func message(_ body: () -> Void) -> String? {
    #expect(throws: TensorError.self) { try withErrors(body) }?.description
  }

  @Test func gradientsOfOtherStructure() {
    let optimizer = adam(0.1)
    let state = optimizer.initialize(params)
    #expect(
      message { _ = optimizer.update(["a": Tensor.ones([2])], state) }
        == """
        update: the trees' structures differ: one has ['b'] besides
        hint: give gradients, parameters and the state that initialize made of such parameters
        """)
    #expect(
      message { _ = optimizer.update(["c": Tensor.ones([2])], state, params: params) }?
        .hasPrefix("update: the trees' structures differ: one lacks ['c']") == true)
  }

  @Test func stateOfAnotherOptimizer() {
    #expect(
      message { _ = adam(0.1).update(params, sgd(0.1, momentum: 0.9).initialize(params)) }
        == """
        OptimizerState: there is no part "mu", there is .trace
        hint: update takes the state that initialize or update of the same optimizer gave
        """)
    #expect(
      message { _ = adam(0.1).update(params, .empty) }?
        .hasPrefix("OptimizerState: there is no part 0, there is nothing") == true)
    #expect(
      message { _ = adam(0.1).initialize(params)[0]["mu"].tensor }?.hasPrefix(
        "OptimizerState: found tensors structured as the parameters, expected a tensor") == true)
  }

  @Test func missingArguments() {
    let decay = adamw(0.1)
    #expect(
      message { _ = decay.update(params, decay.initialize(params)) }
        == "addDecayedWeights: the update needs the parameters\nhint: pass params: to update")
    let polyak = polyakSGD()
    #expect(
      message { _ = polyak.update(params, polyak.initialize(params)) }
        == """
        scaleByPolyak: the update needs the value "value"
        hint: pass values: ["value": ...] to update
        """)
  }

  @Test func unknownNames() {
    #expect(
      message {
        _ = multiTransform(["train": sgd(0.1)]) { path, _ in
          path.description == "['b']" ? "other" : "train"
        }.initialize(params)
      } == "multiTransform: the label of ['b'] is \"other\", expected one of [\"train\"]")
    #expect(
      message { _ = injectHyperparams(["rate": 0.1]) { sgd($0["r"]) }.initialize(params) }
        == "injectHyperparams: the hyperparameter is \"r\", expected one of [\"rate\"]")
    #expect(
      message { _ = namedChain(["a": sgd(0.1), "a": adam(0.1)]) }
        == "namedChain: names is [\"a\", \"a\"], expected distinct names")
  }

  @Test func wrongSchedules() {
    #expect(
      message { _ = cosineDecaySchedule(initValue: 1, decaySteps: 0) }
        == "cosineDecaySchedule: decaySteps is 0, expected at least 1")
    #expect(
      message { _ = joinSchedules([constantSchedule(1)], boundaries: [3]) }
        == "joinSchedules: boundaries is [3], expected one less than the 1 schedules")
    #expect(
      message { _ = piecewiseConstantSchedule(initValue: 1, boundariesAndScales: [2: -1]) }
        == "piecewiseConstantSchedule: the scale at 2 is -1.0, expected at least 0")
  }
}
