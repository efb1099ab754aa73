import CKernels

/// The product of the elements along axes. https://openxla.org/stablehlo/spec#reduce
///
/// The tangent multiplies each element's with all other elements, without dividing by it, so that
/// it is right where elements are 0.
package struct ReduceProd: Reduction {
  package static let name = "reduce_prod"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_reduce_prod(dtype) }

  package static func combination(_ dtype: ck_dtype) -> ck_binary_fn? { ck_mul(dtype) }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let y = bind(self, primals)
    guard let t = tangents[0] else { return (y, [nil]) }
    let x = flattened(primals[0])
    let last = x.rank - 1
    let size = x.shape.dimensions[last]
    if size == 0 { return (y, [nil]) }
    let before = exclusive(bind(CumProd(axis: last), x), keeping: 0..<size - 1, first: true)
    let after = exclusive(
      bind(CumProd(axis: last, reverse: true), x), keeping: 1..<size, first: false)
    let terms = Mul()(flattened(t), Mul()(before, after))
    return (y, [bind(ReduceSum(axes: [last]), terms)])
  }

  /// Brings the reduced axes together as the last one.
  private func flattened(_ x: Tensor) -> Tensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let sizes = x.shape.dimensions
    let shape = Shape(kept.map { sizes[$0] } + [axes.reduce(1) { $0 * sizes[$1] }])
    return x.transposed(kept + axes).reshaped(to: shape)
  }

  /// The products of the elements before, or after, each one: those up to its neighbour, or 1.
  private func exclusive(_ products: Tensor, keeping range: Range<Int>, first: Bool) -> Tensor {
    let last = products.rank - 1
    var start = products.shape.indices.map { _ in 0 }
    var limit = products.shape.dimensions
    start[last] = range.lowerBound
    limit[last] = range.upperBound
    let part = bind(Slice(start: start, limit: limit), products)
    let type = products.type.with(shape: products.shape.replacing(last, with: 1))
    let one = Tensor(NDArray.filled(1, type))
    return bind(Concatenate(axis: last), first ? [one, part] : [part, one])[0]
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }
}
