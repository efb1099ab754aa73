import Autodiff
import Optimizers
import Testing

/// The inputs of the fixture's losses.
private struct LossInputs {
  let x: Tensor
  let y: Tensor
  let z: Tensor
  let mask: Tensor
  let frames: Tensor
  let classes = Tensor([1, 4, 0, -2])
  let absoluteClasses = Tensor([1, 4, 0, 2])
  let framePaddings = Tensor([[0.0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1]])
  let labels = Tensor([[1, 2, 2], [3, 1, 0]])
  let labelPaddings = Tensor([[0.0, 0, 0], [0, 0, 1]])

  init() throws {
    let inputs = try OptaxFixture.shared.get().inputs
    func input(_ name: String, _ shape: Shape = [4, 5]) -> Tensor {
      Tensor(inputs[name] ?? [], shape: shape)
    }
    x = input("x")
    y = input("y")
    z = input("z")
    mask = input("mask").cast(to: .bool)
    frames = input("frames", [2, 6, 5])
  }

  var p: Tensor { softmax(y) }
  var signs: Tensor { sign(y) }
  var bits: Tensor { (y .> 0).cast(to: .float32) }
  /// Whether an element is in the first column.
  var isFirst: Tensor { arange(5) .== 0 }
}

/// Functions of the first input, under the names that the fixture has.
private let commonLosses: [String: @Sendable (Tensor, LossInputs) -> Tensor] = [
  "softmax": { softmaxCrossEntropy($0, $1.p) },
  "softmax_axis": { softmaxCrossEntropy($0, $1.p, axes: [0]) },
  "softmax_where": { split(softmaxCrossEntropy($0, $1.p, where: $1.mask), at: [3])[0] },
  "softmax_safe": { x, inputs in
    safeSoftmaxCrossEntropy(
      which(inputs.isFirst, Tensor(-Double.infinity), x), which(inputs.isFirst, 0, inputs.p))
  },
  "softmax_integer": { softmaxCrossEntropyWithIntegerLabels($0, $1.classes) },
  "softmax_integer_axis": { x, _ in
    softmaxCrossEntropyWithIntegerLabels(x, Tensor([UInt8](arrayLiteral: 0, 3, 1, 2, 0)), axes: [0])
  },
  "softmax_integer_where": {
    softmaxCrossEntropyWithIntegerLabels($0, $1.classes, where: $1.mask)
  },
  "poly": { polyLossCrossEntropy($0, $1.p, epsilon: 1.5) },
  "smooth": { x, _ in smoothLabels(x, alpha: 0.1) },
  "smooth_where": {
    smoothLabels(split($0, at: [3])[0], alpha: 0.1, where: split($1.mask, at: [3])[0])
  },
  "sigmoid": { sigmoidBinaryCrossEntropy($0, $1.p) },
  "focal": { sigmoidFocalLoss($0, $1.y .> 0) },
  "focal_alpha": { sigmoidFocalLoss(40 * $0, $1.p, alpha: 0.25, gamma: 1.5) },
  "squared": { squaredError($0, $1.y) },
  "l2": { x, _ in l2Loss(x) },
  "huber": { huberLoss($0, $1.y, delta: 0.7) },
  "log_cosh": { logCosh(20 * $0, $1.y) },
  "cosine": { cosineSimilarity($0, $1.y) },
  "cosine_distance": { cosineDistance($0, $1.y, epsilon: 4, axes: [0]) },
  "kl": { x, inputs in
    let isHole = logicalAnd(inputs.isFirst, arange(4).reshaped(to: [4, 1]) .== 0)
    return klDivergence(x, which(isHole, 0, inputs.p))
  },
  "kl_log": { klDivergenceWithLogTargets($0, $1.y) },
  "kl_general": { generalizedKLDivergence($0, $1.p) },
  "hinge": { hingeLoss($0, $1.signs) },
  "perceptron": { perceptronLoss($0, $1.signs) },
  "multiclass_hinge": { multiclassHingeLoss($0, $1.absoluteClasses) },
  "multiclass_perceptron": { multiclassPerceptronLoss($0, $1.absoluteClasses) },
  "triplet": { tripletMarginLoss($0, $1.y, $1.z, margin: 2) },
  "ctc": { ctcLoss($0, $1.framePaddings, $1.labels, $1.labelPaddings) },
  "ctc_all": {
    ctcLoss($0, $1.framePaddings, $1.labels, $1.labelPaddings, blankID: 4, logEpsilon: -1e3)
  },
  "ctc_blank": {
    maximum(
      ctcLossWithForwardProbabilities($0, $1.framePaddings, $1.labels, $1.labelPaddings).blank,
      -1e3)
  },
  "ctc_label": {
    maximum(
      ctcLossWithForwardProbabilities($0, $1.framePaddings, $1.labels, $1.labelPaddings).label,
      -1e3)
  },
]

/// The losses with other options, and those beyond the common ones.
private let furtherLosses: [String: @Sendable (Tensor, LossInputs) -> Tensor] = [
  "softmax_axes": { softmaxCrossEntropy($0, $1.p, axes: [0, 1]) },
  "softmax_integer_axes": { x, _ in
    softmaxCrossEntropyWithIntegerLabels(
      x.reshaped(to: [2, 2, 5]), Tensor([3, 7]), axes: [0, 2])
  },
  "softmax_where_short": {
    softmaxCrossEntropy($0, $1.p, axes: [0], where: split($1.mask, at: [1])[0].squeezed([0]))
  },
  "poly_all": { x, inputs in
    let mask = logicalOr(inputs.mask, arange(4).reshaped(to: [4, 1]) .== 3)
    return polyLossCrossEntropy(x, inputs.p, epsilon: -0.5, axes: [0], where: mask)
  },
  "smooth_axes": { x, _ in smoothLabels(x, alpha: 0.3, axes: [0]) },
  "squared_alone": { x, _ in squaredError(x) },
  "l2_targets": { l2Loss($0, $1.y) },
  "huber_alone": { x, _ in huberLoss(x) },
  "log_cosh_alone": { x, _ in logCosh(x) },
  "cosine_all": { cosineSimilarity($0, $1.y, epsilon: 0.01, axes: [0], where: $1.mask) },
  "kl_all": { klDivergence($0, $1.p, axes: [0], where: $1.mask) },
  "kl_log_all": { klDivergenceWithLogTargets($0, $1.y, axes: [0, 1], where: $1.mask) },
  "kl_general_all": { generalizedKLDivergence($0, $1.p, axes: [0], where: $1.mask) },
  "triplet_all": {
    tripletMarginLoss($0, $1.y, $1.z, axes: [0], normDegree: 4, margin: 0.5, eps: 0.1)
  },
  "sparsemax": { sparsemaxLoss($0, $1.bits) },
  "multiclass_sparsemax": { multiclassSparsemaxLoss($0, $1.absoluteClasses) },
  "multiclass_sparsemax_wide": { multiclassSparsemaxLoss(0.1 * $0, $1.absoluteClasses) },
  "fenchel_young": { makeFenchelYoungLoss { logSumExp($0, axes: [-1]) }($0, $1.p) },
  "ranking": { rankingSoftmaxLoss($0, $1.bits) },
  "ranking_all": {
    rankingSoftmaxLoss($0, $1.bits, where: $1.mask, weights: $1.p, reduction: .sum)
  },
  "ranking_lists": { rankingSoftmaxLoss($0, $1.bits, where: $1.mask, reduction: .none) },
  "ranking_mean": { rankingSoftmaxLoss($0, $1.bits, where: $1.mask) },
  "dice": { diceLoss($0.reshaped(to: [2, 2, 5]), $1.p.reshaped(to: [2, 2, 5])) },
  "dice_all": {
    diceLoss(
      softmax($0).reshaped(to: [2, 2, 5]), $1.p.reshaped(to: [2, 2, 5]),
      classWeights: arange(5).cast(to: .float32), smooth: 0.5, alpha: 0.3, beta: 0.8,
      applySoftmax: false, reduction: .none, ignoreBackground: true, axes: [0, 1])
  },
  "dice_sum": { diceLoss($0.reshaped(to: [4, 5, 1]), $1.bits, reduction: .sum) },
  "dice_binary": { binaryDiceLoss($0, $1.bits, smooth: 0.3) },
  "dice_general": {
    multiclassGeneralizedDiceLoss(
      $0.reshaped(to: [2, 2, 5]), $1.p.reshaped(to: [2, 2, 5]), ignoreBackground: true)
  },
  "ntxent": { x, _ in ntxent(x, Tensor([0, 1, 0, 1])) },
  "ntxent_all": { x, _ in ntxent(x, Tensor([0, 1, 0, 0]), temperature: 0.5) },
]

private let losses = commonLosses.merging(furtherLosses) { $1 }

@Suite struct LossTests {
  @Test func knowsAllOfTheFixture() throws {
    #expect(try Set(OptaxFixture.shared.get().losses.keys) == Set(losses.keys))
  }

  @Test(arguments: losses.keys.sorted())
  func valueAndGradientLikeOptax(_ name: String) throws {
    let expected = try #require(OptaxFixture.shared.get().losses[name])
    let loss = try #require(losses[name])
    let inputs = try LossInputs()
    let x = name.hasPrefix("ctc") ? inputs.frames : inputs.x
    let value = try withErrors { loss(x, inputs) }
    try expectClose([value], [expected.value], scale: 1, "value")
    let gradient = try grad { x in sum(loss(x, inputs)) }(x)
    try expectClose([gradient], [expected.gradient], scale: 1, "gradient")
    let staged = try jit { x in loss(x, inputs) }(x)
    try expectClose([staged], [expected.value], scale: 1, "value under jit")
  }

  @Test func labelsOutOfRangeGiveNaN() throws {
    let loss = softmaxCrossEntropyWithIntegerLabels(Tensor.zeros([3, 2]), Tensor([1, 2, -3]))
    let values = try loss.scalars(as: Float.self)
    #expect(values[0].isFinite)
    #expect(values[1].isNaN)
    #expect(values[2].isNaN)
  }

  /// As `jax.grad(optax.losses.safe_softmax_cross_entropy, (0, 1))` of optax 0.2.8.
  @Test func labelsOfZeroHaveAGradient() throws {
    let labels = Tensor([0.0, 1, 0])
    let gradients = try grad([Tensor([0.5, -1, 2]), labels]) {
      safeSoftmaxCrossEntropy($0[0], $0[1])
    }
    let expected: [[Double]] = [
      [0.17529039, -0.96088743, 0.785597], [1.7413113, 3.2413113, 0.24131133],
    ]
    for (gradient, expected) in zip(gradients, expected) {
      let values = try gradient.scalars(as: Double.self)
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test func namesWhatIsWrong() {
    func message(_ body: () -> Tensor) -> String? {
      #expect(throws: TensorError.self) { try withErrors(body) }?.description
    }
    let x = Tensor.zeros([3, 2])
    #expect(
      message { softmaxCrossEntropyWithIntegerLabels(x, Tensor.zeros([3])) }
        == """
        softmaxCrossEntropyWithIntegerLabels: dtype f32 is not supported, expected an integer type, \
        labels f32[3]
        hint: probabilities go to softmaxCrossEntropy
        """)
    #expect(
      message { softmaxCrossEntropy(Tensor([[1, 2]]), x) }
        == "softmaxCrossEntropy: dtype i32 is not supported, expected a floating-point type, "
        + "logits i32[1,2]")
    #expect(
      message { squaredError(x, Tensor.zeros([2])) }
        == "squaredError: shapes differ and don't broadcast, predictions f32[3,2], targets f32[2]")
    #expect(
      message { ctcLoss(x, x, x, x) }?.hasPrefix("ctcLoss: shapes differ") == true)
  }
}
