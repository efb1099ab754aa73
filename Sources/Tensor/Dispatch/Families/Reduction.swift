import CKernels

/// A primitive that combines the elements along some axes and drops those axes.
package protocol Reduction: Primitive {
  /// The axes, resolved and in rising order.
  var axes: [Int] { get }
  init(axes: [Int])
  /// The C kernel for a dtype; nil if the dtype is not supported.
  static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn?
  /// The kernel that combines the results of two parts; nil if parts can't be combined.
  static func combination(_ dtype: ck_dtype) -> ck_binary_fn?
  /// What dtypes are supported, for messages.
  static var expectedTypes: String { get }
  /// The dtype of the result for an input of `dtype`.
  static func resultType(of dtype: DType) -> DType
}

extension Reduction {
  package static var expectedTypes: String { "a number type" }
  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { nil }
  package static func resultType(of dtype: DType) -> DType { dtype }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard input.shape.resolve(axes: axes) == axes, axes == axes.sorted() else {
      throw TensorError(
        Self.name, .axesInvalid(axes: axes, rank: input.rank), [.init("operand", input)])
    }
    let dtype = Self.resultType(of: input.dtype)
    let output = ShapeDtype(
      input.shape.removing(axes), dtype, isWeak: input.isWeak && dtype == input.dtype)
    guard Self.kernel(input.dtype.code) != nil else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: input.dtype, expected: Self.expectedTypes),
        [.init("operand", input)], placeholders: [output])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    if let kernel = Self.kernel(inputs[0].dtype.code) {
      Reducing.reduce(kernel, inputs[0], axes: axes, into: result)
    }
    return [result]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    let shifted = self.axes.map { $0 >= axis ? $0 + 1 : $0 }
    let kept = axis - shifted.count { $0 < axis }
    return (bind(Self(axes: shifted), inputs), [kept])
  }

  /// None for half precisions, whose parts would be rounded before they are combined.
  package func loopKernel(_ inputs: [ShapeDtype]) -> LoopKernel? {
    let dtype = inputs[0].dtype
    guard dtype != .float16, dtype != .bfloat16, let kernel = Self.kernel(dtype.code),
      let combination = Self.combination(dtype.code)
    else { return nil }
    return .reduce(kernel, combine: combination, axes: axes)
  }

  /// One operation for each element beyond the first of each result.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: Swift.max(0, inputs[0].elementCount - outputs[0].elementCount))
  }
}
