/// The order of the elements along axes turned round; a view.
/// https://openxla.org/stablehlo/spec#reverse
package struct Rev: Movement {
  package static let name = "rev"
  /// The axes, resolved.
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard input.shape.resolve(axes: axes) == axes else {
      throw TensorError(
        Self.name, .axesInvalid(axes: axes, rank: input.rank), [.init("operand", input)])
    }
    return [input]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [inputs[0].reversed(axes)]
  }

  package func view(_ layout: Layout) -> Layout? { layout.reversed(axes) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { bind(self, $0) }]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    let shifted = self.axes.map { $0 >= axis ? $0 + 1 : $0 }
    return ([bind(Rev(axes: shifted), inputs[0])], [axis])
  }
}
