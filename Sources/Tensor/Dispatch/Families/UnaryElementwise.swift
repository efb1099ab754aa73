import CKernels

/// A function of one element.
package protocol UnaryElementwise: ElementwisePrimitive {
  /// The C kernel for a dtype; nil if the dtype is not supported.
  static func kernel(_ dtype: ck_dtype) -> ck_unary_fn?

  /// The tangent of the result: the derivative at `x`, where the result is `y`, times `t`.
  ///
  /// Nil where the derivative is zero everywhere.
  func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor?
}

extension UnaryElementwise {
  package static func supports(_ dtype: DType) -> Bool { kernel(dtype.code) != nil }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    try inferElementwise(inputs, ["operand"])
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = Self.kernel(inputs[0].dtype.code) {
      Elementwise.unary(kernel, inputs[0], into: result)
    }
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let y = self(primals[0])
    return ([y], [tangents[0].flatMap { tangent($0, x: primals[0], y: y) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    Self.kernel(inputs[0].dtype.code).map { .map1($0) }
  }

  /// Does the operation, straight through the kernel when the input is an array.
  @inline(__always)
  package func callAsFunction(_ x: Tensor) -> Tensor {
    if case .array(let array) = x.storage, let kernel = Self.kernel(array.dtype.code) {
      let dtype = Self.resultType(of: array.dtype)
      let result = NDArray(
        uninitialized: dtype, array.shape, isWeak: array.isWeak && dtype == array.dtype)
      Elementwise.unary(kernel, array, into: result)
      return Tensor(result)
    }
    return bind(self, x)
  }
}
