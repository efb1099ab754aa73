import CKernels

/// The bits set in any element along axes; of bools, whether one is true.
/// https://openxla.org/stablehlo/spec#reduce
package struct ReduceOr: Reduction, NonDifferentiable {
  package static let name = "reduce_or"
  package static let expectedTypes = "bool or an integer type"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_reduce_or(dtype) }

  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { ck_or(dtype) }
}
