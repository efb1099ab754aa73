import CKernels

/// Each element brought between two bounds: min(max(x, low), high).
///
/// Operands: low, x, high. The tangent is that of x strictly between the bounds, else that of the
/// bound.
/// https://openxla.org/stablehlo/spec#clamp
package struct Clamp: Primitive {
  package static let name = "clamp"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (low, x, high) = (inputs[0], inputs[1], inputs[2])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, [.init("low", low), .init("operand", x), .init("high", high)],
        placeholders: [x])
    }
    guard low.shape == x.shape, high.shape == x.shape else { throw failure(.shapesDiffer) }
    guard low.dtype == x.dtype, high.dtype == x.dtype else { throw failure(.dtypesDiffer) }
    guard ck_clamp(x.dtype.code) != nil else {
      throw failure(.dtypeUnsupported(dtype: x.dtype, expected: "a number type"))
    }
    return [x.with(dtype: x.dtype, isWeak: low.isWeak && x.isWeak && high.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = ck_clamp(result.dtype.code) {
      Elementwise.ternary(kernel, inputs[0], inputs[1], inputs[2], into: result)
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (low, x, high) = (primals[0], primals[1], primals[2])
    let zero = zeros(like: x)
    let ofLow = tangents[0].map { Select()(And()(Gt()(low, x), Lt()(low, high)), $0, zero) }
    let ofX = tangents[1].map { Select()(And()(Gt()(x, low), Lt()(x, high)), $0, zero) }
    let ofHigh = tangents[2].map { Select()(Lt()(high, x), $0, zero) }
    return (bind(self, primals), [sumOfTangents(sumOfTangents(ofLow, ofX), ofHigh)])
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
    ck_clamp(inputs[0].dtype.code).map { .map3($0) }
  }

  /// That of a maximum and a minimum, by which JAX bounds numbers.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: 2 * outputs[0].elementCount)
  }
}
