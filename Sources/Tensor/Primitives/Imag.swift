import CKernels

/// The imaginary part of a complex number. https://openxla.org/stablehlo/spec#imag
///
/// It is the real part of -i times the number; hence the sign of its transpose.
package struct Imag: PartOfComplex {
  package static let name = "imag"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_imag(dtype) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { MakeComplex()(zeros(like: $0), Neg()($0)) }]
  }
}
