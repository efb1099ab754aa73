import Autoregressive
import Linen

/// All layers, each in the configurations that take different ways through it.
enum LayerCatalogue {
  static let rows =
    linear + convolutions + normalizations + wrappers + attentions + cells + recurrent + others
    + autoregressive

  static let linear: [LayerRow] = [
    LayerRow("Dense", Dense(4), sample([2, 3])),
    LayerRow("Dense without bias, of a vector", Dense(2, useBias: false), sample([3])),
    LayerRow("DenseGeneral", DenseGeneral([2, 3], axis: [-2, -1]), sample([2, 4, 3])),
    LayerRow(
      "DenseGeneral with batch dims",
      DenseGeneral([2], axis: [-1], batchDims: [0], biasInit: .normal()), sample([2, 3, 4])),
    LayerRow("Einsum", Einsum([3, 4, 2], "abc,cde->abde"), sample([2, 2, 3])),
    LayerRow("Einsum with dots", Einsum([3, 2], "...i,ij->...j"), sample([2, 2, 3])),
    LayerRow("Embed", Embed(5, 3), Tensor([[0, 4], [2, 2]] as [[Int32]])),
    LayerRow("Embed.attend", Embed(5, 3), [sample([2, 3])]) { [$0.attend($1[0])] },
  ]

  static let convolutions: [LayerRow] = [
    LayerRow("Conv", Conv(3, [3]), sample([2, 6, 2])),
    LayerRow(
      "Conv, strides, dilation and groups",
      Conv(
        4, [3, 2], strides: [2, 1], padding: .valid, kernelDilation: [1, 2], featureGroupCount: 2),
      sample([2, 7, 6, 2])),
    LayerRow(
      "Conv, circular, in three dimensions", Conv(2, [2, 3, 2], padding: .circular),
      sample([1, 3, 4, 3, 2])),
    LayerRow("Conv, causal, without batch", Conv(2, [3], padding: .causal), sample([5, 2])),
    LayerRow(
      "Conv, masked, two batch axes",
      Conv(
        2, [3], padding: .reflect,
        mask: Tensor([1.0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0])
          .reshaped(to: [3, 2, 2])), sample([2, 2, 5, 2])),
    LayerRow(
      "Conv, input dilation", Conv(2, [3], padding: [2], inputDilation: 2), sample([2, 4, 2])),
    LayerRow("ConvTranspose", ConvTranspose(3, [3, 2], strides: [2, 2]), sample([2, 3, 4, 2])),
    LayerRow(
      "ConvTranspose, circular, transposed kernel",
      ConvTranspose(2, [4], strides: 2, padding: .circular, transposeKernel: true),
      sample([2, 5, 3])),
    LayerRow(
      "ConvTranspose, valid", ConvTranspose(2, [2], strides: 3, padding: .valid),
      sample([2, 4, 2])),
    LayerRow("ConvLocal", ConvLocal(2, [2, 3], padding: .valid), sample([2, 4, 4, 2])),
    LayerRow("ConvLocal, strides", ConvLocal(3, [3], strides: 2), sample([2, 6, 2])),
  ]

  static let normalizations: [LayerRow] = [
    LayerRow(
      "BatchNorm, training", BatchNorm(useRunningAverage: false, momentum: 0.8), [sample([4, 3])],
      mutable: "batch_stats"
    ) { [$0($1[0])] },
    LayerRow("BatchNorm, afterwards", BatchNorm(useRunningAverage: true), sample([4, 3])),
    LayerRow(
      "BatchNorm, masked, slow variance, other axes",
      BatchNorm(axis: [1], useFastVariance: false), [sample([2, 3, 4])], mutable: "batch_stats"
    ) { layer, inputs in
      [layer(inputs[0], useRunningAverage: false, mask: inputs[0] .< 1.5)]
    },
    LayerRow("LayerNorm", LayerNorm(), sample([2, 3, 4])),
    LayerRow(
      "LayerNorm over two axes, slow variance",
      LayerNorm(reductionAxes: [1, 2], featureAxes: [1, 2], useFastVariance: false),
      sample([2, 3, 4])),
    LayerRow("RMSNorm", RMSNorm(), sample([2, 3, 4])),
    LayerRow("GroupNorm", GroupNorm(2), sample([2, 3, 4])),
    LayerRow("GroupNorm by size", GroupNorm(nil, groupSize: 3, useBias: false), sample([2, 4, 6])),
    LayerRow("InstanceNorm", InstanceNorm(), sample([2, 5, 3])),
  ]

  static let wrappers: [LayerRow] = [
    LayerRow("WeightNorm", WeightNorm(Dense(4)), sample([2, 3])),
    LayerRow(
      "WeightNorm of a convolution as a whole", WeightNorm(Conv(2, [3]), featureAxes: nil),
      sample([2, 5, 2])),
    // The vectors of the power iteration count as constants.
    LayerRow(
      "SpectralNorm", SpectralNorm(Dense(4), nSteps: 2), [sample([2, 3])], mutable: "batch_stats",
      hasTrueGradient: false
    ) { [$0($1[0], updateStats: true)] },
    LayerRow(
      "SpectralNorm of a convolution, afterwards", SpectralNorm(Conv(2, [3])), [sample([2, 5, 2])],
      hasTrueGradient: false
    ) { [$0($1[0], updateStats: false)] },
  ]

  static let attentions: [LayerRow] = [
    LayerRow("MultiHeadDotProductAttention", MultiHeadDotProductAttention(2), sample([2, 3, 4])),
    LayerRow(
      "MultiHeadDotProductAttention, masked, keys from elsewhere",
      MultiHeadDotProductAttention(2, qkvFeatures: 6, outFeatures: 5, normalizeQK: true),
      [sample([2, 3, 4]), sample([2, 2, 4], seed: 8)]
    ) { layer, inputs in
      [
        layer(
          inputs[0], inputs[1],
          mask: Tensor([true, false, true, true, true, true])
            .reshaped(to: [1, 1, 3, 2]))
      ]
    },
    LayerRow(
      "MultiHeadDotProductAttention with dropout",
      MultiHeadDotProductAttention(2, dropoutRate: 0.5, deterministic: false), [sample([2, 3, 4])],
      rngs: ["dropout": Key(3)]
    ) { [$0($1[0])] },
    LayerRow("MultiHeadAttention", MultiHeadAttention(1, useBias: false), sample([3, 4])),
    LayerRow("SelfAttention", SelfAttention(2), sample([2, 3, 4])),
  ]

  static let cells: [LayerRow] = [
    LayerRow("LSTMCell", LSTMCell(3), [sample([2, 3]), sample([2, 3], seed: 8), sample([2, 4])]) {
      lstm($0, $1)
    },
    LayerRow(
      "OptimizedLSTMCell", OptimizedLSTMCell(3),
      [sample([2, 3]), sample([2, 3], seed: 8), sample([2, 4])]
    ) { lstm($0, $1) },
    LayerRow(
      "ConvLSTMCell", ConvLSTMCell(2, [3]),
      [sample([2, 4, 2]), sample([2, 4, 2], seed: 8), sample([2, 4, 3])]
    ) { lstm($0, $1) },
    LayerRow("GRUCell", GRUCell(3), [sample([2, 3]), sample([2, 4])]) { step($0, $1) },
    LayerRow("MGUCell", MGUCell(3), [sample([2, 3]), sample([2, 4])]) { step($0, $1) },
    LayerRow(
      "MGUCell without reset gate", MGUCell(3, resetGate: false),
      [sample([2, 3]), sample([2, 4])]
    ) { step($0, $1) },
    LayerRow("SimpleCell", SimpleCell(3, residual: true), [sample([2, 3]), sample([2, 4])]) {
      step($0, $1)
    },
  ]

  static let recurrent: [LayerRow] = [
    // The first carry is float32, which the check of gradients, in float64, can't have.
    LayerRow("RNN", RNN(LSTMCell(3)), [sample([2, 4, 2])], hasTrueGradient: false) {
      [$0($1[0])]
    },
    LayerRow(
      "RNN, reversed, with lengths and carry", RNN(GRUCell(3), reverse: true, keepOrder: true),
      [sample([2, 4, 2]), sample([2, 3], seed: 8)]
    ) { layer, inputs in
      let (carry, y) = layer.withCarry(
        inputs[0], initialCarry: inputs[1], seqLengths: Tensor([2, 4] as [Int32]))
      return [carry, y]
    },
    LayerRow(
      "Bidirectional", Bidirectional(RNN(GRUCell(2)), RNN(SimpleCell(3))), [sample([2, 4, 2])],
      hasTrueGradient: false
    ) { [$0($1[0])] },
  ]

  static let others: [LayerRow] = [
    LayerRow(
      "Dropout", Dropout(0.5, broadcastDims: [0], deterministic: false), [sample([3, 4])],
      rngs: ["dropout": Key(3)]
    ) { [$0($1[0])] },
    LayerRow("PReLU", PReLU(negativeSlopeInit: 0.3), sample([2, 3])),
    LayerRow(
      "Sequential",
      Sequential {
        Dense(4)
        Lambda { gelu($0) }
        LayerNorm()
      }, sample([2, 3])),
  ]

  static let autoregressive: [LayerRow] = [
    LayerRow("MaskedDense1D", MaskedDense1D(features: 2, exclusive: true), sample([2, 4, 3])),
    LayerRow(
      "MaskedConv1D",
      MaskedConv1D(
        features: 4, kernelSize: 3, kernelDilation: 2, exclusive: false,
        featureGroupCount: 2), sample([2, 6, 2])),
    LayerRow(
      "MaskedConv2D",
      MaskedConv2D(features: 2, kernelSize: [2, 3], kernelDilation: [1, 2], exclusive: true),
      sample([3, 4, 2])),
  ]
}

/// A step of a cell with a carry of two tensors.
private func lstm<Cell: RNNCell>(
  _ cell: Cell, _ inputs: [Tensor]
) -> [Tensor] where Cell.Carry == LSTMCarry {
  let (carry, y) = cell(LSTMCarry(c: inputs[0], h: inputs[1]), inputs[2])
  return [carry.c, carry.h, y]
}

/// A step of a cell with a carry of one tensor.
private func step<Cell: RNNCell>(
  _ cell: Cell, _ inputs: [Tensor]
) -> [Tensor] where Cell.Carry == Tensor {
  let (carry, y) = cell(inputs[0], inputs[1])
  return [carry, y]
}
