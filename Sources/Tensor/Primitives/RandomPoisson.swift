import CKernels

/// Poisson-distributed numbers: key data `uint32[batch..., 2]` and rates `float32[batch...,
/// shape...]` to `float32` of whole numbers, as `jax.random.poisson`.
package struct RandomPoisson: NonDifferentiable {
  package static let name = "random_poisson"
  package let layout: ThreefryLayout

  package init(layout: ThreefryLayout) { self.layout = layout }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (key, rate) = (inputs[0], inputs[1])
    let batch = try KeyData.batch(Self.name, key)
    guard rate.dtype == .float32, rate.shape[0..<batch.rank] == batch else {
      throw TensorError(
        Self.name, .other("the rates must be f32 and have the axes of the keys first"),
        [.init("key", key), .init("rate", rate)], placeholders: [rate.with(dtype: .float32)])
    }
    return [rate.with(dtype: .float32)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let rates = inputs[1].contiguous()
    let keys = KeyData.words(inputs[0])
    let count = keys.isEmpty ? 0 : rates.count / keys.count
    for (member, key) in keys.enumerated() {
      let rate = UnsafeBufferPointer(
        start: rates.pointer(as: Float.self) + member * count, count: count)
      let low = multiplying(key, rate.map { $0 >= 10 ? 0 : $0 })
      let high = rejecting(key, rate.map { $0 >= 10 ? $0 : 1e5 })
      let target = result.pointer(as: Float.self) + member * count
      for index in 0..<count {
        target[index] = rate[index] == 0 ? 0 : rate[index] >= 10 ? high[index] : low[index]
      }
    }
    return [result]
  }

  private func uniform(_ key: Threefry.Pair, _ count: Int) -> [Float] {
    (try? Random.uniform(Key(key, layout: layout), [count], dtype: .float32).scalars()) ?? []
  }

  private func split(_ key: Threefry.Pair, _ index: Int, _ count: Int) -> Threefry.Pair {
    Threefry.split(key, index, of: count, layout)
  }

  /// How many uniform numbers multiply to above e^-rate.
  private func multiplying(_ key: Threefry.Pair, _ rate: [Float]) -> [Float] {
    var key = key
    var counts = [Float](repeating: 0, count: rate.count)
    var logarithms = counts
    while zip(logarithms, rate).contains(where: { $0 > -$1 }) {
      let draw = split(key, 1, 2)
      key = split(key, 0, 2)
      for (index, u) in uniform(draw, rate.count).enumerated() {
        if logarithms[index] > -rate[index] { counts[index] += 1 }
        logarithms[index] += Float.log(u)
      }
    }
    return counts.map { $0 - 1 }
  }

  /// Hoermann's transformed rejection, again for all as long as one is open.
  ///
  /// As in JAX a number that was accepted gives way to a later one, and rates below 10 take part as
  /// 1e5: both change the results.
  private func rejecting(_ key: Threefry.Pair, _ rate: [Float]) -> [Float] {
    var key = key
    var result = [Float?](repeating: nil, count: rate.count)
    while result.contains(nil) {
      let (first, second) = (split(key, 1, 3), split(key, 2, 3))
      key = split(key, 0, 3)
      let (u, v) = (uniform(first, rate.count), uniform(second, rate.count))
      for index in rate.indices {
        if let k = trial(u[index] - 0.5, v[index], rate[index]) { result[index] = k }
      }
    }
    return result.map { $0 ?? -1 }
  }

  private func trial(_ u: Float, _ v: Float, _ rate: Float) -> Float? {
    let b = 0.931 + 2.53 * rate.squareRoot()
    let a = -0.059 + 0.02483 * b
    let shifted = 0.5 - abs(u)
    let k = ((2 * a / shifted + b) * u + rate + 0.43).rounded(.down)
    if shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2) { return k }
    if k < 0 || (shifted < 0.013 && v > shifted) { return nil }
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let s = Float.log(v * inverseAlpha / (a / (shifted * shifted) + b))
    let t = -rate + k * Float.log(rate) - Float.lgamma(k + 1)
    return s <= t ? k : nil
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
