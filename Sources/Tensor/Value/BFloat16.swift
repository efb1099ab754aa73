/// A bfloat16: the upper half of a float32, 8 bits of precision.
public struct BFloat16: Hashable, Sendable {
  /// The sign, exponent and significand bits.
  public let bitPattern: UInt16

  /// Creates a value from its bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds to the nearest value, ties to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(bits >> 16) | 0x40
    } else {
      bitPattern = UInt16((bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
  }
}

extension Float {
  /// The same value; every bfloat16 is a float32.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

/// Conversion between float16 bits and float32, where Swift has no `Float16` (macOS on x86-64).
package enum Half {
  /// The bits of the nearest float16, ties to even.
  package static func bits(_ value: Float) -> UInt16 {
    #if arch(x86_64) && os(macOS)
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let magnitude = value.magnitude
    if value.isNaN { return sign | 0x7E00 }
    if magnitude >= 65520 { return sign | 0x7C00 }
    // Adding the power of two whose last bit is half's last bit rounds to half's precision.
    let scale = Swift.max(magnitude.binade, 0x1p-14) * 0x1p13
    let rounded = (magnitude + scale) - scale
    if rounded < 0x1p-14 { return sign | UInt16(rounded * 0x1p24) }
    let exponent = UInt16(Int(rounded.exponent) + 15)
    return sign | exponent << 10 | UInt16((rounded.bitPattern >> 13) & 0x3FF)
    #else
    return Float16(value).bitPattern
    #endif
  }

  /// The value of float16 bits.
  package static func value(_ bits: UInt16) -> Float {
    #if arch(x86_64) && os(macOS)
    let exponent = Int(bits >> 10) & 0x1F
    let fraction = Float(bits & 0x3FF)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
    #else
    return Float(Float16(bitPattern: bits))
    #endif
  }
}

#if !(arch(x86_64) && os(macOS))
extension Float16: Scalar {
  /// `float16`.
  public static var dtype: DType { .float16 }
}
#endif
