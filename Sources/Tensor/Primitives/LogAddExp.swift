/// The logarithm of exp(x) + exp(y), without overflow.
///
/// It has a rule of its own for the tangent, which stays finite where the formula's steps are not.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.numpy.logaddexp.html
package struct LogAddExp: Primitive {
  package static let name = "logaddexp"

  /// Whether y is the constant 0, of which sum and difference are not counted.
  package let isOfZero: Bool

  package init(isOfZero: Bool = false) { self.isOfZero = isOfZero }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, y) = (inputs[0], inputs[1])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(Self.name, fact, [.init("lhs", x), .init("rhs", y)], placeholders: [x])
    }
    guard x.shape == y.shape else { throw failure(.shapesDiffer) }
    guard x.dtype == y.dtype else { throw failure(.dtypesDiffer) }
    guard x.dtype.isFloatingPoint else {
      throw failure(.dtypeUnsupported(dtype: x.dtype, expected: "a floating-point type"))
    }
    return [ShapeDtype(x.shape, x.dtype, isWeak: x.isWeak && y.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = composition(Tensor(inputs[0]), Tensor(inputs[1]))
    return result.array.map { [$0] } ?? []
  }

  /// max(x, y) + log1p(exp(-|x - y|)); x + y where the difference is NaN.
  package func composition(_ x: Tensor, _ y: Tensor) -> Tensor {
    let difference = Sub()(x, y)
    return Select()(
      Ne()(difference, difference), Add()(x, y),
      Add()(Max()(x, y), Log1p()(Exp()(Neg()(Abs()(difference))))))
  }

  /// t exp(x - result), with 0 for the difference where both are infinite.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (x, y) = (primals[0], primals[1])
    let result = bind(self, x, y)
    func finite(_ x: Tensor) -> Tensor {
      Select()(Eq()(x, full(like: x, Double.infinity)), zeros(like: x), x)
    }
    let base = finite(result)
    let left = tangents[0].map { Mul()($0, Exp()(Sub()(finite(x), base))) }
    let right = tangents[1].map { Mul()($0, Exp()(Sub()(finite(y), base))) }
    return ([result], [sumOfTangents(left, right)])
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

  /// A difference, its comparison, sum, maximum, absolute value, negation, sum and selection.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = outputs[0].elementCount
    return Cost(flops: (isOfZero ? 6 : 8) * count, transcendentals: 2 * count)
  }
}
