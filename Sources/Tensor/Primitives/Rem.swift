import CKernels

/// The remainder, with the sign of the dividend. https://openxla.org/stablehlo/spec#remainder
package struct Rem: BinaryElementwise {
  package static let name = "rem"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_rem(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    t
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    // x - y trunc(x / y), whose last factor is constant.
    let quotient = self.quotient(x, y)
    return -(t * quotient)
  }

  private func quotient(_ x: Tensor, _ y: Tensor) -> Tensor {
    let ratio = Div()(x, y)
    return Mul()(Sign()(ratio), Floor()(Abs()(ratio)))
  }
}
