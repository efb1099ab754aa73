/// A reduction that gives one of the elements: the largest or the smallest.
///
/// Elements that tie share the tangent equally, as in jax.lax.
package protocol ChoosingReduction: Reduction {}

extension ChoosingReduction {
  package static var expectedTypes: String { "a number type or bool" }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let x = primals[0]
    let y = bind(self, x)
    guard let t = tangents[0] else { return ([y], [nil]) }
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let chosen = Eq()(x, bind(BroadcastInDim(x.shape, axes: kept), y)).cast(to: x.dtype)
    let total = bind(ReduceSum(axes: axes), Mul()(t, chosen))
    return ([y], [Div()(total, bind(ReduceSum(axes: axes), chosen))])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}
