/// A reduction along one axis that gives an index into it.
package protocol IndexReduction: Reduction, NonDifferentiable {}

extension IndexReduction {
  package static var expectedTypes: String { "a number type or bool" }
  package static func resultType(of dtype: DType) -> DType { .int32 }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard axes.count == 1, input.shape.resolve(axes: axes) == axes else {
      throw TensorError(
        Self.name, .axesInvalid(axes: axes, rank: input.rank), [.init("operand", input)])
    }
    let output = ShapeDtype(input.shape.removing(axes), .int32)
    guard input.shape.dimensions[axes[0]] > 0 else {
      throw TensorError(
        Self.name,
        .argumentInvalid(name: "size", value: "0", expected: "at least 1 along the axis"),
        [.init("operand", input, axis: axes[0])], placeholders: [output])
    }
    guard Self.kernel(input.dtype.code) != nil else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: input.dtype, expected: Self.expectedTypes),
        [.init("operand", input)], placeholders: [output])
    }
    return [output]
  }
}
