import CKernels

/// The bits moved up by the right element; 0 for a shift of the width or more.
/// https://openxla.org/stablehlo/spec#shift_left
package struct ShiftLeft: BinaryElementwise, NonDifferentiable {
  package static let name = "shift_left"
  package static let expectedTypes = "an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_shift_left(dtype) }
}
