import CKernels

/// The difference of two elements. https://openxla.org/stablehlo/spec#subtract
package struct Sub: BinaryElementwise {
  package static let name = "sub"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_sub(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? { t }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    Neg()(t)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [
      inputs[0].isLinear ? cotangents[0] : nil,
      inputs[1].isLinear ? cotangents[0].map { Neg()($0) } : nil,
    ]
  }
}
