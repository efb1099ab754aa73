import CKernels

/// The real part of a complex number. https://openxla.org/stablehlo/spec#real
package struct Real: PartOfComplex {
  package static let name = "real"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_real(dtype) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { MakeComplex()($0, zeros(like: $0)) }]
  }
}
