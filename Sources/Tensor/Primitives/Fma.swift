import CKernels

/// a * b + c with one rounding, for three operands of equal shape and dtype.
///
/// XLA contracts a product that is added so on a CPU; samplers that follow its bits need it.
package struct Fma: Primitive {
  package static let name = "fma"

  package init() {}

  package func callAsFunction(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    bind(self, a, b, c)
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let first = inputs[0]
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, zip(["a", "b", "c"], inputs).map { .init($0, $1) }, placeholders: [first])
    }
    for other in inputs.dropFirst() {
      guard other.shape == first.shape else { throw failure(.shapesDiffer) }
      guard other.dtype == first.dtype else { throw failure(.dtypesDiffer) }
    }
    guard ck_fma(first.dtype.code) != nil else {
      throw failure(.dtypeUnsupported(dtype: first.dtype, expected: "a floating-point type"))
    }
    return [ShapeDtype(first.shape, first.dtype, isWeak: inputs.allSatisfy(\.isWeak))]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = ck_fma(result.dtype.code) {
      Elementwise.ternary(kernel, inputs[0], inputs[1], inputs[2], into: result)
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let byA = tangents[0].map { Mul()($0, primals[1]) }
    let byB = tangents[1].map { Mul()(primals[0], $0) }
    return (bind(self, primals), [sumOfTangents(sumOfTangents(byA, byB), tangents[2])])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    return (bind(self, aligned), [axis])
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    ck_fma(inputs[0].dtype.code).map { .map3($0) }
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: 2 * outputs[0].elementCount)
  }
}
