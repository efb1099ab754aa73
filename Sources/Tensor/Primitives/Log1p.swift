import CKernels

/// The logarithm of 1 + x, exact near 0. https://openxla.org/stablehlo/spec#log_plus_one
package struct Log1p: UnaryElementwise {
  package static let name = "log1p"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_log1p(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t / (x + 1) }
}
