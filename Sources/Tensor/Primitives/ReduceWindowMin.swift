/// The smallest element of a window at each of its places; elements of the padding don't count.
/// https://openxla.org/stablehlo/spec#reduce_window
package struct ReduceWindowMin: WindowReduction {
  package static let name = "reduce_window_min"
  package static let combination = Windows.Combination.min
  package let sizes: [Int]
  package let window: ConvWindow

  package init(sizes: [Int], window: ConvWindow) {
    self.sizes = sizes
    self.window = window
  }

  /// The tangent of the first smallest element of each window.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let gather = SelectAndGatherAdd(.min, sizes: sizes, window: window)
    return (bind(self, primals), [tangents[0].map { bind(gather, $0, primals[0]) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}
