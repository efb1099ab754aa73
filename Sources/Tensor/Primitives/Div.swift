import CKernels

/// The quotient of two elements; integers round towards zero.
/// https://openxla.org/stablehlo/spec#divide
package struct Div: BinaryElementwise {
  package static let name = "div"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_div(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    self(t, y)
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    if Counting.isOn { return Mul()(Mul()(Neg()(t), x), bind(IntegerPow(-2), y)) }
    return Neg()(Mul()(self(result, y), t))
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case (.linear, .known(let y)) = (inputs[0], inputs[1]) else { return notLinear(inputs) }
    return [cotangents[0].map { self($0, y) }, nil]
  }
}
