import CKernels

/// The angle of the point (y, x): the left operand is y. https://openxla.org/stablehlo/spec#atan2
package struct Atan2: BinaryElementwise {
  package static let name = "atan2"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_atan2(dtype) }

  package func tangent(lhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    t * (y / (x * x + y * y))
  }

  package func tangent(rhs t: Tensor, _ x: Tensor, _ y: Tensor, result: Tensor) -> Tensor? {
    -(t * (x / (x * x + y * y)))
  }
}
