import CKernels

/// The sign: -1, 0 or 1; a signed zero and NaN stay. https://openxla.org/stablehlo/spec#sign
package struct Sign: UnaryElementwise, NonDifferentiable {
  package static let name = "sign"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_sign(dtype) }
}
