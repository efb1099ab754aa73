/// A float of eight bits: a format that tensors are rounded to.
///
/// There is no storage of eight bits: rounded values are kept in a wider type, which holds each of
/// them exactly, so that products of them are those of a machine with such a format that adds up
/// in float32. https://arxiv.org/abs/2209.05433
public enum Float8: String, Hashable, Sendable, CaseIterable {
  /// Four bits of exponent, three of mantissa; no infinity.
  case e4m3fn = "float8_e4m3fn"
  /// Five bits of exponent, two of mantissa.
  case e5m2 = "float8_e5m2"
  /// As `e4m3fn`, with another bias and one zero, as AMD's hardware has it.
  case e4m3fnuz = "float8_e4m3fnuz"
  /// As `e5m2`, with another bias, one zero and no infinity, as AMD's hardware has it.
  case e5m2fnuz = "float8_e5m2fnuz"

  /// The largest number.
  public var maximum: Double {
    switch self {
    case .e4m3fn: 448
    case .e4m3fnuz: 240
    case .e5m2, .e5m2fnuz: 57344
    }
  }

  /// The power of 2 of the smallest normal numbers, and the bits after the point.
  private var scale: (exponent: Int, mantissa: Int) {
    switch self {
    case .e4m3fn: (-6, 3)
    case .e4m3fnuz: (-7, 3)
    case .e5m2: (-14, 2)
    case .e5m2fnuz: (-15, 2)
    }
  }

  /// The nearest numbers of the format, halves to the even one; the dtype stays.
  ///
  /// For numbers of at most ``maximum``. The derivative is 0, as that of a step is.
  public func rounded(_ x: Tensor) -> Tensor {
    let wide = stopGradient(x.cast(to: .float32))
    // The power of 2 of each number: its exponent alone.
    let bits = bind(BitcastConvertType(.int32), wide)
    let exponents = bind(And(), bits, Tensor(Int32(0x7F80_0000)).broadcast(to: bits.shape))
    let powers = bind(BitcastConvertType(.float32), exponents)
    let smallest = (0..<(-scale.exponent)).reduce(1.0) { value, _ in value / 2 }
    let unit = (0..<scale.mantissa).reduce(1.0) { value, _ in value / 2 }
    let quantum = maximum(powers, smallest) * unit
    return (round(wide / quantum) * quantum).cast(to: x.dtype)
  }

  private func maximum(_ x: Tensor, _ least: Double) -> Tensor {
    Tensor::maximum(x, Tensor(least, dtype: x.dtype))
  }
}
