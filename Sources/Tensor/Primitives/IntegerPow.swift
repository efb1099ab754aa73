import CKernels

/// Each element to the power of a constant integer, by repeated squaring.
///
/// Negative exponents are for floats. Mirrors `jax.lax.integer_pow`.
package struct IntegerPow: Primitive {
  package static let name = "integer_pow"
  package let exponent: Int

  package init(_ exponent: Int) { self.exponent = exponent }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    guard ck_integer_pow(x.dtype.code) != nil else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: x.dtype, expected: "a number type"),
        [.init("operand", x)])
    }
    guard exponent >= 0 || x.dtype.isInexact, Int(Int32(clamping: exponent)) == exponent
    else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "exponent", value: "\(exponent)",
          expected: "at least 0 for integers, and within 32 bits"), [.init("operand", x)])
    }
    return [x]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let x = inputs[0].uniformStride == nil ? inputs[0].contiguous() : inputs[0]
    let result = NDArray(uninitialized: outputs[0])
    guard let kernel = ck_integer_pow(x.dtype.code) else { return [result] }
    let (stride, size) = (x.uniformStride ?? 1, x.dtype.byteSize)
    parallelRanges(x.count, grain: RowLoop.parallelThreshold) { range in
      kernel(
        x.data + range.lowerBound * stride * size, stride, result.data + range.lowerBound * size,
        range.count, Int32(exponent))
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let x = primals[0]
    let y = bind(self, primals)
    guard let t = tangents[0], exponent != 0 else { return (y, [nil]) }
    let slope = exponent == 2 ? x : bind(IntegerPow(exponent - 1), x)
    return (y, [exponent == 1 ? t : Mul()(t, slope * exponent)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    ck_integer_pow(inputs[0].dtype.code).map { .power($0, exponent: Int32(exponent)) }
  }

  /// One operation for each multiplication of the repeated squaring, and the division.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let bits = exponent.magnitude
    let squarings = bits == 0 ? 0 : UInt.bitWidth - bits.leadingZeroBitCount - 1
    let products = bits == 0 ? 0 : squarings + bits.nonzeroBitCount - 1
    return Cost(flops: (products + (exponent < 0 ? 1 : 0)) * outputs[0].elementCount)
  }
}
