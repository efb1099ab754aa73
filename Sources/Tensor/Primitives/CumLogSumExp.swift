import CKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The logarithm of the sum of the exponentials of the elements up to each one along an axis.
///
/// Each step keeps the larger of two terms outside the exponential, so that nothing overflows.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.cumlogsumexp.html
package struct CumLogSumExp: Cumulative {
  package static let name = "cumlogsumexp"
  package static let expectedTypes = "a floating-point type"
  package let axis: Int
  package let reverse: Bool

  package init(axis: Int, reverse: Bool) {
    self.axis = axis
    self.reverse = reverse
  }

  package static func kernel(_ dtype: ck_dtype) -> ck_scan_fn? {
    switch dtype {
    case CK_F16:
      { x, sx, y, sy, n, reverse in
        scan(x, sx, y, sy, n, reverse != 0, { Half.value($0 as UInt16) }, { Half.bits($0) }, add)
      }
    case CK_BF16:
      { x, sx, y, sy, n, reverse in
        scan(
          x, sx, y, sy, n, reverse != 0, { Float(BFloat16(bitPattern: $0 as UInt16)) },
          { BFloat16($0).bitPattern }, add)
      }
    case CK_F32:
      { x, sx, y, sy, n, reverse in
        scan(x, sx, y, sy, n, reverse != 0, { $0 as Float }, { $0 }, add)
      }
    case CK_F64:
      { x, sx, y, sy, n, reverse in
        scan(x, sx, y, sy, n, reverse != 0, { $0 as Double }, { $0 }, add)
      }
    default: nil
    }
  }

  package static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor) {
    let high = Max()(a.value, b.value)
    let distance = Abs()(Sub()(a.value, b.value))
    let sum = Add()(high, Log1p()(Exp()(Neg()(distance))))
    // Where both are -inf the distance is NaN and the sum is -inf.
    let value = Select()(Eq()(a.value, b.value), Add()(high, full(like: high, Double.ln2)), sum)
    let tangent = Add()(
      Mul()(a.tangent, Exp()(Sub()(a.value, value))),
      Mul()(b.tangent, Exp()(Sub()(b.value, value))))
    return (value, tangent)
  }
}

/// Elements are `Element` in memory; the running sum is a `Value`.
private func scan<Element, Value: FloatingPoint>(
  _ x: UnsafeRawPointer, _ sx: Int, _ y: UnsafeMutableRawPointer, _ sy: Int, _ n: Int,
  _ reverse: Bool, _ load: (Element) -> Value, _ store: (Value) -> Element,
  _ add: (Value, Value) -> Value
) {
  let source = x.assumingMemoryBound(to: Element.self)
  let target = y.assumingMemoryBound(to: Element.self)
  var sum = -Value.infinity
  for step in 0..<n {
    let index = reverse ? n - 1 - step : step
    sum = add(sum, load(source[index * sx]))
    target[index * sy] = store(sum)
  }
}

private func add(_ a: Float, _ b: Float) -> Float { Float(add(Double(a), Double(b))) }

private func add(_ a: Double, _ b: Double) -> Double {
  if a.isNaN || b.isNaN { return .nan }
  let (high, low) = (max(a, b), min(a, b))
  return low == high && !high.isFinite ? high : high + log1p(exp(low - high))
}
