/// A primitive whose results don't vary smoothly with its inputs: comparisons, bits, indices.
///
/// Its tangents are zero.
package protocol NonDifferentiable: Primitive {}

extension NonDifferentiable {
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let results = bind(self, primals)
    return (results, results.map { _ in nil })
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}

extension NonDifferentiable where Self: UnaryElementwise {
  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { nil }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    ([self(primals[0])], [nil])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}

extension NonDifferentiable where Self: BinaryElementwise {
  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? { nil }
  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? { nil }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    ([self(primals[0], primals[1])], [nil])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}
