/// The first operand, which is the softmax of the second along axes, with the derivative of that.
///
/// For y = softmax(x) the tangent is y (t - sum(y t)): cheaper than that of exponential, sum and
/// quotient, and what `jax.nn.softmax` states as its rule. The first operand counts as a constant.
package struct SoftmaxRule: Primitive {
  package static let name = "softmax_rule"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (y, x) = (inputs[0], inputs[1])
    guard y.shape == x.shape, y.dtype == x.dtype else {
      throw TensorError(
        Self.name, .shapesDiffer, [.init("softmax", y), .init("operand", x)], placeholders: [y])
    }
    guard x.shape.resolve(axes: axes) == axes else {
      throw TensorError(
        Self.name, .axesInvalid(axes: axes, rank: x.rank), [.init("operand", x)],
        placeholders: [y])
    }
    return [y]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { [inputs[0]] }

  package func view(_ layout: Layout) -> Layout? { layout }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let y = primals[0]
    guard let t = tangents[1] else { return ([y], [nil]) }
    // Half precisions are rounded once, at the end.
    let (wide, slope) = (y.cast(to: widened(y.dtype)), t.cast(to: widened(y.dtype)))
    let total = sum(wide * slope, axes: axes, keepingAxes: true)
    return ([y], [(wide * (slope - total)).converted(y.dtype, isWeak: t.type.isWeak)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ batchAxes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, batchAxes, size: size)
    return (bind(SoftmaxRule(axes: axes.map { $0 >= axis ? $0 + 1 : $0 }), aligned), [axis])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
