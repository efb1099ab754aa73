import CKernels

/// The negative. https://openxla.org/stablehlo/spec#negate
package struct Neg: UnaryElementwise {
  package static let name = "neg"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_neg(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(t) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { self($0) }]
  }
}
