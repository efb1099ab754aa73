import CKernels

/// Gamma-distributed numbers of shape parameter `alpha` and scale 1, or their logarithms: key data
/// `uint32[batch..., 2]` and `alpha [batch..., shape...]` of a floating-point type, to the latter's
/// type.
///
/// As `jax.random.gamma`, by the rejection of Marsaglia and Tsang, each number with a key of its
/// own. Half precisions are rounded after each step, which decides what is rejected.
/// https://doi.org/10.1145/358407.358414
package struct RandomGamma: Primitive {
  package static let name = "random_gamma"
  package let isLogarithmic: Bool
  package let layout: ThreefryLayout

  package init(isLogarithmic: Bool, layout: ThreefryLayout) {
    self.isLogarithmic = isLogarithmic
    self.layout = layout
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (key, alpha) = (inputs[0], inputs[1])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, [.init("key", key), .init("alpha", alpha)], placeholders: [alpha])
    }
    let batch = try KeyData.batch(Self.name, key)
    guard alpha.shape[0..<batch.rank] == batch else { throw failure(.shapesDiffer) }
    guard alpha.dtype.isFloatingPoint else {
      throw failure(.dtypeUnsupported(dtype: alpha.dtype, expected: "a floating-point type"))
    }
    return [alpha.with(dtype: alpha.dtype)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let dtype = outputs[0].dtype
    // Half precisions are kept in float32.
    let stored = dtype == .float64 ? dtype : .float32
    let alpha = inputs[1].converted(to: stored).contiguous()
    let result = NDArray(uninitialized: stored, outputs[0].shape)
    let keys = KeyData.words(inputs[0])
    let count = keys.isEmpty ? 0 : alpha.count / keys.count
    // A number takes about a microsecond.
    parallelRanges(alpha.count, grain: 512) { range in
      for index in range {
        let (member, place) = index.quotientAndRemainder(dividingBy: count)
        let key = Threefry.split(keys[member], place, of: count, layout)
        if dtype == .float64 {
          result.pointer(as: Double.self)[index] = draw(key, alpha.pointer(as: Double.self)[index])
          continue
        }
        let alpha = alpha.pointer(as: Float.self)[index]
        result.pointer(as: Float.self)[index] =
          switch dtype {
          case .float16: draw(key, HalfDraw<Float16Format>.rounding(alpha)).value
          case .bfloat16: draw(key, HalfDraw<BFloat16Format>.rounding(alpha)).value
          default: draw(key, alpha)
          }
      }
    }
    return [result.converted(to: dtype)]
  }

  private func draw<T: ScalarDraw>(_ key: Threefry.Pair, _ original: T) -> T {
    func split(_ key: Threefry.Pair, _ index: Int, _ count: Int = 2) -> Threefry.Pair {
      Threefry.split(key, index, of: count, layout)
    }
    // Below 1, the number is one for alpha + 1 times a uniform one to the power of 1 / alpha.
    let isBoosted = original < 1
    let alpha = isBoosted ? original + 1 : original
    let third = 0.333333333333333333 as T
    let d = alpha - third
    let c = third / d.squareRoot()
    var next = split(key, 0)
    let last = split(key, 1)
    var (squared, cubed, u) = (0 as T, 1 as T, 2 as T)
    repeat {
      let (forX, forU) = (split(next, 1, 3), split(next, 2, 3))
      next = split(next, 0, 3)
      let (x, v) = positiveDraw(forX, c)
      squared = x * x
      cubed = v * v * v
      u = T.uniform(forU, layout)
    } while u >= 1 - 0.0331 * (squared * squared)
      && T.log(u) >= squared * 0.5 + d * (1 - cubed + T.log(cubed))
    let rest = T.uniform(last, layout)
    if isLogarithmic {
      let logarithm = T.log1p(-rest)
      let boost = !isBoosted || logarithm == 0 ? 0 : logarithm * (1 / original)
      return T.log(d) + T.log(cubed) + boost
    }
    return d * cubed * (isBoosted ? T.pow(1 - rest, 1 / original) : 1)
  }

  /// A normal x for which v = 1 + c x is positive.
  private func positiveDraw<T: ScalarDraw>(_ key: Threefry.Pair, _ c: T) -> (x: T, v: T) {
    var key = key
    while true {
      let own = Threefry.split(key, 1, of: 2, layout)
      key = Threefry.split(key, 0, of: 2, layout)
      let x = T.normal(own, layout)
      let v = 1 + x * c
      // A NaN for alpha goes through all and comes out.
      if !(v <= 0) { return (x, v) }
    }
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let sample = bind(self, primals)
    guard let t = tangents[1] else { return ([sample[0]], [nil]) }
    guard isLogarithmic else { return (sample, [Mul()(t, slope(primals[1], sample[0]))]) }
    // Tiny numbers are 0 in float, of which the derivative would be lost.
    let value = Exp()(sample[0])
    let tiny = full(like: value, value.dtype.leastNormal)
    let positive = Max()(value, tiny)
    return (sample, [Mul()(t, Div()(slope(primals[1], positive), positive))])
  }

  private func slope(_ alpha: Tensor, _ sample: Tensor) -> Tensor {
    guard alpha.dtype.byteSize == 2 else { return RandomGammaGrad()(alpha, sample) }
    let (wideAlpha, wideSample) = (alpha.cast(to: .float32), sample.cast(to: .float32))
    return RandomGammaGrad()(wideAlpha, wideSample).cast(to: alpha.dtype)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let aligned = zip(inputs, axes).map { input, axis in
      guard let axis else { return insertAxis(input, at: 0, size: size) }
      return moveAxis(input, from: axis, to: 0)
    }
    return (bind(self, aligned), [0])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
