import CKernels

/// The complex conjugate: linear over the reals, and its own transpose.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.conj.html
package struct Conj: UnaryElementwise {
  package static let name = "conj"
  package static let expectedTypes = "a complex type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_conj(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(t) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { self($0) }]
  }
}
