extension DType {
  /// The largest finite value of a floating-point type, as a double.
  public var largestFinite: Double {
    switch realDType {
    case .float16: 65504
    case .bfloat16: Double(Float(BFloat16(bitPattern: 0x7F7F)))
    case .float64: .greatestFiniteMagnitude
    default: Double(Float.greatestFiniteMagnitude)
    }
  }

  /// The distance from 1 to the next value of a floating-point type.
  public var epsilon: Double {
    switch realDType {
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    case .float64: .ulpOfOne
    default: Double(Float.ulpOfOne)
    }
  }

  /// The range of an integer type; that of bool is 0 to 1.
  package var integerBounds: (low: Int64, high: UInt64) {
    switch self {
    case .bool: (0, 1)
    case .uint8: (0, UInt64(UInt8.max))
    case .uint16: (0, UInt64(UInt16.max))
    case .uint32: (0, UInt64(UInt32.max))
    case .uint64: (0, .max)
    case .int8: (Int64(Int8.min), UInt64(Int8.max))
    case .int16: (Int64(Int16.min), UInt64(Int16.max))
    case .int32: (Int64(Int32.min), UInt64(Int32.max))
    default: (.min, UInt64(Int64.max))
    }
  }
}

extension Tensor {
  /// The identity of the maximum, as a scalar: -inf, or the lowest integer.
  package static func lowest(_ dtype: DType) -> Tensor {
    dtype.isFloatingPoint
      ? Tensor(-Double.infinity, dtype: dtype) : Tensor(dtype.integerBounds.low, dtype: dtype)
  }

  /// The identity of the minimum, as a scalar: inf, or the highest integer.
  package static func highest(_ dtype: DType) -> Tensor {
    dtype.isFloatingPoint
      ? Tensor(Double.infinity, dtype: dtype) : Tensor(dtype.integerBounds.high, dtype: dtype)
  }
}
