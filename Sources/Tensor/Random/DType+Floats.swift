extension DType {
  /// The stored bits of a floating-point type's significand.
  package var significandBits: Int {
    switch self {
    case .float16: 10
    case .bfloat16: 7
    case .float64: 52
    default: 23
    }
  }

  /// The unsigned type of the same width.
  public var bitsType: DType {
    switch byteSize {
    case 1: .uint8
    case 2: .uint16
    case 4: .uint32
    default: .uint64
    }
  }

  /// The bits of the number 1 of a floating-point type.
  package var bitsOfOne: UInt64 {
    switch self {
    case .float16: 0x3C00
    case .bfloat16: 0x3F80
    case .float64: 1.0.bitPattern
    default: UInt64((1 as Float).bitPattern)
    }
  }

  /// The number after -1 towards 0.
  package var aboveMinusOne: Double { epsilon / 2 - 1 }

  /// The smallest positive number of full precision: NumPy's `finfo.tiny`.
  package var leastNormal: Double {
    switch self {
    case .float16: 0x1p-14
    case .float64: .leastNormalMagnitude
    default: Double(Float.leastNormalMagnitude)
    }
  }

  /// The value of this floating-point type nearest to `value`.
  package func rounded(_ value: Double) -> Double {
    switch self {
    case .float32: return Double(Float(value))
    case .bfloat16: return Double(Float(BFloat16(Float(value))))
    case .float16:
      #if arch(x86_64) && os(macOS)
      return Double(Half.value(Half.bits(Float(value))))
      #else
      return Double(Float16(value))
      #endif
    default: return value
    }
  }
}
