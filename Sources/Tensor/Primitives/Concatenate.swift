/// The operands one after the other along an axis. https://openxla.org/stablehlo/spec#concatenate
package struct Concatenate: Movement {
  package static let name = "concatenate"
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    guard let first = inputs.first else {
      throw TensorError(
        Self.name, .argumentInvalid(name: "operand count", value: "0", expected: "at least 1"),
        placeholders: [ShapeDtype([0])])
    }
    guard first.shape.indices.contains(axis) else {
      throw TensorError(
        Self.name, .axisOutOfRange(axis: axis, rank: first.rank), [.init("operand 0", first)])
    }
    var total = 0
    for (index, input) in inputs.enumerated() {
      func failure(_ fact: TensorError.Fact, axis: Int? = nil) -> TensorError {
        TensorError(
          Self.name, fact,
          [.init("operand 0", first, axis: axis), .init("operand \(index)", input, axis: axis)])
      }
      guard input.rank == first.rank else {
        throw failure(.rankInvalid(rank: input.rank, expected: "\(first.rank)"))
      }
      for other in first.shape.indices where other != axis {
        guard input.shape.dimensions[other] == first.shape.dimensions[other] else {
          throw failure(.sizesDiffer(what: "sizes off the concatenated axis \(axis)"), axis: other)
        }
      }
      guard input.dtype == first.dtype else { throw failure(.dtypesDiffer) }
      total += input.shape.dimensions[axis]
    }
    return [
      ShapeDtype(
        first.shape.replacing(axis, with: total), first.dtype,
        isWeak: inputs.allSatisfy(\.isWeak))
    ]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    if inputs.count == 1 { return inputs }
    let result = NDArray(uninitialized: outputs[0])
    let strides = result.strides
    var place = 0
    for input in inputs where input.count > 0 {
      Copying.copy(
        input, into: result.view(input.shape, strides: strides, offset: place * strides[axis]))
      place += input.shape.dimensions[axis]
    }
    return [result]
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard let ct = cotangents[0] else { return inputs.map { _ in nil } }
    var place = 0
    return inputs.map { input in
      let size = input.type.shape.dimensions[axis]
      defer { place += size }
      guard input.isLinear else { return nil }
      var start = ct.shape.indices.map { _ in 0 }
      var limit = ct.shape.dimensions
      start[axis] = place
      limit[axis] = place + size
      return bind(Slice(start: start, limit: limit), ct)
    }
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, batch) = alignBatchAxes(inputs, axes, size: size)
    let shifted = Concatenate(axis: axis >= batch ? axis + 1 : axis)
    return (bind(shifted, aligned), [batch])
  }
}
