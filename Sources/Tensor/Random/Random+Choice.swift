extension Random {
  /// Draws numbers below `count`, with equal probability or the probabilities `p`.
  ///
  /// Not `replacing`, no number comes twice. Records an error if `p` does not have `count` elements,
  /// there is nothing to draw from, or too little to draw without replacement.
  public static func choice(
    _ key: Key, _ count: Int, _ shape: Shape = [], replacing: Bool = true,
    probabilities p: Tensor? = nil, resolution: Resolution = .low
  ) -> Tensor {
    let draws = shape.elementCount
    func failure(_ name: String, _ value: String, _ expected: String) -> Tensor {
      record(
        TensorError(
          "Random.choice", .argumentInvalid(name: name, value: value, expected: expected)))
      return .zeros(shape, dtype: .defaultInteger)
    }
    if let placeholder = refuse("choice", key, shape, .defaultInteger, unless: true, "") {
      return placeholder
    }
    if draws == 0 { return .zeros(shape, dtype: .defaultInteger) }
    guard count > 0 else { return failure("count", "\(count)", "at least 1") }
    guard replacing || draws <= count else {
      return failure("shape", "\(shape)", "at most \(count) draws without replacement")
    }
    guard let p else {
      if replacing { return randint(key, shape, 0, count) }
      return first(draws, of: permutation(key, count)).reshaped(to: shape)
    }
    let weights = p.dtype.isFloatingPoint ? p : p.cast(to: .defaultFloat)
    guard p.shape == [count] else { return failure("p", "\(p.type)", "a vector of \(count)") }
    if replacing {
      let sums = cumsum(weights)
      let total = element(of: sums, count - 1)
      let place = total * (1 - uniform(key, shape, dtype: sums.dtype))
      return searchSorted(sums, place).cast(to: .defaultInteger)
    }
    // The largest of log-probabilities with Gumbel noise: https://arxiv.org/abs/1903.06059
    let noise = gumbel(key, [count], dtype: weights.dtype, resolution: resolution)
    let places = topK(noise + log(weights), draws).indices
    return places.reshaped(to: shape).cast(to: .defaultInteger)
  }

  /// Draws slices of `x` along `axis`, with equal probability or the probabilities `p`.
  ///
  /// The axes of `shape` take the place of the axis.
  public static func choice(
    _ key: Key, _ x: Tensor, _ shape: Shape = [], replacing: Bool = true,
    probabilities p: Tensor? = nil, axis: Int = 0, resolution: Resolution = .low
  ) -> Tensor {
    guard let axis = resolvedAxis("Random.choice", x, axis) else { return x }
    let places = choice(
      key, x.shape[axis], shape, replacing: replacing, probabilities: p, resolution: resolution)
    return take(x, places, axis: axis)
  }

  /// Draws indices along `axis` with probabilities proportional to the exponentials of `logits`.
  ///
  /// `shape` ends with the shape of the logits without the axis, which it is by default; what it has
  /// before that are further draws. Not `replacing`, no index comes twice among those, which
  /// are int32 then.
  public static func categorical(
    _ key: Key, _ logits: Tensor, axis: Int = -1, shape: Shape? = nil, replacing: Bool = true,
    resolution: Resolution = .low
  ) -> Tensor {
    guard let axis = resolvedAxis("Random.categorical", logits, axis) else { return logits }
    let batch = logits.shape.removing([axis])
    let shape = shape ?? batch
    let prefix = shape[0..<max(0, shape.rank - batch.rank)]
    func failure(_ fact: TensorError.Fact) -> Tensor {
      record(TensorError("Random.categorical", fact, [.init("logits", logits.type, axis: axis)]))
      return .zeros(shape, dtype: .int32)
    }
    guard shape == Shape(prefix.dimensions + batch.dimensions) else {
      return failure(
        .argumentInvalid(name: "shape", value: "\(shape)", expected: "one that ends with \(batch)"))
    }
    if replacing {
      let sizes = Shape(prefix.dimensions + logits.shape.dimensions)
      let noise = gumbel(key, sizes, dtype: logits.dtype, resolution: resolution)
      return argmax(noise + logits, axis: axis + prefix.rank).cast(to: .defaultInteger)
    }
    let count = prefix.elementCount
    guard count <= logits.shape[axis] else {
      return failure(
        .argumentInvalid(
          name: "shape", value: "\(shape)",
          expected: "at most \(logits.shape[axis]) draws without replacement"))
    }
    let noise = gumbel(key, logits.shape, dtype: logits.dtype, resolution: resolution)
    let places = topK(moveAxis(logits + noise, axis, to: -1), count).indices
    return moveAxis(places, -1, to: 0).reshaped(to: shape)
  }

  private static func first(_ count: Int, of x: Tensor) -> Tensor {
    bind(Slice(start: [0], limit: [count]), x)
  }
}
