/// The elements from `start` to below `limit` in steps of `step` along each axis; a view.
/// https://openxla.org/stablehlo/spec#slice
package struct Slice: Movement {
  package static let name = "slice"
  package let start: [Int]
  package let limit: [Int]
  package let step: [Int]

  package init(start: [Int], limit: [Int], step: [Int]? = nil) {
    self.start = start
    self.limit = limit
    self.step = step ?? start.map { _ in 1 }
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let input = inputs[0]
    guard start.count == input.rank, limit.count == input.rank, step.count == input.rank else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "start, limit, step",
          value: "of \(start.count), \(limit.count) and \(step.count) elements",
          expected: "one element an axis"), [.init("operand", input)])
    }
    for axis in input.shape.indices {
      let size = input.shape.dimensions[axis]
      guard 0 <= start[axis], start[axis] <= limit[axis], limit[axis] <= size, step[axis] > 0 else {
        throw TensorError(
          Self.name,
          .argumentInvalid(
            name: "range", value: "\(start[axis])..<\(limit[axis]) by \(step[axis])",
            expected: "one within 0..<\(size) with a step of at least 1"),
          [.init("operand", input, axis: axis)])
      }
    }
    return [input.with(shape: sizes)]
  }

  /// The number of elements taken along each axis.
  private var sizes: Shape {
    Shape(start.indices.map { (limit[$0] - start[$0] + step[$0] - 1) / step[$0] })
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [inputs[0].sliced(start: start, step: step, to: outputs[0].shape)]
  }

  package func view(_ layout: Layout) -> Layout? {
    layout.sliced(start: start, step: step, to: sizes)
  }

  /// Zeros around and between the elements that were taken.
  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard let ct = cotangents[0] else { return [nil] }
    let sizes = inputs[0].type.shape.dimensions
    let high = sizes.indices.map { axis in
      let count = ct.shape.dimensions[axis]
      return count == 0
        ? sizes[axis] - start[axis] : sizes[axis] - (start[axis] + (count - 1) * step[axis] + 1)
    }
    let pad = Pad(low: start, high: high, interior: step.map { $0 - 1 })
    return [bind(pad, ct, zeroScalar(of: ct.type))]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    func inserting(_ list: [Int], _ value: Int) -> [Int] {
      var list = list
      list.insert(value, at: axis)
      return list
    }
    let slice = Slice(
      start: inserting(start, 0), limit: inserting(limit, size), step: inserting(step, 1))
    return ([bind(slice, inputs[0])], [axis])
  }
}

/// Zero as a scalar of the dtype of `type`.
package func zeroScalar(of type: ShapeDtype) -> Tensor {
  Tensor(NDArray.filled(0, type.with(shape: .scalar)))
}
