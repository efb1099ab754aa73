import CKernels

/// The sum of two elements. https://openxla.org/stablehlo/spec#add
package struct Add: BinaryElementwise {
  package static let name = "add"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_add(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? { t }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? { t }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    inputs.map { $0.isLinear ? cotangents[0] : nil }
  }
}
