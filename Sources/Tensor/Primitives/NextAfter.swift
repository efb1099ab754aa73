import CKernels

/// The float next to the left element in the direction of the right.
/// https://docs.jax.dev/en/latest/_autosummary/jax.lax.nextafter.html
package struct NextAfter: BinaryElementwise, NonDifferentiable {
  package static let name = "nextafter"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_nextafter(dtype) }
}
