import CKernels

/// A function of two elements, of inputs of equal shape and dtype.
package protocol BinaryElementwise: ElementwisePrimitive {
  /// The C kernel for a dtype; nil if the dtype is not supported.
  static func kernel(_ dtype: ck_dtype) -> ck_binary_fn?

  /// The tangent of the result for a tangent `t` of the left operand alone; nil is zero.
  func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor?

  /// The tangent of the result for a tangent `t` of the right operand alone; nil is zero.
  func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor?
}

extension BinaryElementwise {
  package static func supports(_ dtype: DType) -> Bool { kernel(dtype.code) != nil }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    try inferElementwise(inputs, ["lhs", "rhs"])
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = Self.kernel(inputs[0].dtype.code) {
      Elementwise.binary(kernel, inputs[0], inputs[1], into: result)
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (x, y) = (primals[0], primals[1])
    let result = self(x, y)
    let left = tangents[0].flatMap { tangent(lhs: $0, x, y, result: result) }
    let right = tangents[1].flatMap { tangent(rhs: $0, x, y, result: result) }
    return ([result], [sumOfTangents(left, right)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    Self.kernel(inputs[0].dtype.code).map { .map2($0) }
  }

  /// Does the operation, straight through the kernel when both inputs are arrays of one type.
  @inline(__always)
  package func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor {
    if case .array(let a) = x.storage, case .array(let b) = y.storage, a.dtype == b.dtype,
      a.shape == b.shape, let kernel = Self.kernel(a.dtype.code)
    {
      let dtype = Self.resultType(of: a.dtype)
      let result = NDArray(
        uninitialized: dtype, a.shape, isWeak: a.isWeak && b.isWeak && dtype == a.dtype)
      Elementwise.binary(kernel, a, b, into: result)
      return Tensor(result)
    }
    return bind(self, x, y)
  }
}

/// The sum of two tangents of which either may be zero.
package func sumOfTangents(_ a: Tensor?, _ b: Tensor?) -> Tensor? {
  guard let a else { return b }
  guard let b else { return a }
  return Add()(a, b)
}
