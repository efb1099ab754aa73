import CKernels

/// The second operand where the first is true, else the third.
/// https://openxla.org/stablehlo/spec#select
package struct Select: Primitive {
  package static let name = "select_n"

  package init() {}

  package func callAsFunction(_ predicate: Tensor, _ onTrue: Tensor, _ onFalse: Tensor) -> Tensor {
    bind(self, predicate, onTrue, onFalse)
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (predicate, a, b) = (inputs[0], inputs[1], inputs[2])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact,
        [.init("predicate", predicate), .init("onTrue", a), .init("onFalse", b)],
        placeholders: [a])
    }
    guard predicate.dtype == .bool else {
      throw failure(.dtypeUnsupported(dtype: predicate.dtype, expected: "bool for the predicate"))
    }
    guard predicate.shape == a.shape, a.shape == b.shape else { throw failure(.shapesDiffer) }
    guard a.dtype == b.dtype else { throw failure(.dtypesDiffer) }
    return [ShapeDtype(a.shape, a.dtype, isWeak: a.isWeak && b.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = ck_select(result.dtype.code) {
      Elementwise.ternary(kernel, inputs[0], inputs[1], inputs[2], into: result)
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (p, a, b) = (primals[0], primals[1], primals[2])
    let result = self(p, a, b)
    guard tangents[1] != nil || tangents[2] != nil else { return ([result], [nil]) }
    return ([result], [self(p, tangents[1] ?? zeros(like: a), tangents[2] ?? zeros(like: b))])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .known(let p) = inputs[0] else { return notLinear(inputs) }
    guard let ct = cotangents[0] else { return [nil, nil, nil] }
    let zero = zeros(like: ct)
    return [
      nil,
      inputs[1].isLinear ? self(p, ct, zero) : nil,
      inputs[2].isLinear ? self(p, zero, ct) : nil,
    ]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    return (bind(self, aligned), [axis])
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    ck_select(inputs[1].dtype.code).map { .map3($0) }
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs[0].elementCount)
  }
}
