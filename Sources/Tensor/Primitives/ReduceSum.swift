import CKernels

/// The sum of the elements along axes. https://openxla.org/stablehlo/spec#reduce
package struct ReduceSum: Reduction, Linear {
  package static let name = "reduce_sum"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_reduce_sum(dtype) }

  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { ck_add(dtype) }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let shape = inputs[0].type.shape
    let kept = shape.indices.filter { !axes.contains($0) }
    return [cotangents[0].map { bind(BroadcastInDim(shape, axes: kept), $0) }]
  }
}
