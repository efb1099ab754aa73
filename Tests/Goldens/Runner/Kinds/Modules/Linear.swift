import Linen
import Tensor
import Training

/// Linear layers.
///
/// What a case does not give is taken from a layer made with the defaults.
let linearModules: [String: ModuleBuilder] = [
  "Dense": { args in
    let features: Int = try args.int("features")
    let defaults = Dense(features)
    return ModuleRow(
      Dense(
        features, useBias: try args.bool("use_bias", defaults.useBias),
        dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit)
    ) { dense, x in dense(x) }
  },
  "DenseGeneral": { args in
    let features = try args.ints("features") ?? []
    let defaults = DenseGeneral(features)
    return ModuleRow(
      DenseGeneral(
        features, axis: try args.axes("axis") ?? defaults.axis,
        batchDims: try args.ints("batch_dims") ?? defaults.batchDims,
        useBias: try args.bool("use_bias", defaults.useBias), dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
        precision: try args.precision())
    ) { dense, x in dense(x) }
  },
  "Einsum": { args in
    let shape: Shape = try args.shape("shape")
    let defaults = Einsum(shape)
    let layer = Einsum(
      shape, try args.text("einsum_str"), useBias: try args.bool("use_bias", defaults.useBias),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      precision: try args.precision(),
      kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
      biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
      preferredElementType: try args.dtype("preferred_element_type"))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [layer(try call.tensor(0), try call.named.text("einsum_str"))]
    }
  },
  "Embed": { args in
    let (count, features): (Int, Int) = (
      try args.int("num_embeddings"), try args.int("features")
    )
    let defaults = Embed(count, features)
    let embed = Embed(
      count, features, dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      embeddingInit: try args.initializer("embedding_init") ?? defaults.embeddingInit)
    return ModuleRow(embed) { method, call in
      try call.expect(1)
      switch method {
      case "__call__": return [embed(try call.tensor(0))]
      case "attend": return [embed.attend(try call.tensor(0))]
      default: throw NotBuilt("Embed.\(method)")
      }
    }
  },
  "PReLU": { args in
    let defaults = PReLU()
    return ModuleRow(
      PReLU(
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        negativeSlopeInit: try args.double("negative_slope_init", defaults.negativeSlopeInit))
    ) { prelu, x in prelu(x) }
  },
]
