import Linen
import Tensor
import Training

/// Convolutions.
///
/// What a case does not give is taken from a layer made with the defaults.
let convolutionModules: [String: ModuleBuilder] = [
  "Conv": { args in
    let features: Int = try args.int("features")
    let defaults = Conv(features, [1])
    return ModuleRow(
      Conv(
        features, try args.ints("kernel_size") ?? [], strides: try args.perAxis("strides") ?? 1,
        padding: try args.padding("padding") ?? defaults.padding,
        inputDilation: try args.perAxis("input_dilation") ?? 1,
        kernelDilation: try args.perAxis("kernel_dilation") ?? 1,
        featureGroupCount: try args.int("feature_group_count", defaults.featureGroupCount),
        useBias: try args.bool("use_bias", defaults.useBias), mask: try args.tensor("mask"),
        dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit)
    ) { conv, x in conv(x) }
  },
  "ConvTranspose": { args in
    let features: Int = try args.int("features")
    let defaults = ConvTranspose(features, [1])
    return ModuleRow(
      ConvTranspose(
        features, try args.ints("kernel_size") ?? [], strides: try args.perAxis("strides") ?? 1,
        padding: try args.padding("padding") ?? defaults.padding,
        kernelDilation: try args.perAxis("kernel_dilation") ?? 1,
        useBias: try args.bool("use_bias", defaults.useBias), mask: try args.tensor("mask"),
        dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
        transposeKernel: try args.bool("transpose_kernel", defaults.transposeKernel),
        preferredElementType: try args.dtype("preferred_element_type"))
    ) { conv, x in conv(x) }
  },
  "ConvLocal": { args in
    let features: Int = try args.int("features")
    let defaults = ConvLocal(features, [1])
    return ModuleRow(
      ConvLocal(
        features, try args.ints("kernel_size") ?? [], strides: try args.perAxis("strides") ?? 1,
        padding: try args.padding("padding") ?? defaults.padding,
        inputDilation: try args.perAxis("input_dilation") ?? 1,
        kernelDilation: try args.perAxis("kernel_dilation") ?? 1,
        featureGroupCount: try args.int("feature_group_count", defaults.featureGroupCount),
        useBias: try args.bool("use_bias", defaults.useBias), mask: try args.tensor("mask"),
        dtype: try args.dtype("dtype"),
        paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
        precision: try args.precision(),
        kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
        biasInit: try args.initializer("bias_init") ?? defaults.biasInit)
    ) { conv, x in conv(x) }
  },
]

/// The pools by their names in Flax.
let pools: [String: FunctionRow] = [
  "avg_pool": { call in
    let includes = try call.named.bool("count_include_pad", true)
    return try pool(call) { avgPool($0, $1, strides: $2, padding: $3, countIncludePad: includes) }
  },
  "max_pool": { call in try pool(call) { maxPool($0, $1, strides: $2, padding: $3) } },
  "min_pool": { call in try pool(call) { minPool($0, $1, strides: $2, padding: $3) } },
]

private func pool(
  _ call: Call, _ function: (Tensor, [Int], [Int]?, Padding) -> Tensor
) throws -> [Tensor] {
  try call.expect(1)
  return [
    function(
      try call.tensor(0), try call.named.ints("window_shape") ?? [],
      try call.named.ints("strides"), try call.named.padding("padding") ?? .valid)
  ]
}

extension Arguments {
  /// One axis or several; nil if the field is absent.
  func axes(_ name: String) throws -> Axes? {
    guard let json = given(name) else { return nil }
    if let value = json.integer { return Axes(value) }
    return try ints(name).map { Axes($0) }
  }

  /// A number for all axes, or one for each; nil if the field is absent.
  func perAxis(_ name: String) throws -> PerAxis? {
    guard let json = given(name) else { return nil }
    if let value = json.integer { return PerAxis(value) }
    return try ints(name).map { PerAxis($0) }
  }

  /// A padding by name, as one number, or as numbers and pairs for the axes.
  func padding(_ name: String) throws -> Padding? {
    guard let json = given(name) else { return nil }
    switch json.text {
    case "SAME": return .same
    case "SAME_LOWER": return .sameLower
    case "VALID": return .valid
    case "CIRCULAR": return .circular
    case "REFLECT": return .reflect
    case "CAUSAL": return .causal
    case let text?: throw GoldenError("unknown padding \(text)")
    case nil: break
    }
    if let value = json.integer { return .all(value) }
    let parts = json.elements ?? []
    let sizes = parts.compactMap(\.integer)
    if sizes.count == parts.count { return .each(sizes) }
    return .pairs(
      try parts.map { part in
        if let size = part.integer { return (size, size) }
        let pair = part.elements?.compactMap(\.integer) ?? []
        guard pair.count == 2 else { throw GoldenError("padding \(json)") }
        return (pair[0], pair[1])
      })
  }
}
