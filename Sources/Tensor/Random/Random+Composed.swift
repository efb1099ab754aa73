extension Random {
  /// Uniform numbers in [0, 1): random significand bits under the exponent of 1, minus 1.
  package static func composedUnit(_ key: Key, _ shape: Shape, _ dtype: DType) -> Tensor {
    let width = dtype.byteSize * 8
    let significand = dtype.significandBits
    // A bfloat16 has so few bits that JAX draws bytes for it.
    let drawn = significand < 8 ? 8 : width
    let bits = bind(RandomBits(shape, width: drawn, layout: key.layout), key.data)
      .converted(dtype.bitsType)
    let fraction = ShiftRightLogical()(bits, full(like: bits, drawn - significand))
    let floats = bind(
      BitcastConvertType(dtype), Or()(fraction, full(like: bits, dtype.bitsOfOne)))
    return Sub()(floats, ones(like: floats))
  }

  /// Uniform numbers between bounds of the same dtype, as operations that transforms see.
  package static func composedUniform(
    _ key: Key, _ shape: Shape, _ dtype: DType, low: Tensor, high: Tensor
  ) -> Tensor {
    let unit = composedUnit(key, shape, dtype)
    let span = (high - low).broadcast(to: shape)
    let low = low.broadcast(to: shape)
    // XLA fuses the multiplication and the addition, but rounds half precisions after each.
    let isHalf = dtype.byteSize == 2
    let scaled = isHalf ? Add()(Mul()(unit, span), low) : Fma()(unit, span, low)
    return Max()(low, scaled)
  }

  package static func composedNormal(_ key: Key, _ shape: Shape, _ dtype: DType) -> Tensor {
    let low = Tensor(dtype.aboveMinusOne, dtype: dtype)
    let u = composedUniform(key, shape, dtype, low: low, high: Tensor(1, dtype: dtype))
    return Mul()(full(like: u, Double.rootTwo), ErfInv()(u))
  }

  /// Normal numbers cut to the open interval between bounds of the same dtype.
  package static func composedTruncatedNormal(
    _ key: Key, _ shape: Shape, _ dtype: DType, lower: Tensor, upper: Tensor
  ) -> Tensor {
    // XLA divides by a constant by multiplying with its reciprocal.
    let one = Tensor(1, dtype: dtype)
    let reciprocal = Div()(one, full(like: one, Double.rootTwo))
    let u = composedUniform(
      key, shape, dtype, low: Erf()(lower * reciprocal), high: Erf()(upper * reciprocal))
    let sample = Mul()(full(like: u, Double.rootTwo), ErfInv()(u))
    // Rounding must not reach the bounds, which are excluded.
    let first = NextAfter()(lower, full(like: lower, Double.infinity))
    let last = NextAfter()(upper, full(like: upper, -Double.infinity))
    return Min()(Max()(sample, first.broadcast(to: shape)), last.broadcast(to: shape))
  }

  /// Whether uniform numbers of the dtype of `p` are below it.
  package static func composedBernoulli(
    _ key: Key, _ shape: Shape, _ p: Tensor, _ resolution: Resolution
  ) -> Tensor {
    let (zero, one) = (Tensor(0, dtype: p.dtype), Tensor(1, dtype: p.dtype))
    switch resolution {
    case .low:
      return composedUniform(key, shape, p.dtype, low: zero, high: one) .< p.broadcast(to: shape)
    case .high:
      let (coarse, fine) = uniformPair(key, shape, p.dtype)
      return fine * Tensor(p.dtype.epsilon, dtype: p.dtype) .< p - coarse
    }
  }

  /// Two independent arrays of uniform numbers in [0, 1), drawn as one.
  package static func uniformPair(
    _ key: Key, _ shape: Shape, _ dtype: DType
  ) -> (Tensor, Tensor) {
    let both = uniform(key, shape.inserting(2, at: 0), dtype: dtype)
    return (element(of: both, 0), element(of: both, 1))
  }
}

/// Element `index` along the first axis, which the result lacks.
package func element(of x: Tensor, _ index: Int) -> Tensor {
  var start = x.shape.indices.map { _ in 0 }
  var limit = x.shape.dimensions
  start[0] = index
  limit[0] = index + 1
  return bind(Reshape(x.shape.removing([0])), bind(Slice(start: start, limit: limit), x))
}

extension Double {
  fileprivate static let rootTwo = 2.0.squareRoot()
}
