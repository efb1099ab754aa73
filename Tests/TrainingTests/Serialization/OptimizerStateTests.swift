import Foundation
import Linen
import Optimizers
import Testing
import Training

private let schedule = linearSchedule(initValue: 0.1, endValue: 0, transitionSteps: 10)
private let kernels = ParameterMask { path, _ in path.names.last == "kernel" }

/// Optimizers by the names of their lines in Fixtures/optimizer_states.txt.
private let optimizers: [String: GradientTransformation] = [
  "sgd": sgd(0.1),
  "sgd momentum": sgd(0.1, momentum: 0.9, nesterov: true),
  "sgd accumulator": sgd(0.1, momentum: 0.9, accumulatorDtype: .bfloat16),
  "sgd schedule": sgd(schedule, momentum: 0.9),
  "adam": adam(0.1),
  "adam mu": adam(0.1, muDtype: .bfloat16),
  "adam schedule": adam(schedule),
  "adamw": adamw(0.1),
  "adamw mask": adamw(0.1, mask: kernels),
  "nadam": nadam(0.1),
  "adamax": adamax(0.1),
  "amsgrad": amsgrad(0.1),
  "adabelief": adabelief(0.1),
  "adagrad": adagrad(0.1),
  "adadelta": adadelta(0.1),
  "adafactor": adafactor(0.1, minDimSizeToFactor: 3),
  "adafactor momentum": adafactor(0.1, momentum: 0.9, weightDecayRate: 0.1),
  "rmsprop": rmsprop(0.1),
  "rmsprop centered": rmsprop(0.1, centered: true, momentum: 0.9),
  "rmsprop corrected": rmsprop(0.1, biasCorrection: true),
  "lamb": lamb(0.1),
  "lars": lars(0.1, momentum: 0.9),
  "lion": lion(0.1),
  "radam": radam(0.1),
  "novograd": novograd(0.1),
  "yogi": yogi(0.1),
  "sm3": sm3(0.1),
  "sign_sgd": signSGD(0.1),
  "noisy_sgd": noisySGD(0.1, key: Key(0)),
  "polyak_sgd": polyakSGD(maxLearningRate: 1.0),
  "trace": trace(decay: 0.9),
  "ema": ema(decay: 0.9),
  "clip": clip(1.0),
  "clip_by_global_norm": clipByGlobalNorm(1.0),
  "adaptive_grad_clip": adaptiveGradClip(0.1),
  "add_decayed_weights": addDecayedWeights(0.1),
  "add_decayed_weights mask": addDecayedWeights(0.1, mask: kernels),
  "add_noise": addNoise(eta: 0.1, gamma: 0.5, key: Key(0)),
  "identity": identity(),
  "set_to_zero": setToZero(),
  "scale": scale(2.0),
  "scale_by_schedule": scaleBySchedule(schedule),
  "zero_nans": zeroNans(),
  "chain": chain(clipByGlobalNorm(1.0), adam(0.1)),
  "chain of chains": chain(chain(scale(1.0), trace(decay: 0.9)), scale(2.0)),
  "masked": masked(adam(0.1), kernels),
  "multi_transform": multiTransform(["w": adam(0.1), "rest": setToZero()]) { path, _ in
    path.names.last == "kernel" ? "w" : "rest"
  },
  "inject_hyperparams": injectHyperparams(["learning_rate": 0.1]) {
    sgd($0["learning_rate"], momentum: 0.9)
  },
  "inject_hyperparams schedule": injectHyperparams(["learning_rate": schedule]) {
    sgd($0["learning_rate"])
  },
  "multi_steps": multiSteps(adam(0.1), everyK: 2),
  "apply_if_finite": applyIfFinite(adam(0.1), maxConsecutiveErrors: 3),
]

/// The states of optimizers are saved as Flax saves those of optax, so that either side reads them.
@Suite struct OptimizerStateTests {
  private static let lines: [(name: String, state: String)] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/optimizer_states.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      return (parts[0], parts[1])
    }
  }()

  private let params: Variables = [
    "a": ["kernel": Tensor.ones([4, 3]), "bias": Tensor.ones([3])],
    "b": ["kernel": Tensor.ones([3, 2], dtype: .bfloat16)],
  ]

  @Test func everyCaseHasALine() {
    #expect(Set(OptimizerStateTests.lines.map(\.name)) == Set(optimizers.keys))
  }

  @Test(arguments: OptimizerStateTests.lines)
  func isSavedAsInFlax(name: String, expected: String) throws {
    let optimizer = try #require(optimizers[name])
    let gradients = treeMap(params) { Tensor.ones($0.shape, dtype: $0.dtype) }
    let (_, state) = optimizer.update(
      gradients, optimizer.initialize(params), params: params, values: ["value": Tensor(Float(1))])
    // msgpackSerialize sorts keys.
    let sorted = try msgpackRestore(try msgpackSerialize(try toStateDict(state)))
    #expect("\(sorted)" == expected)
    let restored = try fromBytes(optimizer.initialize(params), try toBytes(state))
    #expect(try toStateDict(restored) == toStateDict(state))
  }

  /// SM3 keeps a list of slices for each parameter, which is empty for a scalar.
  @Test func listWithoutTensorsIsSaved() throws {
    let params: Variables = ["s": Tensor(1.0), "w": Tensor.ones([2])]
    let optimizer = sm3(0.1)
    let state = try toStateDict(optimizer.initialize(params))
    #expect(state["0"]?["mu"]?["s"].map { "\($0)" } == "{}")
    let restored = try fromBytes(optimizer.initialize(params), try toBytes(state))
    #expect(try toStateDict(restored) == state)
  }
}
