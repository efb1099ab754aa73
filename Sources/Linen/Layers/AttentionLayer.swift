/// What the layers of attention have in common: all but their names.
///
/// See ``MultiHeadDotProductAttention``.
public class AttentionLayer: Module, MultipleInputLayer, @unchecked Sendable {
  /// The number of heads, which must divide `qkvFeatures`.
  public final let numHeads: Int
  /// The dtype to compute in; nil for that of the promoted operands.
  public final let dtype: DType?
  /// The dtype of new parameters.
  public final let paramDtype: DType
  /// The size of queries, keys and values over all heads; nil for that of the input.
  public final let qkvFeatures: Int?
  /// The size of the result; nil for that of the input.
  public final let outFeatures: Int?
  /// Whether one dropout mask serves the batch and all heads.
  public final let broadcastDropout: Bool
  /// The probability that a weight is dropped.
  public final let dropoutRate: Double
  /// Whether dropout is off; given here or with the call.
  public final let deterministic: Bool?
  /// How exactly products are computed; see ``Precision``.
  public final let precision: Precision?
  /// Makes the kernels.
  public final let kernelInit: Initializer
  /// Makes the kernel of the last projection; nil for `kernelInit`.
  public final let outKernelInit: Initializer?
  /// Makes the biases.
  public final let biasInit: Initializer
  /// Makes the bias of the last projection; nil for `biasInit`.
  public final let outBiasInit: Initializer?
  /// Whether to add biases.
  public final let useBias: Bool
  /// Computes attention from the projections.
  public final let attentionFn: AttentionFunction
  /// Whether keys and values are kept from call to call.
  public final let decode: Bool
  /// Whether queries and keys are normalized. "Scaling Vision Transformers to 22 Billion
  /// Parameters", https://arxiv.org/abs/2302.05442
  public final let normalizeQK: Bool
  /// Whether the softmax is computed in float32.
  public final let forceFp32ForSoftmax: Bool
  /// Multiplies in the place of the usual product of the first projections; nil for that.
  public final let qkvDotGeneral: DotGeneralFunction?
  /// Multiplies in the place of the usual product of the last projection; nil for that.
  public final let outDotGeneral: DotGeneralFunction?
  /// Makes modules that multiply for the first projections; nil for none.
  public final let qkvDotGeneralCls: DotGeneralClass?
  /// Makes a module that multiplies for the last projection; nil for none.
  public final let outDotGeneralCls: DotGeneralClass?
  /// Makes a module that computes the logits from queries and keys; nil for none.
  public final let qkAttnWeightsEinsumCls: EinsumClass?
  /// Makes a module that computes the means from weights and values; nil for none.
  public final let attnWeightsValueEinsumCls: EinsumClass?

  /// Makes an attention layer.
  public init(
    _ numHeads: Int, dtype: DType? = nil, paramDtype: DType = .float32, qkvFeatures: Int? = nil,
    outFeatures: Int? = nil, broadcastDropout: Bool = true, dropoutRate: Double = 0,
    deterministic: Bool? = nil, precision: Precision? = nil,
    kernelInit: Initializer = defaultKernelInit,
    outKernelInit: Initializer? = nil, biasInit: Initializer = .zeros,
    outBiasInit: Initializer? = nil, useBias: Bool = true,
    attentionFn: AttentionFunction = .dotProductAttention,
    decode: Bool = false, normalizeQK: Bool = false, forceFp32ForSoftmax: Bool = false,
    qkvDotGeneral: DotGeneralFunction? = nil, outDotGeneral: DotGeneralFunction? = nil,
    qkvDotGeneralCls: DotGeneralClass? = nil, outDotGeneralCls: DotGeneralClass? = nil,
    qkAttnWeightsEinsumCls: EinsumClass? = nil, attnWeightsValueEinsumCls: EinsumClass? = nil,
    name: String? = nil
  ) {
    self.numHeads = numHeads
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.qkvFeatures = qkvFeatures
    self.outFeatures = outFeatures
    self.broadcastDropout = broadcastDropout
    self.dropoutRate = dropoutRate
    self.deterministic = deterministic
    self.precision = precision
    self.kernelInit = kernelInit
    self.outKernelInit = outKernelInit
    self.biasInit = biasInit
    self.outBiasInit = outBiasInit
    self.useBias = useBias
    self.attentionFn = attentionFn
    self.decode = decode
    self.normalizeQK = normalizeQK
    self.forceFp32ForSoftmax = forceFp32ForSoftmax
    self.qkvDotGeneral = qkvDotGeneral
    self.outDotGeneral = outDotGeneral
    self.qkvDotGeneralCls = qkvDotGeneralCls
    self.outDotGeneralCls = outDotGeneralCls
    self.qkAttnWeightsEinsumCls = qkAttnWeightsEinsumCls
    self.attnWeightsValueEinsumCls = attnWeightsValueEinsumCls
    super.init(name: name)
  }

  /// Makes a layer of a configuration.
  convenience init<Layer: AttentionLayer>(of c: Configuration<Layer>, name: String?) {
    self.init(
      c.numHeads, dtype: c.dtype, paramDtype: c.paramDtype, qkvFeatures: c.qkvFeatures,
      outFeatures: c.outFeatures, broadcastDropout: c.broadcastDropout, dropoutRate: c.dropoutRate,
      deterministic: c.deterministic, precision: c.precision, kernelInit: c.kernelInit,
      outKernelInit: c.outKernelInit, biasInit: c.biasInit, outBiasInit: c.outBiasInit,
      useBias: c.useBias, attentionFn: c.attentionFn, decode: c.decode, normalizeQK: c.normalizeQK,
      forceFp32ForSoftmax: c.forceFp32ForSoftmax, qkvDotGeneral: c.qkvDotGeneral,
      outDotGeneral: c.outDotGeneral, qkvDotGeneralCls: c.qkvDotGeneralCls,
      outDotGeneralCls: c.outDotGeneralCls, qkAttnWeightsEinsumCls: c.qkAttnWeightsEinsumCls,
      attnWeightsValueEinsumCls: c.attnWeightsValueEinsumCls, name: name)
  }

  /// Attends from the inputs to themselves.
  public final func callAsFunction(_ inputs: Tensor) -> Tensor { callAsFunction(inputs, nil) }

  /// Attends from queries to keys and values, of which there are one, two or three.
  ///
  /// Records an error for another number.
  public final func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    guard let queries = inputs.first, inputs.count <= 3 else {
      record(LinenError(.other("Attention takes 1 to 3 inputs, not \(inputs.count).")))
      return inputs.first ?? Tensor.zeros([0])
    }
    return callAsFunction(
      queries, inputs.count > 1 ? inputs[1] : nil, inputs.count > 2 ? inputs[2] : nil)
  }

  /// Attends from queries to keys and values: to the queries themselves without keys, to the keys
  /// without values.
  ///
  /// `mask` broadcasts to `[batch..., heads, queries, keys]`. The key of dropout is `dropoutRNG` or drawn
  /// from the stream `dropout`. With `sowWeights` the weights are kept in `intermediates`. Records an
  /// error if the heads don't divide the features, or values are given without keys.
  public final func callAsFunction(
    _ inputsQ: Tensor, _ inputsK: Tensor?, _ inputsV: Tensor? = nil, mask: Tensor? = nil,
    deterministic: Bool? = nil, dropoutRNG: Key? = nil, sowWeights: Bool = false
  ) -> Tensor {
    compact(inputsQ, inputsK, inputsV) { inputsQ, inputsK, inputsV in
      if inputsK == nil, inputsV != nil {
        record(
          LinenError(
            .other(
              "`inputs_k` cannot be None if `inputs_v` is not None. To have both `inputs_k` and "
                + "`inputs_v` be the same value, pass in the value to `inputs_k` and leave "
                + "`inputs_v` as None.")))
      }
      if let inputsV, inputsV.rank > 1, inputsV.shape[-1] == inputsV.shape[-2] {
        DiagnosticCollector.current?.note(.valuesLikeMask(shape: inputsV.shape))
      }
      guard inputsQ.rank > 1 else {
        record(
          TensorError(
            "attention",
            .rankInvalid(rank: inputsQ.rank, expected: "a length and the features"),
            [.init("inputs", inputsQ.type)]))
        return inputsQ
      }
      let features = qkvFeatures ?? inputsQ.shape[-1]
      guard numHeads > 0, features % numHeads == 0 else {
        record(
          LinenError(
            .other(
              "Memory dimension (\(features)) must be divisible by number of heads (\(numHeads))."))
        )
        return inputsQ
      }
      let heads = [numHeads, features / numHeads]
      let keys = inputsK ?? inputsQ
      var inputs = AttentionInputs(
        query: projection(heads, "query")(inputsQ), key: projection(heads, "key")(keys),
        value: projection(heads, "value")(inputsV ?? keys))
      if normalizeQK {
        inputs.query = normalization("query_ln")(inputs.query)
        inputs.key = normalization("key_ln")(inputs.key)
      }
      inputs.mask = mask
      if decode { useCache(&inputs) }
      setDropout(&inputs, deterministic, dropoutRNG)
      setEinsums(&inputs)
      inputs.dtype = dtype
      inputs.precision = precision
      inputs.forceFp32ForSoftmax = forceFp32ForSoftmax
      inputs.module = sowWeights ? self : nil
      let out = DenseGeneral(
        [outFeatures ?? inputsQ.shape[-1]], axis: [-2, -1], useBias: useBias, dtype: dtype,
        paramDtype: paramDtype, kernelInit: outKernelInit ?? kernelInit,
        biasInit: outBiasInit ?? biasInit, precision: precision, dotGeneral: outDotGeneral,
        dotGeneralCls: outDotGeneralCls, name: "out")
      return out(attentionFn(inputs))
    }
  }

  private final func projection(_ heads: [Int], _ name: String) -> DenseGeneral {
    DenseGeneral(
      heads, useBias: useBias, dtype: dtype, paramDtype: paramDtype, kernelInit: kernelInit,
      biasInit: biasInit, precision: precision, dotGeneral: qkvDotGeneral,
      dotGeneralCls: qkvDotGeneralCls, name: name)
  }

  private final func normalization(_ name: String) -> LayerNorm {
    LayerNorm(dtype: dtype, paramDtype: paramDtype, useBias: false, name: name)
  }

  private final func setEinsums(_ inputs: inout AttentionInputs) {
    if let module = qkAttnWeightsEinsumCls?() {
      inputs.qkAttnWeightsEinsum = { module($0, $1, $2, precision: $3) }
    }
    if let module = attnWeightsValueEinsumCls?() {
      inputs.attnWeightsValueEinsum = { module($0, $1, $2, precision: $3) }
    }
  }

  private final func setDropout(
    _ inputs: inout AttentionInputs, _ deterministic: Bool?, _ key: Key?
  ) {
    inputs.dropoutRate = dropoutRate
    inputs.broadcastDropout = broadcastDropout
    inputs.deterministic = true
    guard dropoutRate > 0 else { return }
    inputs.deterministic = mergeParam("deterministic", self.deterministic, deterministic)
    if !inputs.deterministic { inputs.dropoutRNG = key ?? makeRNG("dropout") }
  }

  /// Puts the one position of this call into the cache, and attends to all that it holds.
  private final func useCache(_ inputs: inout AttentionInputs) {
    let isInitialized = hasVariable("cache", "cached_key")
    let (keyType, valueType) = (inputs.key.type, inputs.value.type)
    let cachedKey = variable("cache", "cached_key") {
      Tensor.zeros(keyType.shape, dtype: keyType.dtype)
    }
    let cachedValue = variable("cache", "cached_value") {
      Tensor.zeros(valueType.shape, dtype: valueType.dtype)
    }
    let cacheIndex = variable("cache", "cache_index") { Tensor(0, dtype: .int32) }
    guard isInitialized else { return }
    let cached = cachedKey.value.shape
    let batch = cached[..<(cached.rank - 3)].dimensions
    let expected = Shape(batch + [1, cached[-2], cached[-1]])
    guard inputs.query.shape == expected else {
      let shapes = [expected, inputs.query.shape].map { pythonTuple($0.dimensions) }
      record(
        LinenError(
          .other(
            "Autoregressive cache shape error, expected query shape \(shapes[0]) instead got "
              + "\(shapes[1]).")))
      return
    }
    let index = cacheIndex.value
    let axis = batch.count
    inputs.key = dynamicUpdateSlice(cachedKey.value, inputs.key, start: index, axis: axis)
    inputs.value = dynamicUpdateSlice(cachedValue.value, inputs.value, start: index, axis: axis)
    cachedKey.value = inputs.key
    cachedValue.value = inputs.value
    cacheIndex.value = index + 1
    // The position may look at those that have been filled, not at the zeros behind them.
    let length = cached[-3]
    let filled = (arange(length, dtype: .int32) .<= index)
      .broadcast(to: Shape(batch + [1, 1, length]))
    inputs.mask = combineMasks(inputs.mask, filled)
  }

  package override class var holdsModules: Bool { false }
}
