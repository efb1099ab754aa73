/// The k largest elements along an axis, largest first, and their int32 indices.
///
/// Of equal elements the one with the smaller index comes first; NaN counts as largest. Mirrors
/// `jax.lax.top_k`. https://openxla.org/stablehlo/generated/chlo
package struct TopK: Primitive {
  package static let name = "top_k"
  package let k: Int
  package let axis: Int

  package init(_ k: Int, axis: Int) {
    self.k = k
    self.axis = axis
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    guard x.shape.indices.contains(axis) else {
      throw TensorError(
        Self.name, .axisOutOfRange(axis: axis, rank: x.rank), [.init("operand", x)],
        placeholders: [x, x.with(dtype: .int32)])
    }
    guard 0...x.shape.dimensions[axis] ~= k else {
      throw TensorError(
        Self.name,
        .argumentInvalid(name: "k", value: "\(k)", expected: "at most the size of the axis"),
        [.init("operand", x, axis: axis)], placeholders: [x, x.with(dtype: .int32)])
    }
    guard !x.dtype.isComplex else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: x.dtype, expected: "a real type"),
        [.init("operand", x)], placeholders: [x, x.with(dtype: .int32)])
    }
    let shape = x.shape.replacing(axis, with: k)
    return [x.with(shape: shape), ShapeDtype(shape, .int32)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    Sorting.top(inputs[0], k, axis: axis, outputs)
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let results = bind(self, primals)
    return (results, [tangents[0].map { gatherAlong($0, results[1], axis: axis) }, nil])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let batch = axes[0] ?? 0
    let outputs = bind(TopK(k, axis: axis >= batch ? axis + 1 : axis), inputs)
    return (outputs, [batch, batch])
  }

  /// As a sort of the whole.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Sort(axis: axis).cost(inputs, outputs)
  }
}
