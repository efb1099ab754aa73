import Linen
import Tensor
import Training

/// Normalizing layers.
///
/// What a case does not give is taken from a layer made with the defaults.
let normalizationModules: [String: ModuleBuilder] = [
  "BatchNorm": { args in
    let defaults = BatchNorm()
    let layer = BatchNorm(
      useRunningAverage: try args.bool("use_running_average"),
      axis: try args.axes("axis") ?? defaults.axis,
      momentum: try args.double("momentum", defaults.momentum),
      epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useBias: try args.bool("use_bias", defaults.useBias),
      useScale: try args.bool("use_scale", defaults.useScale),
      biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      axisName: try args.text("axis_name"),
      axisIndexGroups: try args.groups("axis_index_groups"),
      useFastVariance: try args.bool("use_fast_variance", defaults.useFastVariance),
      forceFloat32Reductions: try args.bool(
        "force_float32_reductions", defaults.forceFloat32Reductions))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [
        layer(
          try call.tensor(0), useRunningAverage: try call.named.bool("use_running_average"),
          mask: try call.named.tensor("mask"))
      ]
    }
  },
  "LayerNorm": { args in
    let defaults = LayerNorm()
    let layer = LayerNorm(
      epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useBias: try args.bool("use_bias", defaults.useBias),
      useScale: try args.bool("use_scale", defaults.useScale),
      biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      reductionAxes: try args.axes("reduction_axes") ?? defaults.reductionAxes,
      featureAxes: try args.axes("feature_axes") ?? defaults.featureAxes,
      axisName: try args.text("axis_name"),
      axisIndexGroups: try args.groups("axis_index_groups"),
      useFastVariance: try args.bool("use_fast_variance", defaults.useFastVariance),
      forceFloat32Reductions: try args.bool(
        "force_float32_reductions", defaults.forceFloat32Reductions))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [layer(try call.tensor(0), mask: try call.named.tensor("mask"))]
    }
  },
  "RMSNorm": { args in
    let defaults = RMSNorm()
    let layer = RMSNorm(
      epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useScale: try args.bool("use_scale", defaults.useScale),
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      reductionAxes: try args.axes("reduction_axes") ?? defaults.reductionAxes,
      featureAxes: try args.axes("feature_axes") ?? defaults.featureAxes,
      axisName: try args.text("axis_name"),
      axisIndexGroups: try args.groups("axis_index_groups"),
      useFastVariance: try args.bool("use_fast_variance", defaults.useFastVariance),
      forceFloat32Reductions: try args.bool(
        "force_float32_reductions", defaults.forceFloat32Reductions))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [layer(try call.tensor(0), mask: try call.named.tensor("mask"))]
    }
  },
  "GroupNorm": { args in
    let defaults = GroupNorm()
    let layer = GroupNorm(
      args.isNull("num_groups") ? nil : try args.int("num_groups", 32),
      groupSize: try args.int("group_size"), epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useBias: try args.bool("use_bias", defaults.useBias),
      useScale: try args.bool("use_scale", defaults.useScale),
      biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      reductionAxes: try args.axes("reduction_axes") ?? defaults.reductionAxes,
      axisName: try args.text("axis_name"),
      axisIndexGroups: try args.groups("axis_index_groups"),
      useFastVariance: try args.bool("use_fast_variance", defaults.useFastVariance),
      forceFloat32Reductions: try args.bool(
        "force_float32_reductions", defaults.forceFloat32Reductions))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [layer(try call.tensor(0), mask: try call.named.tensor("mask"))]
    }
  },
  "InstanceNorm": { args in
    let defaults = InstanceNorm()
    let layer = InstanceNorm(
      epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useBias: try args.bool("use_bias", defaults.useBias),
      useScale: try args.bool("use_scale", defaults.useScale),
      biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      featureAxes: try args.axes("feature_axes") ?? defaults.featureAxes,
      axisName: try args.text("axis_name"),
      axisIndexGroups: try args.groups("axis_index_groups"),
      useFastVariance: try args.bool("use_fast_variance", defaults.useFastVariance),
      forceFloat32Reductions: try args.bool(
        "force_float32_reductions", defaults.forceFloat32Reductions))
    return ModuleRow(layer) { _, call in
      try call.expect(1)
      return [layer(try call.tensor(0), mask: try call.named.tensor("mask"))]
    }
  },
]
