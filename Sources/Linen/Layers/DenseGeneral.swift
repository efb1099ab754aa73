/// A linear map of any axes to any number of axes.
///
///     DenseGeneral([4, 5])(x)                  // [..., inputs] to [..., 4, 5]
///     DenseGeneral([8], axis: [-2, -1])(x)     // [..., heads, depth] to [..., 8]
///
/// `y[b..., f...] = sum over the axes i... of x[b..., i...] W[i..., f...] + b[f...]`. Parameters:
/// `kernel` `[batch dims..., axes..., features...]` and `bias`
/// `[batch dims..., features...]`; with batch dims each member has its own. Initializers see a kernel
/// of two axes, the products of the inputs' and the outputs' sizes, so that the fan-in is that of all
/// mapped axes, and of the batch dims too. Axes are taken in their order in the input, whatever the
/// order in which they are given. Mirrors `flax.linen.DenseGeneral`.
public final class DenseGeneral: Module, UnaryLayer, @unchecked Sendable {
  /// The sizes of the new axes.
  public let features: [Int]
  /// The axes that are mapped.
  public let axis: Axes
  /// Leading axes of which each member has its own kernel.
  public let batchDims: [Int]
  /// Whether to add a bias.
  public let useBias: Bool
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the kernel.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer
  /// How exactly products are computed; see ``Precision``.
  public let precision: Precision?
  /// Brings input and parameters to one dtype.
  public let promoteDtype: PromoteDTypeFunction
  /// Multiplies in the place of the usual product; nil for that.
  public let dotGeneral: DotGeneralFunction?
  /// Makes a module that multiplies in the place of the usual product; nil for none.
  public let dotGeneralCls: DotGeneralClass?

  /// Makes a linear layer whose result has axes of the sizes `features`.
  public init(
    _ features: [Int], axis: Axes = -1, batchDims: [Int] = [], useBias: Bool = true,
    dtype: DType? = nil, paramDtype: DType = .float32,
    kernelInit: Initializer = defaultKernelInit, biasInit: Initializer = .zeros,
    precision: Precision? = nil, promoteDtype: PromoteDTypeFunction = .promoteDType,
    dotGeneral: DotGeneralFunction? = nil, dotGeneralCls: DotGeneralClass? = nil,
    name: String? = nil
  ) {
    self.features = features
    self.axis = axis
    self.batchDims = batchDims
    self.useBias = useBias
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    self.precision = precision
    self.promoteDtype = promoteDtype
    self.dotGeneral = dotGeneral
    self.dotGeneralCls = dotGeneralCls
    super.init(name: name)
  }

  /// Maps the axes; the result has the batch dims, the other axes, and the features.
  ///
  /// Records an error for axes that are not there, and for batch dims that don't lead.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      let batch = Array(0..<batchDims.count)
      if !batch.isEmpty, Set(batchDims) != Set(batch) {
        record(
          LinenError(
            .other(
              "batch_dims \(pythonTuple(batchDims)) must be consecutive leading "
                + "dimensions starting from 0.")))
      }
      let axes = canonicalAxes(axis, inputs, "DenseGeneral")
      let sizes = inputs.shape.dimensions
      if axes.count < axis.values.count || batch.count >= sizes.count
        || axes.contains(where: batch.contains)
      {
        record(
          TensorError(
            "DenseGeneral",
            .other(
              "axis \(axis.pythonText) and batch_dims \(pythonTuple(batchDims)) must name different "
                + "axes of the input"), [.init("inputs", inputs.type)]))
        return inputs
      }
      let batchShape = Array(sizes.prefix(batch.count))
      var shape = batchShape
      shape.reserveCapacity(batch.count + axes.count + features.count)
      for axis in axes { shape.append(sizes[axis]) }
      shape += features
      let kernel = param("kernel", Shape(shape), paramDtype) { flattened(kernelInit) }
      let biasShape = batch.isEmpty ? features : batchShape + features
      let bias =
        useBias ? param("bias", Shape(biasShape), paramDtype) { flattenedBias(biasInit) } : nil
      let (x, w, b) = promoteDType(inputs, kernel, bias, dtype: dtype, by: promoteDtype)
      let contracting = (axes, axes.indices.map { $0 + batchShape.count })
      let y = product(x, w, contracting, (batch, batch))
      guard let b else { return y }
      if batch.isEmpty { return y + b }
      let expanded = sizes.indices.filter { !axes.contains($0) }.map {
        batch.contains($0) ? sizes[$0] : 1
      }
      return y + b.reshaped(to: Shape(expanded + features))
    }
  }

  private func product(
    _ x: Tensor, _ w: Tensor, _ contracting: ([Int], [Int]), _ batch: ([Int], [Int])
  ) -> Tensor {
    let injected = InjectedProduct(function: dotGeneral, make: dotGeneralCls, precision: precision)
    return injected.map { $0(x, w, contracting: contracting, batch: batch) }
      ?? Tensor::dotGeneral(x, w, contracting: contracting, batch: batch)
  }

  /// The initializer on the kernel's two sides, each flattened.
  private func flattened(_ initializer: Initializer) -> Initializer {
    let count = features.count
    return initializer.replacing { key, shape, dtype in
      let inputs = shape.dimensions.dropLast(count).reduce(1, *)
      let outputs = shape.dimensions.suffix(count).reduce(1, *)
      return initializer(key, [inputs, outputs], dtype).reshaped(to: shape)
    }
  }

  private func flattenedBias(_ initializer: Initializer) -> Initializer {
    initializer.replacing { key, shape, dtype in
      initializer(key, [shape.elementCount], dtype).reshaped(to: shape)
    }
  }

  package override class var holdsModules: Bool { false }
}

extension DenseGeneral: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<DenseGeneral>, name: String?) {
    let c = configuration
    self.init(
      c.features, axis: c.axis, batchDims: c.batchDims, useBias: c.useBias, dtype: c.dtype,
      paramDtype: c.paramDtype, kernelInit: c.kernelInit, biasInit: c.biasInit,
      precision: c.precision, promoteDtype: c.promoteDtype, dotGeneral: c.dotGeneral,
      dotGeneralCls: c.dotGeneralCls, name: name)
  }
}
