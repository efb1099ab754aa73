/// Slices of an operand, at places that indices name.
///
/// Operands: x, indices. The semantics are those of `jax.lax.gather`.
/// https://openxla.org/stablehlo/spec#gather
package struct Gather: Primitive {
  package static let name = "gather"
  package let axes: IndexAxes
  package let sliceSizes: [Int]
  package let mode: IndexMode

  package init(_ axes: IndexAxes, sliceSizes: [Int], mode: IndexMode) {
    self.axes = axes
    self.sliceSizes = sliceSizes
    self.mode = mode
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, indices) = (inputs[0], inputs[1])
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(Self.name, fact, [.init("operand", x), .init("indices", indices)])
    }
    if let expected = axes.mistake(x.shape, indices.shape, sliceSizes) {
      throw failure(
        .argumentInvalid(
          name: "dimension numbers", value: "with slices \(sliceSizes)", expected: expected))
    }
    guard indices.dtype.isInteger else {
      throw failure(.dtypeUnsupported(dtype: indices.dtype, expected: "integers for the indices"))
    }
    let window = axes.windowAxes(rank: x.rank).map { sliceSizes[$0] }
    var sizes = Array(indices.shape.dimensions.dropLast())
    for (place, size) in zip(axes.offset, window) { sizes.insert(size, at: place) }
    return [x.with(shape: Shape(sizes))]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Indexing.gather(inputs[0], inputs[1], axes, sliceSizes, mode, outputs[0])]
  }

  /// Linear in the operand; what is filled in has tangent 0.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let linear = Gather(axes, sliceSizes: sliceSizes, mode: mode.fillingZero)
    return (bind(self, primals), [tangents[0].map { bind(linear, $0, primals[1]) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .known(let indices) = inputs[1] else { return notLinear(inputs) }
    guard let ct = cotangents[0] else { return [nil, nil] }
    let zero = Tensor(NDArray.filled(0, inputs[0].type))
    return [bind(Scatter(.add, axes, mode: mode), zero, indices, ct), nil]
  }

  package func batch(
    _ inputs: [Tensor], _ batchAxes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let x = batchAxes[0].map { moveAxis(inputs[0], from: $0, to: 0) } ?? inputs[0]
    let indices = batchAxes[1].map { moveAxis(inputs[1], from: $0, to: 0) } ?? inputs[1]
    let operation: Gather
    switch (batchAxes[0], batchAxes[1]) {
    case (nil, nil): return (bind(self, inputs), [nil])
    case (_?, nil):
      operation = Gather(axes.batchingOperand, sliceSizes: [size] + sliceSizes, mode: mode)
    case (nil, _?): operation = Gather(axes.batchingIndices, sliceSizes: sliceSizes, mode: mode)
    case (_?, _?):
      operation = Gather(
        axes.batchingAll, sliceSizes: [Swift.min(1, size)] + sliceSizes, mode: mode)
    }
    return ([bind(operation, x, indices)], [0])
  }

  /// Filling takes a comparison with both bounds for each index, and a selection for each element.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    guard case .fill = mode else { return Cost() }
    let components = Swift.max(1, axes.startMap.count)
    let vectors = inputs[1].elementCount / components
    return Cost(
      flops: 3 * inputs[1].elementCount + (components - 1) * vectors + outputs[0].elementCount)
  }
}

extension IndexMode {
  /// The mode with 0 for what is filled in.
  package var fillingZero: IndexMode {
    if case .fill = self { .fill(.zero) } else { self }
  }
}

/// Takes the elements of `x` at `indices` along a resolved axis; the other axes go in step.
package func gatherAlong(
  _ x: Tensor, _ indices: Tensor, axis: Int, mode: IndexMode = .promiseInBounds
) -> Tensor {
  let others = x.shape.indices.filter { $0 != axis }
  let axes = IndexAxes(
    offset: [], collapsed: [axis], startMap: [axis], operandBatching: others,
    indexBatching: others)
  let sizes = x.shape.map { Swift.min(1, $0) }
  return bind(
    Gather(axes, sliceSizes: sizes, mode: mode), x, indices.expandingAxis(indices.rank))
}
