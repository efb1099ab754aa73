import CKernels

/// The bits set in all elements along axes; of bools, whether all are true.
/// https://openxla.org/stablehlo/spec#reduce
package struct ReduceAnd: Reduction, NonDifferentiable {
  package static let name = "reduce_and"
  package static let expectedTypes = "bool or an integer type"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_reduce_and(dtype) }

  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { ck_and(dtype) }
}
