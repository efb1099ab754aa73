/// Averages over a window that moves over the spatial axes, channels last.
///
///     let y = avgPool(x, [2, 2], strides: [2, 2])   // [batch, h, w, c] to [batch, h/2, w/2, c]
///
/// `y[b, p, c] = 1/n sum over t of x[b, p * stride + t - pad, c]`, n places in the window. Inputs are
/// `[batch..., spatial..., channels]`. Strides are 1 unless given, not the window's size. With `countIncludePad` false, zeros of the padding do not count. Mirrors `flax.linen.avg_pool`.
public func avgPool(
  _ x: Tensor, _ windowShape: [Int], strides: [Int]? = nil, padding: Padding = .valid,
  countIncludePad: Bool = true
) -> Tensor {
  func sums(_ x: Tensor) -> Tensor {
    pool(x, windowShape, strides, padding) { ReduceWindowSum(sizes: $0, window: $1) }
  }
  if countIncludePad { return sums(x) / windowShape.reduce(1, *) }
  let spatial = x.rank - 1 - windowShape.count
  var sizes = Array(x.shape.dimensions.dropLast()) + [1]
  if spatial == 1 { sizes[0] = 1 }
  // JAX counts the numbers of places, which are the same in every call.
  let one =
    Counting.isOn
    ? stopGradient(Tensor(ShapeDtype(Shape(sizes), .float32))) : Tensor.ones(Shape(sizes))
  return sums(x) / sums(one)
}

/// Takes the largest element of a window that moves over the spatial axes, channels last.
///
/// `y[b, p, c] = max over t of x[b, p * stride + t - pad, c]`; padding never counts.
/// Inputs are `[batch..., spatial..., channels]`. Strides are 1 unless given, not the window's size.
/// The gradient goes to the first of equal elements. Mirrors `flax.linen.max_pool`.
public func maxPool(
  _ x: Tensor, _ windowShape: [Int], strides: [Int]? = nil, padding: Padding = .valid
) -> Tensor {
  pool(x, windowShape, strides, padding) { ReduceWindowMax(sizes: $0, window: $1) }
}

/// Takes the smallest element of a window that moves over the spatial axes, channels last.
///
/// `y[b, p, c] = min over t of x[b, p * stride + t - pad, c]`; padding never counts.
/// Inputs are `[batch..., spatial..., channels]`. Strides are 1 unless given, not the window's size.
/// Mirrors `flax.linen.pooling.min_pool`.
public func minPool(
  _ x: Tensor, _ windowShape: [Int], strides: [Int]? = nil, padding: Padding = .valid
) -> Tensor {
  pool(x, windowShape, strides, padding) { ReduceWindowMin(sizes: $0, window: $1) }
}

/// Reduces a window that moves over the spatial axes by a function of two tensors, channels last.
///
///     let products = pool(x, 1, [2, 2]) { $0 * $1 }
///
/// `initial` is where the reduction begins, and what the padding holds; `reduce` is applied
/// elementwise, first to it. Inputs are `[batch..., spatial..., channels]`; strides are 1 unless
/// given. Takes one call of `reduce` for each place of the window. Mirrors `flax.linen.pooling.pool`.
public func pool(
  _ x: Tensor, _ initial: Double, _ windowShape: [Int], strides: [Int]? = nil,
  padding: Padding = .valid, reduce: (Tensor, Tensor) -> Tensor
) -> Tensor {
  guard let window = PoolWindow(x, windowShape, strides, padding) else { return x }
  let start = Tensor(initial, dtype: x.dtype)
  let padded = pad(x, window.axes.map { ($0.low, $0.high) }, constant: start)
  let places = window.axes.enumerated().map { index, axis in
    Swift.max(0, axis.outputSize(input: x.shape[index], kernel: window.sizes[index]))
  }
  let result = start.broadcast(to: Shape(places))
  if places.contains(0) { return result }
  return taps(window.sizes).reduce(result) { result, tap in
    let slice = tap.indices.reduce(padded) { slice, axis in
      let step = window.axes[axis].stride
      let end = tap[axis] + (places[axis] - 1) * step + 1
      return slice.sliced(along: axis, tap[axis]..<end, step: step)
    }
    return reduce(result, slice)
  }
}

/// All places in a window of such sizes, in row-major order.
private func taps(_ sizes: [Int]) -> [[Int]] {
  sizes.reduce([[]]) { taps, size in taps.flatMap { tap in (0..<size).map { tap + [$0] } } }
}

/// Moves a window over the axes between the batch and the features.
private func pool(
  _ x: Tensor, _ windowShape: [Int], _ strides: [Int]?, _ padding: Padding,
  _ operation: ([Int], ConvWindow) -> some WindowReduction
) -> Tensor {
  guard let window = PoolWindow(x, windowShape, strides, padding) else { return x }
  return bind(operation(window.sizes, ConvWindow(window.axes)), x)
}

/// The window of a pool, with all axes of the input.
private struct PoolWindow {
  /// The sizes of the window: 1 for the batch and the features.
  let sizes: [Int]
  /// The steps and the padding of each axis.
  let axes: [ConvWindow.Axis]

  /// The window over an input; nil after recording that they don't fit.
  init?(_ x: Tensor, _ windowShape: [Int], _ strides: [Int]?, _ padding: Padding) {
    let rank = windowShape.count
    let batchCount = x.rank - rank - 1
    guard batchCount >= 0 else {
      record(
        TensorError(
          "pool", .rankInvalid(rank: x.rank, expected: "\(rank) spatial axes and the features"),
          [.init("inputs", x.type)]))
      return nil
    }
    let steps = strides ?? Array(repeating: 1, count: rank)
    guard steps.count == rank else {
      record(
        LinenError(
          .other("len(\(pythonTuple(windowShape))) must equal len(\(pythonTuple(steps)))")))
      return nil
    }
    let ones = Array(repeating: 1, count: rank)
    let window = SpatialWindow(
      kernel: windowShape, strides: steps, inputDilation: ones, kernelDilation: ones)
    guard window.isPositive("pool", x) else { return nil }
    // The padding counts spatial axes, whatever stands before them.
    let spatial = x.shape[batchCount..<x.rank - 1].dimensions
    guard let pads = PoolWindow.pads(padding, window, spatial) else { return nil }
    let still = ConvWindow.Axis()
    axes = Array(repeating: still, count: batchCount) + window.padded(pads).spatial + [still]
    sizes = Array(repeating: 1, count: batchCount) + windowShape + [1]
  }

  private static func pads(
    _ padding: Padding, _ window: SpatialWindow, _ sizes: [Int]
  ) -> [(Int, Int)]? {
    let rank = window.rank
    switch padding {
    case .same: return window.samePads(sizes)
    case .sameLower: return window.samePads(sizes).map { ($1, $0) }
    case .valid: return sizes.map { _ in (0, 0) }
    case .all(let count): return sizes.map { _ in (count, count) }
    case .each(let counts) where counts.count == rank: return counts.map { ($0, $0) }
    case .pairs(let pairs) where pairs.count == rank: return pairs
    case .circular, .reflect, .causal, .each, .pairs:
      record(
        LinenError(
          .other(
            "padding \(padding) must specify pads for same number of dims as window_shape "
              + pythonTuple(window.kernel))))
      return nil
    }
  }
}
