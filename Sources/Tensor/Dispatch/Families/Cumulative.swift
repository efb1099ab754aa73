import CKernels

/// A primitive that combines all elements up to each one along an axis.
package protocol Cumulative: Primitive {
  var axis: Int { get }
  /// Whether to begin from the end.
  var reverse: Bool { get }
  init(axis: Int, reverse: Bool)
  /// The C kernel for a dtype; nil if the dtype is not supported.
  static func kernel(_ dtype: ck_dtype) -> ck_scan_fn?
  static var expectedTypes: String { get }

  /// Combines two results with their tangents: those of the elements before, and of those that
  /// follow.
  static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor)
}

extension Cumulative {
  package static var expectedTypes: String { "a number type" }

  package init(axis: Int) { self.init(axis: axis, reverse: false) }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard input.shape.indices.contains(axis) else {
      throw TensorError(
        Self.name, .axisOutOfRange(axis: axis, rank: input.rank), [.init("operand", input)])
    }
    guard Self.kernel(input.dtype.code) != nil else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: input.dtype, expected: Self.expectedTypes),
        [.init("operand", input)])
    }
    return [input]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let x = inputs[0].contiguous()
    let result = NDArray(uninitialized: outputs[0])
    guard x.count > 0, let kernel = Self.kernel(x.dtype.code) else { return [result] }
    let sizes = x.shape.dimensions
    let (size, inner) = (sizes[axis], sizes[(axis + 1)...].reduce(1, *))
    let width = x.dtype.byteSize
    parallelRanges(x.count / size, grain: max(1, RowLoop.parallelThreshold / 4 / size)) { lines in
      for line in lines {
        let (outer, column) = line.quotientAndRemainder(dividingBy: inner)
        let offset = (outer * size * inner + column) * width
        kernel(x.data + offset, inner, result.data + offset, inner, size, reverse ? 1 : 0)
      }
    }
    return [result]
  }

  /// Combines prefixes of doubling lengths: log2(size) steps, each on whole tensors.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let y = bind(self, primals)
    guard var tangent = tangents[0] else { return (y, [nil]) }
    let flip = Rev(axes: [axis])
    var value = reverse ? bind(flip, primals[0]) : primals[0]
    if reverse { tangent = bind(flip, tangent) }
    let size = value.shape.dimensions[axis]
    var step = 1
    while step < size {
      let (first, middle) = (0..<step, 0..<size - step)
      let (value1, tangent1) = Self.combine(
        (part(value, middle), part(tangent, middle)),
        (part(value, step..<size), part(tangent, step..<size)))
      let joined = Concatenate(axis: axis)
      value = bind(joined, part(value, first), value1)
      tangent = bind(joined, part(tangent, first), tangent1)
      step *= 2
    }
    return (y, [reverse ? bind(flip, tangent) : tangent])
  }

  private func part(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    var start = x.shape.indices.map { _ in 0 }
    var limit = x.shape.dimensions
    start[axis] = range.lowerBound
    limit[axis] = range.upperBound
    return bind(Slice(start: start, limit: limit), x)
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let batch = axes[0] ?? 0
    let shifted = Self(axis: axis >= batch ? axis + 1 : axis, reverse: reverse)
    return (bind(shifted, inputs), [batch])
  }

  /// One operation for each element, as a scan takes.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs[0].elementCount)
  }
}
