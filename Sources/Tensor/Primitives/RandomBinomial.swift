/// Binomially distributed numbers: key data `uint32[batch..., 2]`, numbers of trials and
/// probabilities `[batch..., shape...]`, both float32 or float64, to whole numbers of that type.
///
/// As `jax.random.binomial`: sums of geometric numbers where 10 or fewer are expected, transformed
/// rejection above. https://doi.org/10.1080/00949659308811496
package struct RandomBinomial: NonDifferentiable {
  package static let name = "random_binomial"
  package let layout: ThreefryLayout

  package init(layout: ThreefryLayout) { self.layout = layout }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (key, trials, probability) = (inputs[0], inputs[1], inputs[2])
    let batch = try KeyData.batch(Self.name, key)
    guard trials.shape == probability.shape, trials.dtype == probability.dtype,
      trials.dtype == .float32 || trials.dtype == .float64, trials.shape[0..<batch.rank] == batch
    else {
      throw TensorError(
        Self.name,
        .other(
          "trials and probability must be of one type, f32 or f64, the axes of the keys first"),
        [.init("key", key), .init("trials", trials), .init("probability", probability)],
        placeholders: [trials])
    }
    return [trials.with(dtype: trials.dtype)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let operands = (inputs[1].contiguous(), inputs[2].contiguous())
    if outputs[0].dtype == .float64 {
      fill(result, KeyData.words(inputs[0]), operands, of: Double.self)
    } else {
      fill(result, KeyData.words(inputs[0]), operands, of: Float.self)
    }
    return [result]
  }

  private func fill<T: BinaryFloatingPoint & ElementaryFunctions & Scalar>(
    _ result: NDArray, _ keys: [Threefry.Pair], _ operands: (NDArray, NDArray), of type: T.Type
  ) {
    defer { withExtendedLifetime((result, operands)) {} }
    let count = keys.isEmpty ? 0 : result.count / keys.count
    for (member, key) in keys.enumerated() {
      func numbers(_ array: NDArray) -> [T] {
        Array(UnsafeBufferPointer(start: array.pointer(as: T.self) + member * count, count: count))
      }
      let drawn = Binomial(
        trials: numbers(operands.0), probability: numbers(operands.1), layout: layout
      ).draw(key)
      for (index, value) in drawn.enumerated() {
        result.pointer(as: T.self)[member * count + index] = value
      }
    }
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

/// The draws of one key, all of which go on as long as one is open, as in JAX.
private struct Binomial<T: BinaryFloatingPoint & ElementaryFunctions & Scalar> {
  let trials: [T]
  let probability: [T]
  let layout: ThreefryLayout

  func draw(_ key: Threefry.Pair) -> [T] {
    // The rarer of success and failure is drawn.
    let rarer = probability.map { p in
      let q = p < 0.5 ? p : 1 - p
      return q.isNaN || q < 0 ? 0.01 : q
    }
    let isSmall = zip(trials, rarer).map { n, q in !(n >= 0) || n * q <= 10 }
    let whole = trials.map { $0.rounded(.down) }
    let small = inverted(key, zip(whole, isSmall).map { $1 ? $0 : 0 }, rarer)
    let large = rejecting(
      key, zip(whole, isSmall).map { $1 ? 1e4 : $0 }, zip(rarer, isSmall).map { $1 ? 0.5 : $0 })
    return trials.indices.map { index in
      let (n, p) = (trials[index], probability[index])
      guard n >= 0, !p.isNaN, p >= 0, p <= 1 else { return .nan }
      if n.isInfinite { return n }
      let drawn = isSmall[index] ? small[index] : large[index]
      return p < 0.5 ? drawn : whole[index] - drawn
    }
  }

  private func uniform(_ key: Threefry.Pair) -> [T] {
    let dtype = T.dtype
    let draws = Random.uniform(Key(key, layout: layout), [trials.count], dtype: dtype)
    return (try? draws.scalars(as: T.self)) ?? []
  }

  private func split(_ key: Threefry.Pair, _ index: Int, _ count: Int) -> Threefry.Pair {
    Threefry.split(key, index, of: count, layout)
  }

  /// How many geometric numbers fit into the number of trials.
  private func inverted(_ key: Threefry.Pair, _ trials: [T], _ q: [T]) -> [T] {
    var key = key
    var counts = [T](repeating: 0, count: trials.count)
    var sums = counts
    while zip(sums, trials).contains(where: { $0 <= $1 }) {
      let draw = split(key, 0, 2)
      key = split(key, 1, 2)
      for (index, u) in uniform(draw).enumerated() {
        if sums[index] <= trials[index] { counts[index] += 1 }
        sums[index] += (T.log(u) / T.log1p(-q[index])).rounded(.up)
      }
    }
    return counts.map { $0 - 1 }
  }

  /// Hoermann's BTRS.
  ///
  /// A number that was accepted gives way to a later one.
  private func rejecting(_ key: Threefry.Pair, _ trials: [T], _ q: [T]) -> [T] {
    var key = key
    var result = [T?](repeating: nil, count: trials.count)
    while result.contains(nil) {
      let (first, second) = (split(key, 1, 3), split(key, 2, 3))
      key = split(key, 0, 3)
      let (u, v) = (uniform(first), uniform(second))
      for index in trials.indices {
        if let k = trial(u[index] - 0.5, v[index], trials[index], q[index]) { result[index] = k }
      }
    }
    return result.map { $0 ?? -1 }
  }

  private func trial(_ u: T, _ v: T, _ n: T, _ q: T) -> T? {
    let half: T = 0.5
    let deviation: T = (n * q * (1 - q)).squareRoot()
    let b: T = 1.15 + 2.53 * deviation
    let a: T = -0.0873 + 0.0248 * b + 0.01 * q
    let shifted: T = half - abs(u)
    let slope: T = 2 * a / shifted + b
    let place: T = slope * u + (n * q + half)
    let k = place.rounded(.down)
    let limit: T = 0.92 - 4.2 / b
    if shifted >= 0.07 && v <= limit { return k }
    if k < 0 || k > n { return nil }
    let alpha: T = (2.83 + 5.1 / b) * deviation
    let odds: T = q / (1 - q)
    let mode = ((n + 1) * q).rounded(.down)
    let (aboveMode, above): (T, T) = (n - mode + 1, n - k + 1)
    var bound: T = (mode + half) * T.log((mode + 1) / (odds * aboveMode))
    bound += (n + 1) * T.log(aboveMode / above)
    bound += (k + half) * T.log(odds * above / (k + 1))
    bound += Self.stirlingTail(mode)
    bound += Self.stirlingTail(n - mode)
    bound -= Self.stirlingTail(k)
    bound -= Self.stirlingTail(n - k)
    let density: T = a / (shifted * shifted) + b
    return T.log(v * alpha / density) <= bound ? k : nil
  }

  /// What Stirling's formula lacks of log(k!); above 9 that of 9, as in JAX.
  private static func stirlingTail(_ k: T) -> T {
    if k <= 9 { return tails[Int(Swift.max(k, 0))] }
    return tailAbove
  }

  private static var tails: [T] {
    [
      0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
      0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
      0.00925546218271273, 0.00833056343336287,
    ]
  }

  private static var tailAbove: T {
    let squared: T = 100
    let (first, second, third): (T, T, T) = (1.0 / 12, 1.0 / 360, 1.0 / 1260)
    return (first - (second - third / squared) / squared) / 10
  }
}
