import CKernels

/// One minus the error function, exact where that is near 1.
/// https://openxla.org/stablehlo/generated/chlo
package struct Erfc: UnaryElementwise {
  package static let name = "erfc"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_erfc(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    t * (Exp()(-(x * x)) * -Double.twoOverRootPi)
  }
}
