import Autoregressive
import Linen
import Testing

/// A layer with the fewest fields given, one in which every field has another value, and copies of it.
struct CopyRow: Sendable, CustomTestStringConvertible {
  let plain: Module
  let full: Module
  let copy: Module
  let changed: Module
  /// The name of the field that is changed.
  let field: String
  /// Whether every field of `full` has another value than that of `plain`.
  var isFull = true

  init<M: Configurable>(
    _ plain: M, _ full: M, _ field: String, _ change: (inout Configuration<M>) -> Void
  ) {
    self.plain = plain
    self.full = full
    copy = full.copy()
    changed = full.copy(change)
    self.field = field
  }

  var testDescription: String { String("\(type(of: full))".prefix { $0 != "<" }) }

  static let all = linear + convolutions + normalizations + attentions + cells + others

  private static let promote = PromoteDTypeFunction("other") { tensors, _ in tensors }

  private static let linear = [
    CopyRow(
      Dense(1),
      Dense(
        2, useBias: false, dtype: .float16, paramDtype: .bfloat16, precision: .high,
        kernelInit: .ones, biasInit: .ones, promoteDtype: promote,
        dotGeneral: { x, _, _, _ in x }, dotGeneralCls: { Product() }), "features"
    ) { $0.features = 5 },
    CopyRow(
      DenseGeneral([1]),
      DenseGeneral(
        [2], axis: [0], batchDims: [0], useBias: false, dtype: .float16, paramDtype: .bfloat16,
        kernelInit: .ones, biasInit: .ones, precision: .high, promoteDtype: promote,
        dotGeneral: { x, _, _, _ in x }, dotGeneralCls: { Product() }), "axis"
    ) { $0.axis = [3] },
    CopyRow(
      Einsum([1]),
      Einsum(
        [2], "a,b->ab", useBias: false, dtype: .float16, paramDtype: .bfloat16, precision: .high,
        kernelInit: .ones, biasInit: .ones, promoteDtype: promote, preferredElementType: .float64),
      "einsum_str"
    ) { $0.einsumStr = nil },
    CopyRow(
      Embed(1, 1),
      Embed(
        2, 2, dtype: .float16, paramDtype: .bfloat16, embeddingInit: .ones, promoteDtype: promote),
      "num_embeddings"
    ) { $0.numEmbeddings = 7 },
    CopyRow(PReLU(), PReLU(paramDtype: .bfloat16, negativeSlopeInit: 0.5), "param_dtype") {
      $0.paramDtype = .float64
    },
  ]

  private static let convolutions = [
    CopyRow(
      Conv(1, [1]),
      Conv(
        2, [2], strides: 2, padding: .valid, inputDilation: 2, kernelDilation: 2,
        featureGroupCount: 2, useBias: false, mask: Tensor.ones([2, 1, 2]), dtype: .float16,
        paramDtype: .bfloat16, precision: .high, kernelInit: .ones, biasInit: .ones,
        promoteDtype: promote, convGeneralDilated: { x, _, _ in x },
        convGeneralDilatedCls: { Convolution() }), "strides"
    ) { $0.strides = [3] },
    CopyRow(
      ConvTranspose(1, [1]),
      ConvTranspose(
        2, [2], strides: 2, padding: .valid, kernelDilation: 2, useBias: false,
        mask: Tensor.ones([2, 1, 2]), dtype: .float16, paramDtype: .bfloat16, precision: .high,
        kernelInit: .ones, biasInit: .ones, transposeKernel: true, promoteDtype: promote,
        preferredElementType: .float64), "padding"
    ) { $0.padding = 2 },
    CopyRow(
      ConvLocal(1, [1]),
      ConvLocal(
        2, [2], strides: 2, padding: .valid, inputDilation: 2, kernelDilation: 2,
        featureGroupCount: 2, useBias: false, mask: Tensor.ones([2, 1, 2]), dtype: .float16,
        paramDtype: .bfloat16, precision: .high, kernelInit: .ones, biasInit: .ones,
        promoteDtype: promote, convGeneralDilated: { x, _, _ in x },
        convGeneralDilatedCls: { Convolution() }), "kernel_size"
    ) { $0.kernelSize = [3] },
    CopyRow(
      ConvLSTMCell(1, [1]),
      ConvLSTMCell(
        2, [2], strides: 2, padding: .valid, useBias: false, dtype: .float16,
        paramDtype: .bfloat16, carryInit: .ones), "use_bias"
    ) { $0.useBias = true },
  ]

  private static let normalizations = [
    CopyRow(
      BatchNorm(),
      BatchNorm(
        useRunningAverage: true, axis: 1, momentum: 0.5, epsilon: 0.5, dtype: .float16,
        paramDtype: .bfloat16, useBias: false, useScale: false, biasInit: .ones, scaleInit: .zeros,
        axisName: "a", axisIndexGroups: [[0]], useFastVariance: false,
        forceFloat32Reductions: false), "use_running_average"
    ) { $0.useRunningAverage = false },
    CopyRow(
      LayerNorm(),
      LayerNorm(
        epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16, useBias: false, useScale: false,
        biasInit: .ones, scaleInit: .zeros, reductionAxes: 1, featureAxes: 1, axisName: "a",
        axisIndexGroups: [[0]], useFastVariance: false, forceFloat32Reductions: false), "epsilon"
    ) { $0.epsilon = 0.25 },
    CopyRow(
      RMSNorm(),
      RMSNorm(
        epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16, useScale: false, scaleInit: .zeros,
        reductionAxes: 1, featureAxes: 1, axisName: "a", axisIndexGroups: [[0]],
        useFastVariance: false, forceFloat32Reductions: false), "dtype"
    ) { $0.dtype = nil },
    CopyRow(
      GroupNorm(),
      GroupNorm(
        2, groupSize: 2, epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16, useBias: false,
        useScale: false, biasInit: .ones, scaleInit: .zeros, reductionAxes: 1, axisName: "a",
        axisIndexGroups: [[0]], useFastVariance: false, forceFloat32Reductions: false), "num_groups"
    ) { $0.numGroups = nil },
    CopyRow(
      InstanceNorm(),
      InstanceNorm(
        epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16, useBias: false, useScale: false,
        biasInit: .ones, scaleInit: .zeros, featureAxes: 1, axisName: "a", axisIndexGroups: [[0]],
        useFastVariance: false, forceFloat32Reductions: false), "feature_axes"
    ) { $0.featureAxes = [1] },
    CopyRow(
      WeightNorm(Dense(1)),
      WeightNorm(
        Dense(2), epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16, useScale: false,
        scaleInit: .zeros, featureAxes: nil, variableFilter: ["bias"]), "layer_instance"
    ) { $0.layerInstance = Dense(3) },
    CopyRow(
      SpectralNorm(Dense(1)),
      SpectralNorm(
        Dense(2), nSteps: 2, epsilon: 0.5, dtype: .float16, paramDtype: .bfloat16,
        errorOnNonMatrix: true, collectionName: "other"), "n_steps"
    ) { $0.nSteps = 3 },
  ]

  private static let attentions = [
    CopyRow(
      MultiHeadDotProductAttention(1),
      MultiHeadDotProductAttention(
        2, dtype: .float16, paramDtype: .bfloat16, qkvFeatures: 4, outFeatures: 3,
        broadcastDropout: false, dropoutRate: 0.5, deterministic: true, precision: .high,
        kernelInit: .ones, outKernelInit: .ones, biasInit: .ones, outBiasInit: .ones,
        useBias: false, attentionFn: AttentionFunction("other") { $0.query }, decode: true,
        normalizeQK: true, forceFp32ForSoftmax: true, qkvDotGeneral: { x, _, _, _ in x },
        outDotGeneral: { x, _, _, _ in x }, qkvDotGeneralCls: { Product() },
        outDotGeneralCls: { Product() }, qkAttnWeightsEinsumCls: { Contraction() },
        attnWeightsValueEinsumCls: { Contraction() }), "num_heads"
    ) { $0.numHeads = 4 },
    renamed(MultiHeadAttention(2, useBias: false)), renamed(SelfAttention(2, useBias: false)),
  ]

  /// Another name of ``MultiHeadDotProductAttention``, with the fields that are tested there.
  private static func renamed<M: AttentionLayer & Configurable>(_ layer: M) -> CopyRow {
    var row = CopyRow(layer, layer, "num_heads") { $0.numHeads = 4 }
    row.isFull = false
    return row
  }

  private static let relu = ActivationFunction("relu") { Linen::relu($0) }

  private static let cells = [
    CopyRow(
      LSTMCell(1),
      LSTMCell(
        2, gateFn: relu, activationFn: relu, kernelInit: .ones, recurrentKernelInit: .ones,
        biasInit: .ones, dtype: .float16, paramDtype: .bfloat16, carryInit: .ones), "gate_fn"
    ) { $0.gateFn = .tanh },
    CopyRow(
      OptimizedLSTMCell(1),
      OptimizedLSTMCell(
        2, gateFn: relu, activationFn: relu, kernelInit: .ones, recurrentKernelInit: .ones,
        biasInit: .ones, dtype: .float16, paramDtype: .bfloat16, carryInit: .ones), "activation_fn"
    ) { $0.activationFn = .sigmoid },
    CopyRow(
      GRUCell(1),
      GRUCell(
        2, gateFn: relu, activationFn: relu, kernelInit: .ones, recurrentKernelInit: .ones,
        biasInit: .ones, dtype: .float16, paramDtype: .bfloat16, carryInit: .ones), "kernel_init"
    ) { $0.kernelInit = .zeros },
    CopyRow(
      MGUCell(1),
      MGUCell(
        2, gateFn: relu, activationFn: relu, kernelInit: .ones, recurrentKernelInit: .ones,
        forgetBiasInit: .zeros, activationBiasInit: .ones, dtype: .float16, paramDtype: .bfloat16,
        carryInit: .ones, resetGate: false), "reset_gate"
    ) { $0.resetGate = true },
    CopyRow(
      SimpleCell(1),
      SimpleCell(
        2, activationFn: relu, kernelInit: .ones, recurrentKernelInit: .ones, biasInit: .ones,
        dtype: .float16, paramDtype: .bfloat16, carryInit: .ones, residual: true), "carry_init"
    ) { $0.carryInit = .zeros },
    CopyRow(
      RNN(GRUCell(1)),
      RNN(
        GRUCell(2), timeMajor: true, reverse: true, keepOrder: true, unroll: 2,
        variableAxes: ["cache": 0], variableBroadcast: "other", variableCarry: "stats",
        splitRNGs: ["params": true]), "cell"
    ) { $0.cell = GRUCell(3) },
    CopyRow(
      Bidirectional(RNN(GRUCell(1)), RNN(GRUCell(1))),
      Bidirectional(
        RNN(GRUCell(2)), RNN(GRUCell(2)), mergeFn: MergeFunction("add") { $0 + $1 },
        timeMajor: true), "merge_fn"
    ) { $0.mergeFn = .concatenate },
  ]

  private static let others = [
    CopyRow(
      Dropout(0.5),
      Dropout(0.25, broadcastDims: [0], deterministic: true, rngCollection: "other"), "rate"
    ) { $0.rate = 0.75 },
    CopyRow(Sequential([Dense(1)]), Sequential([Dense(2)]), "layers") { $0.layers = [] },
    CopyRow(
      MaskedDense1D(features: 1, exclusive: true),
      MaskedDense1D(
        features: 2, exclusive: false, useBias: false, paramDtype: .bfloat16, precision: .high,
        kernelInit: .ones, biasInit: .ones), "features"
    ) { $0.features = 3 },
    CopyRow(
      MaskedConv1D(features: 1, kernelSize: 1, kernelDilation: 1, exclusive: true),
      MaskedConv1D(
        features: 2, kernelSize: 2, kernelDilation: 2, exclusive: false, featureGroupCount: 2,
        useBias: false, paramDtype: .bfloat16, precision: .high, kernelInit: .ones,
        biasInit: .ones), "kernel_size"
    ) { $0.kernelSize = 3 },
    CopyRow(
      MaskedConv2D(features: 1, kernelSize: [1, 1], kernelDilation: [1, 1], exclusive: true),
      MaskedConv2D(
        features: 2, kernelSize: [2, 2], kernelDilation: [2, 2], exclusive: false,
        featureGroupCount: 2, useBias: false, paramDtype: .bfloat16, precision: .high,
        kernelInit: .ones, biasInit: .ones), "exclusive"
    ) { $0.exclusive = true },
  ]
}

/// Stands in for a product; it is never called.
private final class Product: Module, DotGeneralModule, @unchecked Sendable {
  func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, precision: Precision?
  ) -> Tensor { lhs }
}

/// Stands in for a convolution; it is never called.
private final class Convolution: Module, ConvGeneralDilatedModule, @unchecked Sendable {
  func callAsFunction(_ lhs: Tensor, _ rhs: Tensor, _ arguments: ConvArguments) -> Tensor { lhs }
}

/// Stands in for an einsum; it is never called.
private final class Contraction: Module, EinsumModule, @unchecked Sendable {
  func callAsFunction(
    _ equation: String, _ lhs: Tensor, _ rhs: Tensor, precision: Precision?
  ) -> Tensor { lhs }
}
