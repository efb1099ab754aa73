import Linen
import Tensor
import Training

/// Modules of other packages that users write: those of `seeds.py`.
let seedModules: [String: ModuleBuilder] = [
  "netket.MaskedDense1D": { args in
    ModuleRow(
      MaskedDense1D(
        features: try args.int("features"), exclusive: try args.bool("exclusive", false),
        useBias: try args.bool("use_bias", true),
        paramDtype: try args.dtype("param_dtype") ?? .float64)
    ) { dense, x in dense(x) }
  },
  "netket.MaskedConv1D": { args in
    ModuleRow(
      MaskedConv1D(
        features: try args.int("features"), kernelSize: try args.int("kernel_size"),
        kernelDilation: try args.int("kernel_dilation"),
        exclusive: try args.bool("exclusive", false),
        featureGroupCount: try args.int("feature_group_count", 1),
        useBias: try args.bool("use_bias", true),
        paramDtype: try args.dtype("param_dtype") ?? .float64)
    ) { conv, x in conv(x) }
  },
  "netket.MaskedConv2D": { args in
    ModuleRow(
      MaskedConv2D(
        features: try args.int("features"), kernelSize: try args.ints("kernel_size") ?? [],
        kernelDilation: try args.ints("kernel_dilation") ?? [],
        exclusive: try args.bool("exclusive", false),
        featureGroupCount: try args.int("feature_group_count", 1),
        useBias: try args.bool("use_bias", true),
        paramDtype: try args.dtype("param_dtype") ?? .float64)
    ) { conv, x in conv(x) }
  },
  "ott.MetaMLP": { args in
    let model = MetaMLP(
      potentialSize: try args.int("potential_size"),
      numHiddenUnits: try args.int("num_hidden_units", 512),
      numHiddenLayers: try args.int("num_hidden_layers", 3))
    return ModuleRow(model) { _, call in
      try call.expect(2)
      return [model(try call.tensor(0), try call.tensor(1))]
    }
  },
]

/// A module of each class with nothing but what must be given.
let seedExamples: [String: Module] = [
  "netket.MaskedDense1D": MaskedDense1D(features: 1, exclusive: true),
  "netket.MaskedConv1D": MaskedConv1D(
    features: 1, kernelSize: 1, kernelDilation: 1, exclusive: true),
  "netket.MaskedConv2D": MaskedConv2D(
    features: 1, kernelSize: [1, 1], kernelDilation: [1, 1], exclusive: true),
  "ott.MetaMLP": MetaMLP(potentialSize: 1),
]

/// A dense layer over [length, features] of which output i sees inputs up to i, or before it.
private final class MaskedDense1D: Module, @unchecked Sendable {
  let features: Int
  let exclusive: Bool
  let useBias: Bool
  let paramDtype: DType
  let kernelInit: Initializer
  let biasInit: Initializer

  init(
    features: Int, exclusive: Bool, useBias: Bool = true, paramDtype: DType = .float64,
    kernelInit: Initializer = .lecunNormal(), biasInit: Initializer = .zeros
  ) {
    self.features = features
    self.exclusive = exclusive
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init()
  }

  func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withBatch(inputs, rank: 3) { x in
        let (size, channels) = (x.shape[1], x.shape[2])
        let bias =
          useBias ? param("bias", biasInit, [size, features], dtype: paramDtype) : nil
        let visible = triu(Tensor.ones([size, size], dtype: paramDtype), offset: exclusive ? 1 : 0)
        let mask = visible.reshaped(to: [size, 1, size, 1])
          .broadcast(to: [size, channels, size, features])
          .reshaped(to: [size * channels, size * features])
        let kernel = param(
          "kernel", masked(kernelInit, mask), mask.shape, dtype: paramDtype)
        let (a, m, w) = promoteDType(x.reshaped(to: [x.shape[0], size * channels]), mask, kernel)
        let y = matmul(a, (m * (w ?? m))).reshaped(to: [x.shape[0], size, features])
        return bias.map { y + $0.cast(to: y.dtype) } ?? y
      }
    }
  }
}

/// A convolution over [length, features] that sees no later position, nor the same if exclusive.
private final class MaskedConv1D: Module, @unchecked Sendable {
  let features: Int
  let kernelSize: Int
  let kernelDilation: Int
  let exclusive: Bool
  let featureGroupCount: Int
  let useBias: Bool
  let paramDtype: DType
  let kernelInit: Initializer
  let biasInit: Initializer

  init(
    features: Int, kernelSize: Int, kernelDilation: Int, exclusive: Bool,
    featureGroupCount: Int = 1, useBias: Bool = true, paramDtype: DType = .float64,
    kernelInit: Initializer = .lecunNormal(), biasInit: Initializer = .zeros
  ) {
    self.features = features
    self.kernelSize = kernelSize
    self.kernelDilation = kernelDilation
    self.exclusive = exclusive
    self.featureGroupCount = featureGroupCount
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init()
  }

  func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withBatch(inputs, rank: 3) { x in
        let size = kernelSize - (exclusive ? 1 : 0)
        let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
        let kernel = param(
          "kernel", kernelInit, [size, x.shape[-1] / featureGroupCount, features],
          dtype: paramDtype)
        let (a, w, b) = promoteDType(x, kernel, bias)
        // What lies before the first position is 0; the last positions are seen by none if exclusive.
        let before = (size - (exclusive ? 0 : 1)) * kernelDilation
        let y = convGeneralDilated(
          a, w, padding: [(before, exclusive ? -kernelDilation : 0)],
          kernelDilation: PerAxis(kernelDilation), featureGroupCount: featureGroupCount)
        return b.map { y + $0 } ?? y
      }
    }
  }
}

/// A convolution over images that sees only pixels above, and to the left in the same row.
private final class MaskedConv2D: Module, @unchecked Sendable {
  let features: Int
  let kernelSize: [Int]
  let kernelDilation: [Int]
  let exclusive: Bool
  let featureGroupCount: Int
  let useBias: Bool
  let paramDtype: DType
  let kernelInit: Initializer
  let biasInit: Initializer

  init(
    features: Int, kernelSize: [Int], kernelDilation: [Int], exclusive: Bool,
    featureGroupCount: Int = 1, useBias: Bool = true, paramDtype: DType = .float64,
    kernelInit: Initializer = .lecunNormal(), biasInit: Initializer = .zeros
  ) {
    self.features = features
    self.kernelSize = kernelSize
    self.kernelDilation = kernelDilation
    self.exclusive = exclusive
    self.featureGroupCount = featureGroupCount
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init()
  }

  func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withBatch(inputs, rank: 4) { x in
        let (h, w) = (kernelSize[0], kernelSize[1])
        let visible = (0..<h).flatMap { row in
          (0..<w).map { row < h - 1 || $0 < w / 2 + (exclusive ? 0 : 1) ? 1.0 : 0.0 }
        }
        let mask = Tensor(visible, shape: [h, w, 1, 1], dtype: paramDtype)
        let kernel = param(
          "kernel", masked(kernelInit, mask),
          [h, w, x.shape[-1] / featureGroupCount, features], dtype: paramDtype)
        let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
        let (a, k, b) = promoteDType(x, kernel, bias)
        let side = kernelDilation[1]
        let y = convGeneralDilated(
          a, mask.cast(to: k.dtype) * k,
          padding: [((h - 1) * kernelDilation[0], 0), (w / 2 * side, (w - 1) / 2 * side)],
          kernelDilation: PerAxis(kernelDilation), featureGroupCount: featureGroupCount)
        return b.map { y + $0 } ?? y
      }
    }
  }
}

/// From the weights of two measures to a potential of their transport.
private final class MetaMLP: Module, @unchecked Sendable {
  let potentialSize: Int
  let numHiddenUnits: Int
  let numHiddenLayers: Int

  init(potentialSize: Int, numHiddenUnits: Int = 512, numHiddenLayers: Int = 3) {
    self.potentialSize = potentialSize
    self.numHiddenUnits = numHiddenUnits
    self.numHiddenLayers = numHiddenLayers
    super.init()
  }

  func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    compact(a, b) { a, b in
      var z = concatenate([a, b])
      for _ in 0..<numHiddenLayers { z = relu(Dense(numHiddenUnits, dtype: a.dtype)(z)) }
      return Dense(potentialSize, dtype: a.dtype)(z)
    }
  }
}

/// Runs `body` with a batch axis, which is taken away again if the input has none.
private func withBatch(_ x: Tensor, rank: Int, _ body: (Tensor) -> Tensor) -> Tensor {
  x.rank == rank ? body(x) : body(x.expandingAxis(0)).squeezed([0])
}

/// An initializer's numbers where the mask is 1, so large that the variance stays what it was.
private func masked(_ initializer: Initializer, _ mask: Tensor) -> Initializer {
  Initializer("masked") { key, shape, dtype in
    let count = Tensor(Double(mask.elementCount), dtype: dtype)
    return sqrt(count / sum(mask)) * mask * initializer(key, shape, dtype)
  }
}
