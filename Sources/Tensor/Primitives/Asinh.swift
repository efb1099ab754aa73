import CKernels

/// The inverse hyperbolic sine. https://openxla.org/stablehlo/generated/chlo
package struct Asinh: UnaryElementwise {
  package static let name = "asinh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_asinh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Rsqrt()(x * x + 1) }
}
