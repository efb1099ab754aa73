/// A Swift type whose values can be elements of a tensor.
public protocol Scalar: Sendable {
  /// The dtype that holds this type without change.
  static var dtype: DType { get }
  /// The dtype of tensors made from literals and arrays of this type, where none is named.
  static var defaultDType: DType { get }
  /// Whether a lone value of this type gives way in promotion, as literals do.
  static var isWeak: Bool { get }
  /// Writes this value as an element of type `dtype`.
  func store(_ dtype: DType, to address: UnsafeMutableRawPointer)
}

extension Scalar {
  /// The type's own dtype.
  public static var defaultDType: DType { dtype }
  /// Strong, unless the type is that of literals.
  public static var isWeak: Bool { false }
}

extension Scalar where Self: BinaryInteger {
  /// Writes this value as an element of type `dtype`; what does not fit keeps its low bits.
  public func store(_ dtype: DType, to address: UnsafeMutableRawPointer) {
    switch dtype {
    case .bool: address.storeBytes(of: self == 0 ? 0 : 1, as: UInt8.self)
    case .uint8: address.storeBytes(of: UInt8(truncatingIfNeeded: self), as: UInt8.self)
    case .uint16: address.storeBytes(of: UInt16(truncatingIfNeeded: self), as: UInt16.self)
    case .uint32: address.storeBytes(of: UInt32(truncatingIfNeeded: self), as: UInt32.self)
    case .uint64: address.storeBytes(of: UInt64(truncatingIfNeeded: self), as: UInt64.self)
    case .int8: address.storeBytes(of: Int8(truncatingIfNeeded: self), as: Int8.self)
    case .int16: address.storeBytes(of: Int16(truncatingIfNeeded: self), as: Int16.self)
    case .int32: address.storeBytes(of: Int32(truncatingIfNeeded: self), as: Int32.self)
    case .int64: address.storeBytes(of: Int64(truncatingIfNeeded: self), as: Int64.self)
    case .float16: address.storeBytes(of: Half.bits(Float(self)), as: UInt16.self)
    case .bfloat16: address.storeBytes(of: BFloat16(Float(self)).bitPattern, as: UInt16.self)
    case .float32: address.storeBytes(of: Float(self), as: Float.self)
    case .float64: address.storeBytes(of: Double(self), as: Double.self)
    case .complex64, .complex128: Complex(Double(self)).store(dtype, to: address)
    }
  }
}

extension Scalar where Self: BinaryFloatingPoint {
  /// Writes this value as an element of type `dtype`; integers truncate and saturate, NaN gives 0.
  public func store(_ dtype: DType, to address: UnsafeMutableRawPointer) {
    switch dtype {
    case .bool: address.storeBytes(of: self == 0 ? 0 : 1, as: UInt8.self)
    case .uint8: address.storeBytes(of: saturated(), as: UInt8.self)
    case .uint16: address.storeBytes(of: saturated(), as: UInt16.self)
    case .uint32: address.storeBytes(of: saturated(), as: UInt32.self)
    case .uint64: address.storeBytes(of: saturated(), as: UInt64.self)
    case .int8: address.storeBytes(of: saturated(), as: Int8.self)
    case .int16: address.storeBytes(of: saturated(), as: Int16.self)
    case .int32: address.storeBytes(of: saturated(), as: Int32.self)
    case .int64: address.storeBytes(of: saturated(), as: Int64.self)
    case .float16: address.storeBytes(of: Half.bits(Float(self)), as: UInt16.self)
    case .bfloat16: address.storeBytes(of: BFloat16(Float(self)).bitPattern, as: UInt16.self)
    case .float32: address.storeBytes(of: Float(self), as: Float.self)
    case .float64: address.storeBytes(of: Double(self), as: Double.self)
    case .complex64, .complex128: Complex(Double(self)).store(dtype, to: address)
    }
  }

  private func saturated<I: FixedWidthInteger>() -> I {
    if isNaN { return 0 }
    if self >= Self(I.max) { return .max }
    if self <= Self(I.min) { return .min }
    return I(self)
  }
}

extension Bool: Scalar {
  /// `bool`.
  public static var dtype: DType { .bool }
  /// Writes 1 or 0 as an element of type `dtype`.
  public func store(_ dtype: DType, to address: UnsafeMutableRawPointer) {
    (self ? 1 : 0).store(dtype, to: address)
  }
}

extension Int: Scalar {
  /// `int64`.
  public static var dtype: DType { .int64 }
  /// `int32`, or `int64` in x64 precision: Int is the type of integer literals.
  public static var defaultDType: DType { .defaultInteger }
  /// Gives way in promotion.
  public static var isWeak: Bool { true }
}

extension Double: Scalar {
  /// `float64`.
  public static var dtype: DType { .float64 }
  /// `float32`, or `float64` in x64 precision: Double is the type of floating-point literals.
  public static var defaultDType: DType { .defaultFloat }
  /// Gives way in promotion.
  public static var isWeak: Bool { true }
}

extension Float: Scalar {
  /// `float32`.
  public static var dtype: DType { .float32 }
}

extension UInt8: Scalar {
  /// `uint8`.
  public static var dtype: DType { .uint8 }
}

extension UInt16: Scalar {
  /// `uint16`.
  public static var dtype: DType { .uint16 }
}

extension UInt32: Scalar {
  /// `uint32`.
  public static var dtype: DType { .uint32 }
}

extension UInt64: Scalar {
  /// `uint64`.
  public static var dtype: DType { .uint64 }
}

extension Int8: Scalar {
  /// `int8`.
  public static var dtype: DType { .int8 }
}

extension Int16: Scalar {
  /// `int16`.
  public static var dtype: DType { .int16 }
}

extension Int32: Scalar {
  /// `int32`.
  public static var dtype: DType { .int32 }
}

extension Int64: Scalar {
  /// `int64`.
  public static var dtype: DType { .int64 }
}

extension BFloat16: Scalar {
  /// `bfloat16`.
  public static var dtype: DType { .bfloat16 }
  /// Writes this value as an element of type `dtype`.
  public func store(_ dtype: DType, to address: UnsafeMutableRawPointer) {
    Float(self).store(dtype, to: address)
  }
}
