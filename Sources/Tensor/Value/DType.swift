/// An element type, a run-time value as in NumPy and JAX.
///
/// `description` is the short form that shapes are printed with (`f32`), `name` the one that NumPy,
/// JAX and checkpoints use (`float32`).
public enum DType: UInt8, CaseIterable, Hashable, Sendable {
  /// Truth values, one byte each.
  case bool = 0
  /// Unsigned integers of 8 bits.
  case uint8
  /// Unsigned integers of 16 bits.
  case uint16
  /// Unsigned integers of 32 bits.
  case uint32
  /// Unsigned integers of 64 bits.
  case uint64
  /// Signed integers of 8 bits.
  case int8
  /// Signed integers of 16 bits.
  case int16
  /// Signed integers of 32 bits.
  case int32
  /// Signed integers of 64 bits.
  case int64
  /// IEEE 754 binary16; arithmetic runs in float32 and rounds once an operation.
  case float16
  /// The upper half of a float32; arithmetic runs in float32 and rounds once an operation.
  case bfloat16
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// Two float32: the real and the imaginary part.
  case complex64
  /// Two float64: the real and the imaginary part.
  case complex128

  /// The bytes of one element.
  public var byteSize: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// The name that NumPy, JAX and checkpoint files use, such as `float32`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    }
  }

  /// Finds the type that NumPy and JAX call `name`.
  public init?(name: String) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Whether this is float16, bfloat16, float32 or float64; the complex types are none.
  public var isFloatingPoint: Bool {
    rawValue >= DType.float16.rawValue && rawValue <= DType.float64.rawValue
  }

  /// Whether this is complex64 or complex128.
  public var isComplex: Bool { rawValue >= DType.complex64.rawValue }

  /// Whether this is a floating-point or complex type: what has derivatives.
  public var isInexact: Bool { rawValue >= DType.float16.rawValue }

  /// The type of the real and imaginary parts; of a real type, the type itself.
  public var realDType: DType {
    switch self {
    case .complex64: .float32
    case .complex128: .float64
    default: self
    }
  }

  /// The complex type with parts of this type: complex128 for float64, else complex64.
  public var complexDType: DType {
    self == .float64 || self == .complex128 ? .complex128 : .complex64
  }

  /// Whether this is an integer, signed or not; `bool` is none.
  public var isInteger: Bool { self != .bool && rawValue < DType.float16.rawValue }

  /// Whether this is an unsigned integer; `bool` is none.
  public var isUnsigned: Bool { isInteger && rawValue < DType.int8.rawValue }

  /// Whether this is a signed integer.
  public var isSignedInteger: Bool { isInteger && rawValue >= DType.int8.rawValue }
}

extension DType: CustomStringConvertible {
  /// The short form, such as `f32`.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .bfloat16: "bf16"
    default: "\(isUnsigned ? "u" : isInteger ? "i" : isComplex ? "c" : "f")\(byteSize * 8)"
    }
  }
}
