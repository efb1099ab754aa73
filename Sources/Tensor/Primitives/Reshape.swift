/// The elements in the same row-major order under another shape; a view where strides allow.
/// https://openxla.org/stablehlo/spec#reshape
package struct Reshape: ViewPrimitive {
  package static let name = "reshape"
  package let shape: Shape

  package init(_ shape: Shape) { self.shape = shape }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let output = inputs[0].with(shape: shape)
    guard shape.elementCount == inputs[0].elementCount, shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "shape", value: "\(shape) of \(shape.elementCount) elements",
          expected: "one of \(inputs[0].elementCount) elements"),
        [.init("operand", inputs[0])], placeholders: [output])
    }
    return [output]
  }

  package func view(_ layout: Layout) -> Layout? { layout.reshaped(to: shape) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { bind(Reshape(inputs[0].type.shape), $0) }]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let x = moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)
    return ([bind(Reshape(shape.inserting(size, at: 0)), x)], [0])
  }
}
