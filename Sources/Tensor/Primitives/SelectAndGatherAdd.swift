/// Takes, for each place of a window, the tangent at its first largest (or smallest) element.
///
/// Operands: tangents, operand. Mirrors `jax._src.lax.windowed_reductions.select_and_gather_add_p`;
/// it has no StableHLO operation of its own and lowers to a reduce_window over pairs.
package struct SelectAndGatherAdd: Primitive {
  package static let name = "select_and_gather_add"
  package let choice: Windows.Combination
  package let sizes: [Int]
  package let window: ConvWindow

  package init(_ choice: Windows.Combination, sizes: [Int], window: ConvWindow) {
    self.choice = choice
    self.sizes = sizes
    self.window = window
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (tangents, operand) = (inputs[0], inputs[1])
    let places = try inferWindow(Self.name, sizes, window, operand)
    let output = places.with(dtype: operand.dtype, isWeak: tangents.isWeak)
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(
        Self.name, fact, [.init("tangents", tangents), .init("operand", operand)],
        placeholders: [output])
    }
    guard tangents.shape == operand.shape else { throw failure(.shapesDiffer) }
    guard tangents.dtype == operand.dtype else { throw failure(.dtypesDiffer) }
    guard operand.dtype != .bool, !operand.dtype.isComplex else {
      throw failure(.dtypeUnsupported(dtype: operand.dtype, expected: "a real number type"))
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Windows.gather(choice, inputs[0], inputs[1], sizes, window.spatial, outputs[0])]
  }

  /// The choice is piecewise constant in the operand.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    (bind(self, primals), [tangents[0].map { bind(self, $0, primals[1]) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case .known(let operand) = inputs[1] else { return notLinear(inputs) }
    let scatter = SelectAndScatterAdd(choice, sizes: sizes, window: window)
    return [cotangents[0].map { bind(scatter, $0, operand) }, nil]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    let operation = SelectAndGatherAdd(
      choice, sizes: inserting(1, sizes, at: axis), window: window.inserting(at: axis))
    return (bind(operation, aligned), [axis])
  }

  /// A comparison and two selections for each element of a window beyond the first.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: 3 * (sizes.reduce(1, *) - 1) * outputs[0].elementCount)
  }
}
