/// A sum of products of the input and a kernel over named axes, and a bias.
///
///     Einsum([5, 6, 7], "abc,cde->abde")(x)   // x [a, b, 5], kernel [5, 6, 7]
///
/// `y = einsum(equation, x, W) + b`, as `y[a, b, d, e] = sum over c of x[a, b, c] W[c, d, e] + b[d, e]`
/// above. The equation must have two operands and `->`; it is given here or with the call. Parameters:
/// `kernel` of the given shape, and `bias` of the kernel's axes that are in the result. Mirrors
/// `flax.linen.Einsum`.
public final class Einsum: Module, UnaryLayer, @unchecked Sendable {
  /// The shape of the kernel.
  public let shape: Shape
  /// The equation; nil if it is given with the call.
  public let einsumStr: String?
  /// Whether to add a bias.
  public let useBias: Bool
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// How exactly products are computed; see ``Precision``.
  public let precision: Precision?
  /// Makes the kernel.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer
  /// Brings input and parameters to one dtype.
  public let promoteDtype: PromoteDTypeFunction
  /// The dtype in which products are added up.
  public let preferredElementType: DType?

  /// Makes a layer with a kernel of a shape.
  public init(
    _ shape: Shape, _ einsumStr: String? = nil, useBias: Bool = true, dtype: DType? = nil,
    paramDtype: DType = .float32, precision: Precision? = nil,
    kernelInit: Initializer = defaultKernelInit, biasInit: Initializer = .zeros,
    promoteDtype: PromoteDTypeFunction = .promoteDType, preferredElementType: DType? = nil,
    name: String? = nil
  ) {
    self.shape = shape
    self.einsumStr = einsumStr
    self.useBias = useBias
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    self.promoteDtype = promoteDtype
    self.preferredElementType = preferredElementType
    super.init(name: name)
  }

  /// Applies the equation that was given when the layer was made.
  public func callAsFunction(_ inputs: Tensor) -> Tensor { callAsFunction(inputs, nil) }

  /// Applies the equation.
  ///
  /// Records an error if it is given neither here nor when the layer was made, or in both places, or
  /// if it has another form.
  public func callAsFunction(_ inputs: Tensor, _ einsumStr: String?) -> Tensor {
    compact(inputs, einsumStr) { inputs, einsumStr in
      let given = mergeParam("einsum_str", self.einsumStr, einsumStr, placeholder: "")
      let equation = given.filter { $0 != " " }
      let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
      let operands = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
      guard sides.count == 2, sides[0].hasSuffix("-") else {
        record(LinenError(.other("`einsum_str` equation must be explicit and include \"->\".")))
        return inputs
      }
      guard operands.count == 2 else {
        record(
          LinenError(
            .other(
              "`einsum_str` equation must have exactly two operands and therefore, exactly one "
                + "comma character, instead of \(operands.count - 1)")))
        return inputs
      }
      let kernel = param("kernel", kernelInit, shape, dtype: paramDtype)
      do throws(TensorError) {
        let axes = try EinsumEquation(equation, [inputs, kernel])
        let bias = useBias ? biasParameter(axes) : nil
        let (x, w, b) = promoteDType(inputs, kernel, bias, dtype: dtype, by: promoteDtype)
        let y = einsum(equation, [x, w], preferredElementType: preferredElementType)
        return b.map { y + $0 } ?? y
      } catch {
        record(error)
        return inputs
      }
    }
  }

  /// The bias, with axes of size 1 for those of the result that are not the kernel's.
  private func biasParameter(_ axes: EinsumEquation) -> Tensor {
    let sizes = axes.output.map { label in
      axes.inputs[1].lastIndex(of: label).map { shape.dimensions[$0] }
    }
    return param("bias", biasInit, Shape(sizes.compactMap { $0 }), dtype: paramDtype)
      .reshaped(to: Shape(sizes.map { $0 ?? 1 }))
  }

  package override class var holdsModules: Bool { false }
}

extension Einsum: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Einsum>, name: String?) {
    let c = configuration
    self.init(
      c.shape, c.einsumStr, useBias: c.useBias, dtype: c.dtype, paramDtype: c.paramDtype,
      precision: c.precision, kernelInit: c.kernelInit, biasInit: c.biasInit,
      promoteDtype: c.promoteDtype, preferredElementType: c.preferredElementType, name: name)
  }
}
