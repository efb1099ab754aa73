import Autoregressive
import Linen
import OptimalTransport
import Tensor
import Training

/// Modules of other packages that users write: those of `seeds.py`.
let seedModules: [String: ModuleBuilder] = [
  "netket.MaskedDense1D": { args in
    ModuleRow(
      MaskedDense1D(
        features: try args.int("features"), exclusive: try args.bool("exclusive", false),
        useBias: try args.bool("use_bias", true),
        paramDtype: try args.dtype("param_dtype") ?? .float64,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaultKernelInit,
        biasInit: try args.initializer("bias_init") ?? .zeros)
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
        paramDtype: try args.dtype("param_dtype") ?? .float64,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaultKernelInit,
        biasInit: try args.initializer("bias_init") ?? .zeros)
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
        paramDtype: try args.dtype("param_dtype") ?? .float64,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaultKernelInit,
        biasInit: try args.initializer("bias_init") ?? .zeros)
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
