/// A type of 16 bits, whose numbers are computed in float32.
protocol HalfFormat: Sendable {
  static var dtype: DType { get }
  /// The nearest number of the type.
  static func rounded(_ value: Float) -> Float
}

/// The format of float16.
enum Float16Format: HalfFormat {
  static let dtype = DType.float16
  static func rounded(_ value: Float) -> Float { Half.value(Half.bits(value)) }
}

/// The format of bfloat16.
enum BFloat16Format: HalfFormat {
  static let dtype = DType.bfloat16
  static func rounded(_ value: Float) -> Float { Float(BFloat16(value)) }
}

/// A number of half precision, rounded after each operation as XLA does.
struct HalfDraw<Format: HalfFormat>: ScalarDraw {
  let value: Float

  private init(_ value: Float) { self.value = Format.rounded(value) }

  /// Rounds a float32.
  static func rounding(_ value: Float) -> HalfDraw { HalfDraw(value) }

  init(floatLiteral value: Float) { self.init(value) }
  init(integerLiteral value: Int) { self.init(Float(value)) }

  static func uniform(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> HalfDraw {
    single(Random.uniform(Key(key, layout: layout), [], dtype: Format.dtype))
  }

  static func normal(_ key: Threefry.Pair, _ layout: ThreefryLayout) -> HalfDraw {
    single(Random.normal(Key(key, layout: layout), [], dtype: Format.dtype))
  }

  private static func single(_ x: Tensor) -> HalfDraw {
    // An array, since the key is known.
    guard let array = x.array?.converted(to: .float32) else { return HalfDraw(.nan) }
    return withExtendedLifetime(array) { HalfDraw(array.pointer(as: Float.self)[0]) }
  }

  static func log(_ x: HalfDraw) -> HalfDraw { HalfDraw(Float.log(x.value)) }
  static func log1p(_ x: HalfDraw) -> HalfDraw { HalfDraw(Float.log1p(x.value)) }
  static func pow(_ x: HalfDraw, _ y: HalfDraw) -> HalfDraw {
    HalfDraw(Float.pow(x.value, y.value))
  }

  static func + (_ x: HalfDraw, _ y: HalfDraw) -> HalfDraw { HalfDraw(x.value + y.value) }
  static func - (_ x: HalfDraw, _ y: HalfDraw) -> HalfDraw { HalfDraw(x.value - y.value) }
  static func * (_ x: HalfDraw, _ y: HalfDraw) -> HalfDraw { HalfDraw(x.value * y.value) }
  static func / (_ x: HalfDraw, _ y: HalfDraw) -> HalfDraw { HalfDraw(x.value / y.value) }
  static prefix func - (_ x: HalfDraw) -> HalfDraw { HalfDraw(-x.value) }
  static func < (_ x: HalfDraw, _ y: HalfDraw) -> Bool { x.value < y.value }
  static func <= (_ x: HalfDraw, _ y: HalfDraw) -> Bool { x.value <= y.value }
  static func >= (_ x: HalfDraw, _ y: HalfDraw) -> Bool { x.value >= y.value }
  func squareRoot() -> HalfDraw { HalfDraw(value.squareRoot()) }
}
