/// A function of each element on its own: inputs of one shape and dtype, one result.
package protocol ElementwisePrimitive: Primitive {
  /// Whether there is a kernel for inputs of this dtype.
  static func supports(_ dtype: DType) -> Bool
  /// The dtype of the result for inputs of `dtype`.
  static func resultType(of dtype: DType) -> DType
  /// What dtypes are supported, for messages.
  static var expectedTypes: String { get }
  /// Whether XLA's cost analysis counts it as transcendental.
  static var isTranscendental: Bool { get }
}

extension ElementwisePrimitive {
  package static func resultType(of dtype: DType) -> DType { dtype }
  package static var expectedTypes: String { "a floating-point type" }
  package static var isTranscendental: Bool { false }

  package func inferElementwise(
    _ inputs: [ShapeDtype], _ labels: [String]
  ) throws(TensorError) -> [ShapeDtype] {
    func failure(_ fact: TensorError.Fact, hint: String? = nil) -> TensorError {
      TensorError(
        Self.name, fact, zip(labels, inputs).map { .init($0, $1) }, hint: hint,
        placeholders: [inputs[0].with(dtype: Self.resultType(of: inputs[0].dtype))])
    }
    let first = inputs[0]
    for other in inputs.dropFirst() {
      guard other.shape == first.shape else { throw failure(.shapesDiffer) }
      guard other.dtype == first.dtype else {
        throw failure(.dtypesDiffer, hint: "convert one with cast(to:)")
      }
    }
    guard Self.supports(first.dtype) else {
      throw failure(.dtypeUnsupported(dtype: first.dtype, expected: Self.expectedTypes))
    }
    let dtype = Self.resultType(of: first.dtype)
    let isWeak = dtype == first.dtype && inputs.allSatisfy(\.isWeak)
    return [ShapeDtype(first.shape, dtype, isWeak: isWeak)]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    return (bind(self, aligned), [axis])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = outputs[0].elementCount
    return Self.isTranscendental ? Cost(transcendentals: count) : Cost(flops: count)
  }
}

/// Brings the batch axes of all inputs to one place, that of the first; inputs without one are
/// repeated.
package func alignBatchAxes(
  _ inputs: [Tensor], _ axes: [Int?], size: Int
) -> (inputs: [Tensor], axis: Int) {
  let axis = axes.lazy.compactMap { $0 }.first ?? 0
  let aligned = zip(inputs, axes).map { input, own in
    if own == axis { return input }
    if let own { return moveAxis(input, from: own, to: axis) }
    return insertAxis(input, at: axis, size: size)
  }
  return (aligned, axis)
}

extension Primitive {
  /// The answer of a transpose rule that cannot be asked: the primitive is not linear.
  package func notLinear(_ inputs: [LinearInput]) -> [Tensor?] {
    record(TensorError(Self.name, .ruleMissing(rule: "transpose")))
    return inputs.map { _ in nil }
  }
}
