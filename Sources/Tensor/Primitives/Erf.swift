import CKernels

/// The error function. https://openxla.org/stablehlo/generated/chlo
package struct Erf: UnaryElementwise {
  package static let name = "erf"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_erf(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    t * (Exp()(-(x * x)) * Double.twoOverRootPi)
  }
}
