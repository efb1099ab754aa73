extension Random {
  /// Draws how many of `count` trials succeed with `probability` each, as whole floating-point
  /// numbers.
  ///
  /// `shape` is that to which both broadcast unless it is given. NaN where the count is negative or
  /// the probability outside of 0 to 1. Half precisions are drawn in float32; equal to JAX where no
  /// decision is within rounding.
  public static func binomial(
    _ key: Key, _ count: Tensor, _ probability: Tensor, _ shape: Shape? = nil,
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let parameters = [("count", count), ("probability", probability)]
    guard let shape = commonShape("binomial", shape, parameters) else { return probability }
    if let placeholder = refuse("binomial", key, shape, dtype) { return placeholder }
    let exact = probability.dtype.isFloatingPoint ? probability.dtype : .defaultFloat
    let drawn = exact.byteSize < 4 ? DType.float32 : exact
    let draws = bind(
      RandomBinomial(layout: key.layout),
      [key.data] + [count, probability].map { $0.cast(to: drawn).broadcast(to: shape) })
    return draws[0].cast(to: dtype)
  }

  /// Draws how often each outcome along the last axis of `probabilities` comes in `count` trials.
  ///
  /// The counts are whole floating-point numbers that sum to `count`. `shape`, that of the
  /// probabilities unless it is given, ends with the axis of outcomes; `count` broadcasts to the rest.
  public static func multinomial(
    _ key: Key, _ count: Tensor, _ probabilities: Tensor, _ shape: Shape? = nil,
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let shape = shape ?? probabilities.shape
    guard shape.rank > 0, probabilities.rank > 0 else {
      record(
        TensorError(
          "Random.multinomial",
          .rankInvalid(rank: probabilities.rank, expected: "at least 1, with the outcomes last"),
          [.init("probabilities", probabilities.type)]))
      return probabilities
    }
    if let placeholder = refuse("multinomial", key, shape, dtype) { return placeholder }
    let exact = probabilities.dtype.isFloatingPoint ? probabilities.dtype : .defaultFloat
    var rest = count.cast(to: exact).broadcast(to: shape[0..<shape.rank - 1])
    let outcomes = moveAxis(
      probabilities.cast(to: exact).broadcast(to: shape), -1, to: 0)
    let open = flip(cumsum(flip(outcomes, axes: [0]), axis: 0), axes: [0])
    let ratios = clip(outcomes / which(open .== 0, 1, open), low: 0, high: 1)
    var counts: [Tensor] = []
    for (index, own) in key.split(outcomes.shape[0]).enumerated() {
      // Of the trials that are left, those for this outcome and not for a later one.
      let drawn = binomial(own, rest, element(of: ratios, index), dtype: exact)
      rest = rest - drawn
      counts.append(drawn)
    }
    return stack(counts, axis: -1).cast(to: dtype)
  }
}
