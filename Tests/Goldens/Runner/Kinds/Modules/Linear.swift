import Linen
import Tensor
import Training

/// Linear layers. What a case does not give is taken from a layer made with the defaults.
let linearModules: [String: ModuleBuilder] = [
  "Dense": { args in
    let features: Int = try args.int("features")
    let defaults = Dense(features)
    try args.expectNull("precision")
    return ModuleRow(
      Dense(
        features, useBias: try args.bool("use_bias", defaults.useBias),
        dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit)
    ) { dense, x in dense(x) }
  }
]
