import CKernels

/// The left element to the power of the right. https://openxla.org/stablehlo/spec#power
///
/// Where x is 0, the tangent for y is 0.
package struct Pow: BinaryElementwise {
  package static let name = "pow"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_pow(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    Mul()(t, Mul()(y, self(x, y - 1)))
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    // log(0) would make the product NaN where the power is 0 and flat.
    let base = Select()(Eq()(x, zeros(like: x)), ones(like: x), x)
    return Mul()(t, Mul()(Log()(base), result))
  }
}
