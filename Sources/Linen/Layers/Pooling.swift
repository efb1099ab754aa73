/// Averages over a window that moves over the spatial axes, channels last.
///
///     let y = avgPool(x, [2, 2], strides: [2, 2])   // [batch, h, w, c] to [batch, h/2, w/2, c]
///
/// Strides are 1 unless given. With `countIncludePad` false, zeros of the padding do not count.
/// Mirrors `flax.linen.avg_pool`.
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
  return sums(x) / sums(Tensor.ones(Shape(sizes)))
}

/// Takes the largest element of a window that moves over the spatial axes, channels last.
///
/// Strides are 1 unless given. The gradient goes to the first of equal elements. Mirrors
/// `flax.linen.max_pool`.
public func maxPool(
  _ x: Tensor, _ windowShape: [Int], strides: [Int]? = nil, padding: Padding = .valid
) -> Tensor {
  pool(x, windowShape, strides, padding) { ReduceWindowMax(sizes: $0, window: $1) }
}

/// Takes the smallest element of a window that moves over the spatial axes, channels last.
///
/// Strides are 1 unless given. Mirrors `flax.linen.pooling.min_pool`.
public func minPool(
  _ x: Tensor, _ windowShape: [Int], strides: [Int]? = nil, padding: Padding = .valid
) -> Tensor {
  pool(x, windowShape, strides, padding) { ReduceWindowMin(sizes: $0, window: $1) }
}

/// Moves a window over the axes between the batch and the features.
private func pool(
  _ x: Tensor, _ windowShape: [Int], _ strides: [Int]?, _ padding: Padding,
  _ operation: ([Int], ConvWindow) -> some WindowReduction
) -> Tensor {
  let rank = windowShape.count
  let batchCount = x.rank - rank - 1
  guard batchCount >= 0 else {
    record(
      TensorError(
        "pool", .rankInvalid(rank: x.rank, expected: "\(rank) spatial axes and the features"),
        [.init("inputs", x.type)]))
    return x
  }
  let steps = strides ?? Array(repeating: 1, count: rank)
  guard steps.count == rank else {
    record(
      LinenError(
        .other(
          "len(\(pythonTuple(windowShape.map(String.init)))) must equal len(\(pythonTuple(steps.map(String.init))))"
        )))
    return x
  }
  let ones = Array(repeating: 1, count: rank)
  let window = SpatialWindow(
    kernel: windowShape, strides: steps, inputDilation: ones, kernelDilation: ones)
  // The padding counts spatial axes, whatever stands before them.
  let spatial = x.shape[batchCount..<x.rank - 1].dimensions
  let pads: [(Int, Int)]
  switch padding {
  case .same: pads = window.samePads(spatial)
  case .valid: pads = ones.map { _ in (0, 0) }
  case .all(let count): pads = ones.map { _ in (count, count) }
  case .each(let counts) where counts.count == rank: pads = counts.map { ($0, $0) }
  case .pairs(let pairs) where pairs.count == rank: pads = pairs
  default:
    record(
      LinenError(
        .other(
          "padding \(padding) must specify pads for same number of dims as window_shape "
            + pythonTuple(windowShape.map(String.init)))))
    pads = ones.map { _ in (0, 0) }
  }
  let still = ConvWindow.Axis()
  let axes =
    Array(repeating: still, count: batchCount) + window.padded(pads).spatial + [still]
  let sizes = Array(repeating: 1, count: batchCount) + windowShape + [1]
  return bind(operation(sizes, ConvWindow(axes)), x)
}
