/// The operands in rising order of the first `keys` of them along an axis; the others go along.
///
/// Stable; NaN comes last, and -0 and 0 are equal. https://openxla.org/stablehlo/spec#sort
package struct Sort: Primitive {
  package static let name = "sort"
  package let axis: Int
  package let keys: Int

  package init(axis: Int, keys: Int = 1) {
    self.axis = axis
    self.keys = keys
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    guard let first = inputs.first else {
      throw TensorError(
        Self.name, .argumentInvalid(name: "operand count", value: "0", expected: "at least 1"),
        placeholders: [ShapeDtype([0])])
    }
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, inputs.enumerated().map { .init("operand \($0)", $1) },
        placeholders: inputs)
    }
    guard first.shape.indices.contains(axis) else {
      throw failure(.axisOutOfRange(axis: axis, rank: first.rank))
    }
    guard inputs.allSatisfy({ $0.shape == first.shape }) else {
      throw failure(.sizesDiffer(what: "shapes"))
    }
    guard 1...inputs.count ~= keys else {
      throw failure(
        .argumentInvalid(name: "key count", value: "\(keys)", expected: "1 to \(inputs.count)"))
    }
    return inputs
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    Sorting.sort(inputs, axis: axis, keys: keys)
  }

  /// The tangents in the order of the primals, found by sorting their indices along.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let places = iota(.int32, primals[0].shape, axis: axis)
    let sorted = bind(self, primals + [places])
    let order = sorted[primals.count]
    return (
      Array(sorted.dropLast()), tangents.map { $0.map { gatherAlong($0, order, axis: axis) } }
    )
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, batch) = alignBatchAxes(inputs, axes, size: size)
    let outputs = bind(Sort(axis: axis >= batch ? axis + 1 : axis, keys: keys), aligned)
    return (outputs, outputs.map { _ in batch })
  }

  /// n log2(n) comparisons, as XLA counts them.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = inputs[0].elementCount
    let bits = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    return Cost(flops: count * bits)
  }
}
