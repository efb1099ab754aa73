import CKernels

/// The bits moved down, the sign following.
/// https://openxla.org/stablehlo/spec#shift_right_arithmetic
package struct ShiftRightArithmetic: BinaryElementwise, NonDifferentiable {
  package static let name = "shift_right_arithmetic"
  package static let expectedTypes = "an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? {
    ck_shift_right_arithmetic(dtype)
  }
}
