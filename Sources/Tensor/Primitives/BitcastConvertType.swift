/// The same bits as another type of the same width; a view.
/// https://openxla.org/stablehlo/spec#bitcast_convert
package struct BitcastConvertType: NonDifferentiable {
  package static let name = "bitcast_convert_type"
  package let dtype: DType

  package init(_ dtype: DType) { self.dtype = dtype }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard input.dtype.byteSize == dtype.byteSize,
      input.dtype == dtype || !(input.dtype.isComplex || dtype.isComplex)
    else {
      throw TensorError(
        Self.name,
        .dtypeUnsupported(
          dtype: input.dtype, expected: "a real type of \(dtype.byteSize) bytes, as \(dtype)"),
        [.init("operand", input)], placeholders: [input.with(dtype: dtype)])
    }
    return [input.with(dtype: dtype)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let input = inputs[0].contiguous()
    return [
      NDArray(view: input.data, owner: input, dtype: dtype, input.shape, strides: nil)
    ]
  }

  package func view(_ layout: Layout) -> Layout? { layout }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs[0].elementCount)
  }
}
