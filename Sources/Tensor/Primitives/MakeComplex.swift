import CKernels

/// The complex number with the left element as real and the right as imaginary part.
/// https://openxla.org/stablehlo/spec#complex
package struct MakeComplex: BinaryElementwise {
  package static let name = "complex"
  package static let expectedTypes = "f32 or f64"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? {
    dtype == CK_F32 ? ck_complex(CK_C64) : dtype == CK_F64 ? ck_complex(CK_C128) : nil
  }

  package static func resultType(of dtype: DType) -> DType { dtype.complexDType }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    self(t, zeros(like: t))
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    self(zeros(like: t), t)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [
      inputs[0].isLinear ? cotangents[0].map { Real()($0) } : nil,
      inputs[1].isLinear ? cotangents[0].map { Neg()(Imag()($0)) } : nil,
    ]
  }
}
