import CKernels

/// The functions of single numbers that samplers need, with the bits of the kernels.
protocol ElementaryFunctions {
  static func log(_ x: Self) -> Self
  static func log1p(_ x: Self) -> Self
  static func pow(_ x: Self, _ y: Self) -> Self
}

/// A floating-point type of which single numbers are drawn, and the arithmetic for that.
protocol ScalarDraw: ElementaryFunctions, Comparable, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral, Sendable
{
  /// A uniform number in [0, 1), as an array of no axes is drawn.
  static func uniform(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Self
  /// A normal number, as an array of no axes is drawn.
  static func normal(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Self
  static func + (_ x: Self, _ y: Self) -> Self
  static func - (_ x: Self, _ y: Self) -> Self
  static func * (_ x: Self, _ y: Self) -> Self
  static func / (_ x: Self, _ y: Self) -> Self
  static prefix func - (_ x: Self) -> Self
  func squareRoot() -> Self
}

extension FloatingPoint where Self: BitwiseCopyable {
  fileprivate static func apply(_ kernel: ck_unary_fn?, _ x: Self) -> Self {
    var (x, y) = (x, 0 as Self)
    kernel?(&x, 1, &y, 1)
    return y
  }

  fileprivate static func apply(_ kernel: ck_binary_fn?, _ x: Self, _ y: Self) -> Self {
    var (x, y, result) = (x, y, 0 as Self)
    kernel?(&x, 1, &y, 1, &result, 1)
    return result
  }
}

extension ThreefryLayout {
  fileprivate var code: Int32 { self == .partitionable ? CK_PARTITIONABLE : CK_ORIGINAL }
}

extension Float: ScalarDraw {
  static func uniform(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Float {
    var result: Float = 0
    ck_random_uniform_f32(key.0, key.1, layout.code, &result, 1, 0, 1, 0, 1)
    return result
  }

  static func normal(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Float {
    var result: Float = 0
    ck_random_normal_f32(key.0, key.1, layout.code, &result, 1, 0, 1, 1)
    return result
  }

  static func log(_ x: Float) -> Float { apply(ck_log(CK_F32), x) }
  static func log1p(_ x: Float) -> Float { apply(ck_log1p(CK_F32), x) }
  static func pow(_ x: Float, _ y: Float) -> Float { apply(ck_pow(CK_F32), x, y) }
  static func lgamma(_ x: Float) -> Float { apply(ck_lgamma(CK_F32), x) }
}

extension Double: ScalarDraw {
  static func uniform(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Double {
    unit(key, layout)
  }

  static func normal(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Double {
    let low = DType.float64.aboveMinusOne
    let u = Swift.max(low, low.addingProduct(unit(key, layout), 1 - low))
    return 2.0.squareRoot() * apply(ck_erf_inv(CK_F64), u)
  }

  private static func unit(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> Double {
    var bits: UInt64 = 0
    ck_random_bits(key.0, key.1, 64, layout.code, &bits, 1, 0, 1)
    return Double(bitPattern: bits >> 12 | 1.0.bitPattern) - 1
  }

  static func log(_ x: Double) -> Double { apply(ck_log(CK_F64), x) }
  static func log1p(_ x: Double) -> Double { apply(ck_log1p(CK_F64), x) }
  static func pow(_ x: Double, _ y: Double) -> Double { apply(ck_pow(CK_F64), x, y) }
}
