extension Random {
  /// Draws integers uniformly from `low` (included) to `high` (excluded).
  ///
  /// Where `high` is not above `low`, the result is `low`. The bounds are cut to what the dtype
  /// holds. Draws twice the bits of a result, so that the bias of the remainder is below 2^-32.
  public static func randint(
    _ key: Key, _ shape: Shape, _ low: Int, _ high: Int, dtype: DType = .defaultInteger
  ) -> Tensor {
    if let placeholder = refuse(
      "randint", key, shape, dtype, unless: dtype.isInteger, "an integer type")
    {
      return placeholder
    }
    let drawn = dtype.byteSize < 4 ? DType.int32 : dtype
    let own = dtype.integerRange
    // The bounds of a narrow type count in int32, so that its end can be reached.
    let bounds = drawn == dtype ? own : own.lowerBound...own.upperBound + 1
    let (first, last) = (clamped(low, to: bounds), clamped(high, to: bounds))
    let isBeyond = drawn == dtype && high > own.upperBound
    let span: UInt64 =
      last <= first
      ? 1
      : UInt64(bitPattern: Int64(last &- first)) &+ (isBeyond ? 1 : 0)
    let unsigned = drawn.bitsType
    let offset = offsets(
      key, shape, unsigned, span: Tensor(span, dtype: unsigned).expanded(to: shape))
    return (offset.cast(to: drawn) + Tensor(first, dtype: drawn)).cast(to: dtype)
  }

  /// Draws integers uniformly between integer bounds that broadcast to the shape.
  @_disfavoredOverload
  public static func randint(
    _ key: Key, _ shape: Shape, _ low: Tensor, _ high: Tensor, dtype: DType = .defaultInteger
  ) -> Tensor {
    let isInteger = dtype.isInteger && low.dtype.isInteger && high.dtype.isInteger
    if let placeholder = refuse("randint", key, shape, dtype, unless: isInteger, "integer types") {
      return placeholder
    }
    let drawn = dtype.byteSize < 4 ? DType.int32 : dtype
    let own = dtype.integerRange
    let bounds = drawn == dtype ? own : own.lowerBound...own.upperBound + 1
    let first = clipped(low, to: bounds, drawn).broadcast(to: shape)
    let last = clipped(high, to: bounds, drawn).broadcast(to: shape)
    let unsigned = drawn.bitsType
    let isEmpty = last .<= first
    var span = Sub()(last, first).cast(to: unsigned)
    let one = ones(like: span)
    span = Select()(isEmpty, one, span)
    if drawn == dtype, high.dtype.integerRange.upperBound > own.upperBound {
      // A bound above the dtype's last value includes it.
      let isBeyond =
        high.broadcast(to: shape) .> full(like: high, own.upperBound).expanded(to: shape)
      let isMore = And()(isBeyond, Not()(isEmpty))
      span = Select()(isMore, Add()(span, one), span)
    }
    let offset = offsets(key, shape, unsigned, span: span)
    return Add()(first, offset.cast(to: drawn)).cast(to: dtype)
  }

  /// Random numbers below `span`: of two words, high * 2^width + low, the remainder.
  ///
  /// A span of 0 stands for 2^width; the remainder by 0 is the number itself.
  private static func offsets(
    _ key: Key, _ shape: Shape, _ dtype: DType, span: Tensor
  ) -> Tensor {
    let keys = key.split()
    let high = bits(keys[0], shape, dtype: dtype)
    let low = bits(keys[1], shape, dtype: dtype)
    let rem = Rem()
    let root = full(like: span, UInt64(1) << UInt64(dtype.byteSize * 4))
    let partial = rem(root, span)
    let multiplier = rem(Mul()(partial, partial), span)
    return rem(Add()(Mul()(rem(high, span), multiplier), rem(low, span)), span)
  }

  private static func clamped(_ value: Int, to range: ClosedRange<Int>) -> Int {
    min(max(value, range.lowerBound), range.upperBound)
  }

  /// Draws -1 or 1 with equal probability.
  public static func rademacher(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultInteger
  ) -> Tensor {
    let isTrue = bernoulli(key, 0.5, shape).cast(to: dtype)
    return isTrue * Tensor(2, dtype: dtype) - Tensor(1, dtype: dtype)
  }
}

extension DType {
  /// The values of an integer type that an Int holds.
  fileprivate var integerRange: ClosedRange<Int> {
    let bits = byteSize * 8
    if bits == 64 { return isUnsigned ? 0...Int.max : Int.min...Int.max }
    return isUnsigned ? 0...(1 << bits) - 1 : -(1 << (bits - 1))...(1 << (bits - 1)) - 1
  }
}

/// Integers brought into `range`, then converted to `dtype`.
private func clipped(_ x: Tensor, to range: ClosedRange<Int>, _ dtype: DType) -> Tensor {
  let strong = x.converted(x.dtype)
  if x.dtype == dtype { return strong }
  let own = x.dtype.integerRange
  let low = full(like: strong, max(own.lowerBound, range.lowerBound))
  let high = full(like: strong, min(own.upperBound, range.upperBound))
  return Min()(Max()(strong, low), high).cast(to: dtype)
}
