import CKernels

/// The samplers of jax.random: functions of a key, bit for bit equal to JAX's on a CPU.
///
/// The results depend on the key, the layout and the arguments alone, not on threads or processor.
/// Each function records an error if the key is a batch, the shape is negative or the dtype is not
/// one that it draws.
public enum Random {
  /// How finely a sampler resolves rare events.
  public enum Resolution: Hashable, Sendable {
    /// The numbers of JAX's default mode.
    case low
    /// Twice the bits, for probabilities below 2^-23 and tails beyond.
    case high
  }

  /// Draws uniform random bits as unsigned integers, by default of the default integer type's width.
  public static func bits(
    _ key: Key, _ shape: Shape = [], dtype: DType = DType.defaultInteger.bitsType
  ) -> Tensor {
    if let placeholder = refuse(
      "bits", key, shape, dtype, unless: dtype.isUnsigned, "an unsigned integer type")
    {
      return placeholder
    }
    return bind(RandomBits(shape, width: dtype.byteSize * 8, layout: key.layout), key.data)
  }

  /// Records what is wrong with the arguments and gives what to return; nil if nothing is.
  package static func refuse(
    _ operation: String, _ key: Key, _ shape: Shape, _ dtype: DType,
    unless isSupported: Bool, _ expected: String
  ) -> Tensor? {
    let fact: TensorError.Fact
    var hint: String?
    if key.shape.rank > 0 {
      fact = .argumentInvalid(
        name: "key", value: "a batch of shape \(key.shape)", expected: "a single key")
      hint = "take one by its index, or go over the batch with vmap"
    } else if !shape.allSatisfy({ $0 >= 0 }) {
      fact = .argumentInvalid(name: "shape", value: "\(shape)", expected: "sizes of at least 0")
    } else if !isSupported {
      fact = .dtypeUnsupported(dtype: dtype, expected: expected)
    } else {
      return nil
    }
    record(TensorError("Random.\(operation)", fact, hint: hint))
    return .placeholder(ShapeDtype(Shape(shape.map { max($0, 0) }), dtype))
  }

  /// As above, for a sampler of floating-point numbers.
  package static func refuse(
    _ operation: String, _ key: Key, _ shape: Shape, _ dtype: DType
  ) -> Tensor? {
    refuse(operation, key, shape, dtype, unless: dtype.isFloatingPoint, "a floating-point type")
  }
}
