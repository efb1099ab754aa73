/// The operand with a slice replaced, at places known at run time.
///
/// Operands: x, update, a scalar start an axis. Starts are moved so that the slice lies inside.
/// https://openxla.org/stablehlo/spec#dynamic_update_slice
package struct DynamicUpdateSlice: Primitive {
  package static let name = "dynamic_update_slice"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, update) = (inputs[0], inputs[1])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, [.init("operand", x), .init("update", update)], placeholders: [x])
    }
    guard update.rank == x.rank else {
      throw failure(.rankInvalid(rank: update.rank, expected: "\(x.rank) for the update"))
    }
    guard update.dtype == x.dtype else { throw failure(.dtypesDiffer) }
    try checkStarts(Self.name, x, update.shape.dimensions, Array(inputs.dropFirst(2)), [x])
    return [x.with(dtype: x.dtype, isWeak: x.isWeak && update.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let (x, update) = (inputs[0], inputs[1])
    let sizes = update.shape.dimensions
    let starts = clampedStarts(x.shape, sizes, Array(inputs.dropFirst(2)))
    let result = NDArray(uninitialized: outputs[0])
    Copying.copy(x, into: result)
    Copying.copy(
      update, into: result.sliced(start: starts, step: sizes.map { _ in 1 }, to: update.shape))
    return [result]
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let result = bind(self, primals)
    guard tangents[0] != nil || tangents[1] != nil else { return (result, [nil]) }
    let operands = [
      tangents[0] ?? zeros(like: primals[0]), tangents[1] ?? zeros(like: primals[1]),
    ]
    return (result, [bind(self, operands + primals.dropFirst(2))[0]])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let none = [Tensor?](repeating: nil, count: inputs.count - 2)
    let starts = inputs.dropFirst(2).compactMap { input in
      if case .known(let start) = input { start } else { nil }
    }
    guard starts.count == none.count else { return notLinear(inputs) }
    guard let ct = cotangents[0] else { return [nil, nil] + none }
    let update = inputs[1].type
    let zero = Tensor(NDArray.filled(0, update))
    return [
      inputs[0].isLinear ? bind(self, [ct, zero] + starts)[0] : nil,
      inputs[1].isLinear
        ? bind(DynamicSlice(sizes: update.shape.dimensions), [ct] + starts)[0] : nil,
    ] + none
  }

  /// With one start for all members the batch axis is replaced whole; else it is a scatter.
  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (starts, startAxes) = (Array(inputs.dropFirst(2)), Array(axes.dropFirst(2)))
    if startAxes.allSatisfy({ $0 == nil }) {
      let (aligned, axis) = alignBatchAxes(
        Array(inputs.prefix(2)), Array(axes.prefix(2)), size: size)
      let zero = Tensor(0, dtype: starts.first?.dtype ?? .int32)
      return (bind(self, aligned + inserting(zero, starts, at: axis)), [axis])
    }
    let indices = startVectors(starts, startAxes, size)
    let all = Array(starts.indices)
    let scatter = Scatter(
      .set, IndexAxes(offset: all, collapsed: [], startMap: all), mode: .clip, isUnique: true)
    return scatter.batch([inputs[0], indices, inputs[1]], [axes[0], 0, axes[1]], size: size)
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
