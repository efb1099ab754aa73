import CKernels

/// The largest element along axes; NaN if any is NaN. https://openxla.org/stablehlo/spec#reduce
package struct ReduceMax: ChoosingReduction {
  package static let name = "reduce_max"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_reduce_max(dtype) }

  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { ck_max(dtype) }
}
