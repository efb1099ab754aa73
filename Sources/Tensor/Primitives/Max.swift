import CKernels

/// The larger of two elements; NaN if either is NaN. https://openxla.org/stablehlo/spec#maximum
///
/// Where the elements are equal the tangent is the mean of both, as in jax.lax.
package struct Max: BinaryElementwise {
  package static let name = "max"
  package static let expectedTypes = "a number type or bool"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_max(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    Mul()(t, balanced(x, result, y))
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    Mul()(t, balanced(y, result, x))
  }

  /// The weight of `x`: 1 where it is the larger, 0 where it isn't, 1/2 at a tie.
  private func balanced(_ x: Tensor, _ result: Tensor, _ y: Tensor) -> Tensor {
    let (zero, one) = (zeros(like: x), ones(like: x))
    let isOther = Eq()(y, result)
    return Div()(Select()(Eq()(x, result), one, zero), Select()(isOther, full(like: x, 2), one))
  }
}
