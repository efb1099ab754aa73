/// Adds each element of a source to the place of the largest (or smallest) element of a window.
///
/// The gradient of a window maximum; of equal elements the first counts. Operands: source, operand.
/// https://openxla.org/stablehlo/spec#select_and_scatter
package struct SelectAndScatterAdd: Primitive {
  package static let name = "select_and_scatter_add"
  package let choice: Windows.Combination
  package let sizes: [Int]
  package let window: ConvWindow

  package init(_ choice: Windows.Combination, sizes: [Int], window: ConvWindow) {
    self.choice = choice
    self.sizes = sizes
    self.window = window
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (source, operand) = (inputs[0], inputs[1])
    let places = try inferWindow(Self.name, sizes, window, operand)
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, [.init("source", source), .init("operand", operand)],
        placeholders: [operand])
    }
    guard source.shape == places.shape else {
      throw failure(
        .argumentInvalid(
          name: "source shape", value: "\(source.shape)",
          expected: "\(places.shape), the window's places"))
    }
    guard source.dtype == operand.dtype else { throw failure(.dtypesDiffer) }
    guard operand.dtype != .bool, !operand.dtype.isComplex else {
      throw failure(.dtypeUnsupported(dtype: operand.dtype, expected: "a real number type"))
    }
    return [operand.with(dtype: operand.dtype, isWeak: source.isWeak)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Windows.scatter(choice, source: inputs[0], inputs[1], sizes, window.spatial, outputs[0])]
  }

  /// The choice is piecewise constant in the operand.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    (bind(self, primals), [tangents[0].map { bind(self, $0, primals[1]) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .known(let operand) = inputs[1] else { return notLinear(inputs) }
    let gather = SelectAndGatherAdd(choice, sizes: sizes, window: window)
    return [cotangents[0].map { bind(gather, $0, operand) }, nil]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    let operation = SelectAndScatterAdd(
      choice, sizes: inserting(1, sizes, at: axis), window: window.inserting(at: axis))
    return (bind(operation, aligned), [axis])
  }

  /// A comparison for each element of a window beyond the first, and an addition for each window.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: sizes.reduce(1, *) * inputs[0].elementCount)
  }
}
