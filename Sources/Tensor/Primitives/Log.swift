import CKernels

/// The natural logarithm. https://openxla.org/stablehlo/spec#log
package struct Log: UnaryElementwise {
  package static let name = "log"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_log(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t / x }
}
