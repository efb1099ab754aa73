/// The operand, which counts as a constant: its tangent is zero.
package struct StopGradient: NonDifferentiable {
  package static let name = "stop_gradient"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { [inputs[0]] }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { [inputs[0]] }

  package func view(_ layout: Layout) -> Layout? { layout }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
