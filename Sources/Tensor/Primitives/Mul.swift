import CKernels

/// The product of two elements. https://openxla.org/stablehlo/spec#multiply
package struct Mul: BinaryElementwise {
  package static let name = "mul"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_mul(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    self(t, y)
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    self(x, t)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    switch (inputs[0], inputs[1]) {
    case (.linear, .known(let y)): [cotangents[0].map { self($0, y) }, nil]
    case (.known(let x), .linear): [nil, cotangents[0].map { self(x, $0) }]
    default: notLinear(inputs)
    }
  }
}
