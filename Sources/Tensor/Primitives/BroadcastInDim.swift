/// The operand repeated to a larger shape; its axis i becomes axis `axes[i]`, a view.
///
/// Axes of the result that no axis maps to, and axes of size 1, are repeated.
/// https://openxla.org/stablehlo/spec#broadcast_in_dim
package struct BroadcastInDim: ViewPrimitive {
  package static let name = "broadcast_in_dim"
  package let shape: Shape
  package let axes: [Int]

  package init(_ shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    let output = input.with(shape: shape)
    let fits =
      axes.count == input.rank && zip(axes, axes.dropFirst()).allSatisfy(<)
      && zip(axes, input.shape).allSatisfy { axis, size in
        shape.indices.contains(axis) && (size == 1 || size == shape.dimensions[axis])
      }
    guard fits else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "shape", value: "\(shape) with axes \(axes)",
          expected: "one to which the operand broadcasts"),
        [.init("operand", input)], placeholders: [output])
    }
    return [output]
  }

  package func view(_ layout: Layout) -> Layout? { layout.broadcast(to: shape, axes: axes) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let input = inputs[0].type.shape
    guard let ct = cotangents[0] else { return [nil] }
    let repeated = shape.indices.filter { axis in
      guard let source = axes.firstIndex(of: axis) else { return true }
      return input.dimensions[source] == 1 && shape.dimensions[axis] != 1
    }
    let sum = repeated.isEmpty ? ct : bind(ReduceSum(axes: repeated), ct)
    return [sum.shape == input ? sum : bind(Reshape(input), sum)]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let x = moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)
    let batched = BroadcastInDim(
      shape.inserting(size, at: 0), axes: [0] + self.axes.map { $0 + 1 })
    return ([bind(batched, x)], [0])
  }
}
