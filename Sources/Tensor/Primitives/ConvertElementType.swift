import CKernels

/// The elements as another type. https://openxla.org/stablehlo/spec#convert
///
/// Floats to integers truncate and saturate, NaN gives 0; anything to bool asks whether it is not
/// 0. Complex to real drops the imaginary part.
package struct ConvertElementType: Primitive {
  package static let name = "convert_element_type"
  package let dtype: DType
  package let isWeak: Bool

  package init(_ dtype: DType, isWeak: Bool = false) {
    self.dtype = dtype
    self.isWeak = isWeak
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    [inputs[0].with(dtype: dtype, isWeak: isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let input = inputs[0]
    // The same dtype with another weakness: no element changes.
    if input.dtype == dtype {
      return [input.view(input.shape, strides: input.strides, isWeak: isWeak)]
    }
    return [input.converted(to: dtype, isWeak: isWeak)]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let smooth = dtype.isInexact && primals[0].dtype.isInexact
    return (bind(self, primals), [smooth ? tangents[0].map { bind(self, $0) } : nil])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let type = inputs[0].type
    return [cotangents[0].map { bind(ConvertElementType(type.dtype, isWeak: type.isWeak), $0) }]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    ck_convert(inputs[0].dtype.code, dtype.code).map { .map1($0) }
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: inputs[0].dtype == dtype ? 0 : outputs[0].elementCount)
  }
}
