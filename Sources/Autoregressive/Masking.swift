import Linen

/// Runs `body` on `[batch, places..., channels]`, with a batch axis that is taken away again if the
/// input has none.
///
/// Records an error for another number of axes.
func withOneBatchAxis(
  _ x: Tensor, placeAxes: Int, _ layer: String, _ body: (Tensor) -> Tensor
) -> Tensor {
  switch x.rank - placeAxes - 1 {
  case 1: return body(x)
  case 0: return body(expandDims(x, axes: [0])).squeezed([0])
  default:
    let expected = "\(placeAxes) axes of places and the channels, with or without a batch"
    record(
      TensorError(
        layer, .rankInvalid(rank: x.rank, expected: expected), [.init("inputs", x.type)]))
    return x
  }
}

/// Convolves with zeros around the places; they are put there first where operations are counted, as
/// NetKet's products with them are.
func padding(
  _ x: Tensor, _ pads: [WindowPadding.Pair],
  _ convolve: (Tensor, [WindowPadding.Pair]) -> Tensor
) -> Tensor {
  guard Counting.isOn, pads.contains(where: { $0 != .init(0, 0) }) else { return convolve(x, pads) }
  let around = Pad(low: [0] + pads.map(\.low) + [0], high: [0] + pads.map(\.high) + [0])
  return convolve(
    bind(around, x, Counting.integer(0).cast(to: x.dtype)),
    pads.map { _ in WindowPadding.Pair(0, 0) })
}

/// Whether the groups divide the channels; records an error if not.
func checkGroups(_ x: Tensor, _ groups: Int, _ layer: String) -> Bool {
  if groups > 0, x.shape[-1] % groups == 0 { return true }
  record(
    TensorError(
      layer,
      .argumentInvalid(
        name: "featureGroupCount", value: "\(groups)",
        expected: "a divisor of the \(x.shape[-1]) channels"),
      [.init("inputs", x.type, axis: x.rank - 1)]))
  return false
}

/// An initializer's numbers where the mask is 1, so large that the variance stays what it was.
func masked(_ initializer: Initializer, _ mask: Tensor) -> Initializer {
  Initializer("masked(\(initializer))") { key, shape, dtype in
    let count = Tensor(Double(mask.elementCount), dtype: dtype)
    return sqrt(count / sum(mask)) * mask * initializer(key, shape, dtype)
  }
}
