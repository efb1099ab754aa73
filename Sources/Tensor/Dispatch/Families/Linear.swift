/// A primitive that is linear in its one input, or in all inputs together.
///
/// Its tangent is itself, applied to the tangents.
package protocol Linear: Primitive {}

extension Linear {
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let full = zip(primals, tangents).map { primal, tangent in tangent ?? zeros(like: primal) }
    return (bind(self, primals), bind(self, full))
  }
}
