/// A slice of fixed size that begins at places known at run time.
///
/// Operands: x, a scalar start an axis. Starts are moved so that the slice lies inside.
/// https://openxla.org/stablehlo/spec#dynamic_slice
package struct DynamicSlice: Primitive {
  package static let name = "dynamic_slice"
  package let sizes: [Int]

  package init(sizes: [Int]) { self.sizes = sizes }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    try checkStarts(Self.name, x, sizes, Array(inputs.dropFirst()), [x.with(shape: Shape(sizes))])
    return [x.with(shape: Shape(sizes))]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let starts = clampedStarts(inputs[0].shape, sizes, Array(inputs.dropFirst()))
    return [inputs[0].sliced(start: starts, step: sizes.map { _ in 1 }, to: Shape(sizes))]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let starts = Array(primals.dropFirst())
    return (bind(self, primals), [tangents[0].map { bind(self, [$0] + starts)[0] }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let none = [Tensor?](repeating: nil, count: inputs.count - 1)
    let starts = inputs.dropFirst().compactMap { input in
      if case .known(let start) = input { start } else { nil }
    }
    guard starts.count == none.count else { return notLinear(inputs) }
    guard let ct = cotangents[0] else { return [nil] + none }
    let zero = Tensor(NDArray.filled(0, inputs[0].type))
    return [bind(DynamicUpdateSlice(), [zero, ct] + starts)[0]] + none
  }

  /// With one start for all members the batch axis is sliced whole; else it is a gather.
  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    if axes.dropFirst().allSatisfy({ $0 == nil }) {
      guard let axis = axes[0] else { return (bind(self, inputs), [nil]) }
      var starts = Array(inputs.dropFirst())
      starts.insert(Tensor(0, dtype: starts.first?.dtype ?? .int32), at: axis)
      let operation = DynamicSlice(sizes: inserting(size, sizes, at: axis))
      return (bind(operation, [inputs[0]] + starts), [axis])
    }
    let indices = startVectors(Array(inputs.dropFirst()), Array(axes.dropFirst()), size)
    let all = Array(sizes.indices)
    let gather = Gather(
      IndexAxes(offset: all, collapsed: [], startMap: all), sliceSizes: sizes, mode: .clip)
    return gather.batch([inputs[0], indices], [axes[0], 0], size: size)
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// Checks that there is an integer scalar for each axis, and that slices fit.
func checkStarts(
  _ name: String, _ x: ShapeDtype, _ sizes: [Int], _ starts: [ShapeDtype],
  _ placeholders: [ShapeDtype]
) throws(TensorError) {
  func failure(_ fact: TensorError.Fact, axis: Int? = nil) -> TensorError {
    TensorError(name, fact, [.init("operand", x, axis: axis)], placeholders: placeholders)
  }
  guard sizes.count == x.rank, starts.count == x.rank else {
    throw failure(
      .argumentInvalid(
        name: "sizes and starts", value: "\(sizes.count) and \(starts.count)",
        expected: "one an axis"))
  }
  for (axis, start) in starts.enumerated() {
    guard start.rank == 0, start.dtype.isInteger else {
      throw failure(
        .argumentInvalid(name: "start", value: "\(start)", expected: "an integer scalar"),
        axis: axis)
    }
    guard 0 <= sizes[axis], sizes[axis] <= x.shape.dimensions[axis] else {
      throw failure(
        .argumentInvalid(
          name: "slice size", value: "\(sizes[axis])", expected: "at most the operand's size"),
        axis: axis)
    }
  }
}

/// The starts, moved so that slices of `sizes` lie inside.
func clampedStarts(_ shape: Shape, _ sizes: [Int], _ starts: [NDArray]) -> [Int] {
  starts.enumerated().map { axis, start in
    let wide = start.converted(to: .int64)
    let value = withExtendedLifetime(wide) { wide.pointer(as: Int64.self).pointee }
    let limit = shape.dimensions[axis] - sizes[axis]
    if start.dtype == .uint64 && value < 0 { return limit }
    return Swift.min(Swift.max(Int(value), 0), limit)
  }
}

/// The starts of all members as [size, axes].
func startVectors(_ starts: [Tensor], _ axes: [Int?], _ size: Int) -> Tensor {
  let columns = zip(starts, axes).map { start, axis in
    let full = axis == nil ? insertAxis(start, at: 0, size: size) : start
    return bind(Reshape([size, 1]), full.converted(.int32))
  }
  if columns.isEmpty { return Tensor(NDArray.filled(0, ShapeDtype([size, 0], .int32))) }
  return bind(Concatenate(axis: 1), columns)[0]
}
