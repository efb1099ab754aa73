/// Pieces of an operand along an axis: one result for each of `sizes`, which add up to the axis's size.
///
/// Mirrors `jax.lax.split`, whose cotangents are put together again in one step. Pieces are views
/// where they are taken one by one, by `Slice`; this form is for counting.
package struct Split: Primitive {
  package static let name = "split"
  package let sizes: [Int]
  package let axis: Int

  package init(_ sizes: [Int], axis: Int) {
    self.sizes = sizes
    self.axis = axis
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard input.shape.resolve(axes: [axis]) == [axis] else {
      throw TensorError(
        Self.name, .axesInvalid(axes: [axis], rank: input.rank), [.init("operand", input)])
    }
    let outputs = sizes.map { input.with(shape: input.shape.replacing(axis, with: $0)) }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == input.shape.dimensions[axis] else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "sizes", value: "\(sizes)", expected: "\(input.shape.dimensions[axis]) in all"),
        [.init("operand", input, axis: axis)], placeholders: outputs)
    }
    return outputs
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    var start = 0
    return zip(sizes, outputs).map { size, output in
      defer { start += size }
      return inputs[0].view(
        output.shape, strides: inputs[0].strides, offset: start * inputs[0].strides[axis])
    }
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let none = sizes.map { _ in nil as Tensor? }
    return (bind(self, primals), tangents[0].map { bind(self, [$0]) } ?? none)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .linear(let type) = inputs[0] else { return notLinear(inputs) }
    if cotangents.allSatisfy({ $0 == nil }) { return [nil] }
    let parts = zip(cotangents, sizes).map { cotangent, size in
      cotangent ?? .placeholder(type.with(shape: type.shape.replacing(axis, with: size)))
    }
    return [concatenate(parts, axis: axis)]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let batchAxis = axes[0] ?? 0
    let results = bind(Split(sizes, axis: axis >= batchAxis ? axis + 1 : axis), inputs)
    return (results, sizes.map { _ in batchAxis })
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
