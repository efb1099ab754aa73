/// The sum of a window's elements at each of its places.
/// https://openxla.org/stablehlo/spec#reduce_window
package struct ReduceWindowSum: WindowReduction, Linear {
  package static let name = "reduce_window_sum"
  package static let combination = Windows.Combination.sum
  package let sizes: [Int]
  package let window: ConvWindow

  package init(sizes: [Int], window: ConvWindow) {
    self.sizes = sizes
    self.window = window
  }

  /// A window sum again, with strides and base dilation exchanged.
  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard let ct = cotangents[0] else { return [nil] }
    let input = inputs[0].type
    if ct.elementCount == 0 { return [Tensor(NDArray.filled(0, input))] }
    let transposed = window.spatial.indices.map { axis in
      window.spatial[axis].lhsTransposed(
        input: input.shape.dimensions[axis], kernel: sizes[axis], output: ct.shape.dimensions[axis])
    }
    return [bind(ReduceWindowSum(sizes: sizes, window: ConvWindow(transposed)), ct)]
  }
}
