/// The operand with copies of a scalar around it and between its elements.
///
/// Operands: x, the scalar. Negative `low` and `high` cut elements off instead.
/// https://openxla.org/stablehlo/spec#pad
package struct Pad: Linear {
  package static let name = "pad"
  package let low: [Int]
  package let high: [Int]
  package let interior: [Int]

  package init(low: [Int], high: [Int], interior: [Int]? = nil) {
    self.low = low
    self.high = high
    self.interior = interior ?? low.map { _ in 0 }
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, value) = (inputs[0], inputs[1])
    func failure(_ fact: TensorError.Fact, axis: Int? = nil) -> TensorError {
      TensorError(
        Self.name, fact, [.init("operand", x, axis: axis), .init("padding value", value)])
    }
    guard low.count == x.rank, high.count == x.rank, interior.count == x.rank else {
      throw failure(
        .argumentInvalid(
          name: "low, high, interior",
          value: "of \(low.count), \(high.count) and \(interior.count) elements",
          expected: "one element an axis"))
    }
    guard value.rank == 0 else {
      throw failure(.rankInvalid(rank: value.rank, expected: "0 for the padding value"))
    }
    guard x.dtype == value.dtype else { throw failure(.dtypesDiffer) }
    let sizes = x.shape.indices.map { axis in
      let size = x.shape.dimensions[axis]
      return size + Swift.max(size - 1, 0) * interior[axis] + low[axis] + high[axis]
    }
    for axis in x.shape.indices where interior[axis] < 0 || sizes[axis] < 0 {
      throw failure(
        .argumentInvalid(
          name: "padding", value: "(\(low[axis]), \(high[axis]), \(interior[axis]))",
          expected: "an interior of at least 0 and a result that is not below 0"), axis: axis)
    }
    return [ShapeDtype(Shape(sizes), x.dtype, isWeak: x.isWeak && value.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    Copying.fill(result, with: inputs[1])
    // The elements that remain: those whose place in the result is not cut off.
    var first: [Int] = []
    var count: [Int] = []
    var offset = 0
    var strides = result.strides
    for axis in low.indices {
      let (size, step) = (inputs[0].shape.dimensions[axis], interior[axis] + 1)
      let begin = low[axis] >= 0 ? 0 : (-low[axis] + step - 1) / step
      let room = result.shape.dimensions[axis] - low[axis]
      let end = room <= 0 ? 0 : Swift.min(size, (room + step - 1) / step)
      first.append(begin)
      count.append(Swift.max(0, end - begin))
      offset += (low[axis] + begin * step) * strides[axis]
      strides[axis] *= step
    }
    let kept = Shape(count)
    guard kept.elementCount > 0 else { return [result] }
    Copying.copy(
      inputs[0].sliced(start: first, step: first.map { _ in 1 }, to: kept),
      into: result.view(kept, strides: strides, offset: offset))
    return [result]
  }

  /// The cotangent of the operand cuts off what was added; that of the scalar is the rest's sum.
  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard let ct = cotangents[0] else { return [nil, nil] }
    let zero = zeroScalar(of: ct.type)
    let uncut = bind(Pad(low: low.map(-), high: high.map(-)), ct, zero)
    let slice = Slice(
      start: low.map { _ in 0 }, limit: uncut.shape.dimensions, step: interior.map { $0 + 1 })
    let operand = bind(slice, uncut)
    guard inputs[1].isLinear else { return [operand, nil] }
    let all = Array(ct.shape.indices)
    let rest = Sub()(
      bind(ReduceSum(axes: all), ct), bind(ReduceSum(axes: all), operand))
    return [inputs[0].isLinear ? operand : nil, rest]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let axis = axes[0] ?? 0
    func inserting(_ list: [Int]) -> [Int] {
      var list = list
      list.insert(0, at: axis)
      return list
    }
    let pad = Pad(low: inserting(low), high: inserting(high), interior: inserting(interior))
    let x = axes[0] == nil ? insertAxis(inputs[0], at: 0, size: size) : inputs[0]
    guard let valueAxis = axes[1] else { return ([bind(pad, x, inputs[1])], [axis]) }
    // A scalar for each member: choose between it and the padded operand by a padded mask.
    let zero = zeroScalar(of: x.type)
    let padded = bind(pad, x, zero)
    let inside = bind(
      pad, Tensor(NDArray.filled(true, ShapeDtype(x.shape, .bool))), Tensor(false))
    let value = moveAxis(inputs[1], from: valueAxis, to: 0)
    let spread = bind(BroadcastInDim(padded.shape, axes: [axis]), value)
    return ([Select()(inside, padded, spread)], [axis])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
