import Autodiff
import Testing

@testable import Optimizers

/// The parameters of the fixture: a bias [3] and a kernel [4, 3].
struct FixtureTree: TensorTree {
  var b: Tensor
  var kernel: Tensor

  init(_ leaves: [[Float]]) {
    b = Tensor(leaves[0])
    kernel = Tensor(leaves[1], shape: [4, 3])
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.key("b"), &b)
    var layer = ["kernel": kernel]
    visitor.visit(.key("layer"), &layer)
    kernel = layer["kernel"] ?? kernel
  }
}

private let kernels = ParameterMask { _, parameter in parameter.rank > 1 }
private let cosine = cosineDecaySchedule(initValue: 0.5, decaySteps: 3)

/// The optimizers of the fixture, under its names.
private let optimizers: [String: GradientTransformation] = [
  "sgd": sgd(0.1),
  "sgd_momentum": sgd(0.1, momentum: 0.9),
  "sgd_nesterov": sgd(0.1, momentum: 0.9, nesterov: true),
  "sgd_schedule": sgd(cosine, momentum: 0.5),
  "sign_sgd": signSGD(0.1),
  "noisy_sgd": noisySGD(0.1, key: Key(3)),
  "adam": adam(0.01),
  "adam_eps_root": adam(0.01, b1: 0.8, b2: 0.9, eps: 1e-3, epsRoot: 1e-4),
  "nadam": nadam(0.01),
  "adamw": adamw(0.01, weightDecay: 0.1),
  "adamw_mask": adamw(0.01, weightDecay: 0.1, mask: kernels),
  "adamw_schedules": adamw(
    cosine, weightDecay: linearSchedule(initValue: 0.1, endValue: 0, transitionSteps: 3)),
  "nadamw": nadamw(0.01),
  "adamax": adamax(0.01),
  "adamaxw": adamaxw(0.01),
  "amsgrad": amsgrad(0.01),
  "amsgrad_paper": amsgrad(0.01, biasCorrectionMu: false, biasCorrectionNu: false),
  "adagrad": adagrad(0.1),
  "adadelta": adadelta(1, weightDecay: 0.01),
  "rmsprop": rmsprop(0.01),
  "rmsprop_all": rmsprop(
    0.01, eps: 1e-3, epsInSqrt: false, centered: true, momentum: 0.9, nesterov: true,
    biasCorrection: true),
  "rmsprop_bias": rmsprop(0.01, initialScale: 0.5, biasCorrection: true),
  "rmsprop_centered": rmsprop(0.01, eps: 1e-3, centered: true),
  "lamb": lamb(0.01, weightDecay: 0.01),
  "lars": lars(0.1, weightDecay: 0.01),
  "lars_masks": lars(
    0.1, weightDecay: 0.01, weightDecayMask: kernels, trustRatioMask: kernels, nesterov: true),
  "lion": lion(0.01),
  "adafactor": adafactor(0.01, minDimSizeToFactor: 3),
  "adafactor_all": adafactor(
    0.01, minDimSizeToFactor: 2, decayRate: 0.7, multiplyByParameterScale: false,
    clippingThreshold: 0.5, momentum: 0.9, weightDecayRate: 0.01),
  "adafactor_whole": adafactor(factored: false),
  "radam": radam(0.01, b2: 0.9),
  "radam_nesterov": radam(0.01, nesterov: true),
  "novograd": novograd(0.01, weightDecay: 0.01),
  "yogi": yogi(0.01),
  "sm3": sm3(0.1),
  "adabelief": adabelief(0.01),
  "adabelief_nesterov": adabelief(0.01, nesterov: true),
  "polyak_sgd": polyakSGD(maxLearningRate: 0.05),
  "clip": chain(clip(0.3), sgd(0.1)),
  "clip_by_global_norm": chain(clipByGlobalNorm(1), adam(0.05)),
  "clip_by_global_norm_loose": chain(clipByGlobalNorm(100), sgd(0.1)),
  "clip_by_block_rms": chain(clipByBlockRMS(0.5), sgd(0.1)),
  "adaptive_grad_clip": chain(adaptiveGradClip(0.1), sgd(0.1)),
  "param_block": chain(scaleByParamBlockNorm(), scaleByParamBlockRMS(), scale(-0.1)),
  "ema": chain(ema(decay: 0.9), scale(-0.1)),
  "ema_biased": chain(ema(decay: 0.9, debias: false), scale(-0.1)),
  "masked": masked(adam(0.1), kernels),
  "multi_transform": multiTransform(["train": adam(0.1), "freeze": setToZero()]) { _, parameter in
    parameter.rank > 1 ? "train" : "freeze"
  },
  "named_chain": namedChain(["clip": clip(0.3), "adam": scaleByAdam()]),
  "multi_steps": multiSteps(adam(0.1), everyK: 2),
  "multi_steps_sum": multiSteps(sgd(0.1), everyK: 3, useGradMean: false),
  "apply_if_finite": applyIfFinite(adam(0.1), maxConsecutiveErrors: 2),
  "inject_hyperparams": injectHyperparams(["learning_rate": cosine, "b1": 0.8]) {
    adam($0["learning_rate"], b1: $0["b1"])
  },
  "zero_nans": chain(zeroNans(), sgd(0.1)),
]

private let schedules: [String: Schedule] = [
  "constant": constantSchedule(0.1),
  "polynomial": polynomialSchedule(
    initValue: 1, endValue: 0.1, power: 2, transitionSteps: 10, transitionBegin: 2),
  "linear": linearSchedule(initValue: 1, endValue: 0.1, transitionSteps: 10, transitionBegin: 3),
  "piecewise_constant": piecewiseConstantSchedule(
    initValue: 1, boundariesAndScales: [5: 0.5, 20: 0.1]),
  "piecewise_linear": piecewiseInterpolateSchedule(
    .linear, initValue: 1, boundariesAndScales: [5: 0.5, 20: 3]),
  "piecewise_cosine": piecewiseInterpolateSchedule(
    .cosine, initValue: 1, boundariesAndScales: [5: 0.5, 20: 3]),
  "exponential": exponentialDecay(initValue: 0.1, transitionSteps: 10, decayRate: 0.9),
  "exponential_staircase": exponentialDecay(
    initValue: 0.1, transitionSteps: 10, decayRate: 0.5, transitionBegin: 5, staircase: true,
    endValue: 0.04),
  "exponential_growth": exponentialDecay(
    initValue: 0.1, transitionSteps: 10, decayRate: 2, endValue: 0.3),
  "cosine": cosineDecaySchedule(initValue: 0.1, decaySteps: 20, alpha: 0.1, exponent: 2),
  "warmup_constant": warmupConstantSchedule(initValue: 0, peakValue: 0.5, warmupSteps: 7),
  "warmup_cosine": warmupCosineDecaySchedule(
    initValue: 0, peakValue: 0.1, warmupSteps: 10, decaySteps: 30, endValue: 0.001),
  "warmup_exponential": warmupExponentialDecaySchedule(
    initValue: 0, peakValue: 0.1, warmupSteps: 10, transitionSteps: 5, decayRate: 0.5,
    endValue: 0.01),
  "sgdr": sgdrSchedule([
    WarmupCosineCycle(initValue: 0, peakValue: 0.1, warmupSteps: 3, decaySteps: 10),
    WarmupCosineCycle(
      initValue: 0.01, peakValue: 0.05, warmupSteps: 5, decaySteps: 12, endValue: 0.005),
  ]),
  "join": joinSchedules(
    [constantSchedule(0.1), linearSchedule(initValue: 0.2, endValue: 0, transitionSteps: 10)],
    boundaries: [8]),
  "linear_onecycle": linearOnecycleSchedule(transitionSteps: 30, peakValue: 0.5),
  "cosine_onecycle": cosineOnecycleSchedule(transitionSteps: 30, peakValue: 0.5),
]

@Suite struct OptaxTests {
  @Test func knowsAllOfTheFixture() throws {
    let fixture = try OptaxFixture.shared.get()
    #expect(Set(fixture.optimizers.keys) == Set(optimizers.keys))
    #expect(Set(fixture.schedules.keys) == Set(schedules.keys))
  }

  @Test(arguments: optimizers.keys.sorted())
  func updatesLikeOptax(_ name: String) throws {
    let fixture = try OptaxFixture.shared.get()
    let optimizer = try #require(optimizers[name])
    let run = try #require(fixture.optimizers[name])
    var params = FixtureTree(fixture.params)
    var state = optimizer.initialize(params)
    #expect(treeStructure(state).map(\.description) == run.state_paths)
    for (step, expected) in run.updates.enumerated() {
      var gradients = FixtureTree(fixture.gradients[step])
      if step == 1, name == "apply_if_finite" || name == "zero_nans" {
        gradients.b = Tensor([Float.nan] + fixture.gradients[step][0].dropFirst())
      }
      let updates: FixtureTree
      (updates, state) = optimizer.update(
        gradients, state, params: params,
        values: name == "polyak_sgd" ? ["value": Tensor(Float(1.5))] : [:])
      try expectClose(treeLeaves(updates), expected, scale: 0.05, "update \(step)")
      params = applyUpdates(params, updates)
    }
    try expectClose(treeLeaves(params), run.params, scale: 1, "parameters")
    #expect(treeStructure(state).map(\.description) == run.state_paths)
    try expectClose(treeLeaves(state), run.state, scale: 1, "state")
  }

  @Test(arguments: schedules.keys.sorted())
  func schedulesLikeOptax(_ name: String) throws {
    let expected = try #require(OptaxFixture.shared.get().schedules[name])
    let schedule = try #require(schedules[name])
    for (count, number) in expected.enumerated() {
      let value = try schedule(count).item(as: Float.self)
      #expect(abs(value - number) <= 1e-5 * abs(number) + 1e-7, "count \(count)")
    }
  }
}

@Suite struct CompiledOptimizerTests {
  @Test(arguments: optimizers.keys.sorted())
  func updatesAsWhenEager(_ name: String) throws {
    let fixture = try OptaxFixture.shared.get()
    let optimizer = try #require(optimizers[name])
    let params = FixtureTree(fixture.params)
    let values = ["value": Tensor(Float(1.5))]
    let compiled = jit { (gradients: FixtureTree, state: OptimizerState) in
      let result = optimizer.update(gradients, state, params: params, values: values)
      return UpdateResult(updates: result.updates, state: result.state)
    }
    var state = optimizer.initialize(params)
    for gradients in fixture.gradients.prefix(3).map(FixtureTree.init) {
      let eager = optimizer.update(gradients, state, params: params, values: values)
      let staged = try compiled(gradients, state)
      #expect(treeStructure(staged.state) == treeStructure(eager.state))
      #expect(treeLeaves(staged.state).map(\.type) == treeLeaves(eager.state).map(\.type))
      let expected = try treeLeaves(eager.updates).map { try $0.scalars(as: Float.self) }
      try expectClose(treeLeaves(staged.updates), expected, scale: 0.05, "updates")
      state = eager.state
    }
    #expect(compiled.cacheCount == 1)
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
