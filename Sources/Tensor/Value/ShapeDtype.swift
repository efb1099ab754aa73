/// The type of a tensor: its shape and dtype, without values.
///
/// Mirrors `jax.ShapeDtypeStruct`. A weak type comes from a literal or scalar and gives way in
/// promotion.
public struct ShapeDtype: Hashable, Sendable {
  /// The sizes of the axes.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType
  /// Whether the dtype gives way to another operand's in promotion.
  public let isWeak: Bool

  /// Creates a type; strong unless asked otherwise.
  public init(_ shape: Shape, _ dtype: DType = .defaultFloat, isWeak: Bool = false) {
    self.shape = shape
    self.dtype = dtype
    self.isWeak = isWeak
  }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of elements.
  public var elementCount: Int { shape.elementCount }

  package func with(shape: Shape) -> ShapeDtype { ShapeDtype(shape, dtype, isWeak: isWeak) }

  package func with(dtype: DType, isWeak: Bool = false) -> ShapeDtype {
    ShapeDtype(shape, dtype, isWeak: isWeak)
  }
}

extension ShapeDtype: CustomStringConvertible {
  /// The dtype and the sizes, such as `f32[2,3]`.
  public var description: String { "\(dtype)[\(shape.map(String.init).joined(separator: ","))]" }
}
