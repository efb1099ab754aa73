/// The quotient by a divisor whose axes have the size of the other's, or 1.
///
/// `jax.lax.div` takes such operands, and its derivative negates and inverts the divisor before it is
/// repeated. This form is for counting; where values are computed, the divisor is a view.
package struct DivBroadcast: Primitive {
  package static let name = "div_broadcast"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (x, y) = (inputs[0], inputs[1])
    let operands: [TensorError.Operand] = [.init("lhs", x), .init("rhs", y)]
    guard x.rank == y.rank, zip(x.shape, y.shape).allSatisfy({ $0 == $1 || $1 == 1 }) else {
      throw TensorError(Self.name, .shapesDiffer, operands, placeholders: [x])
    }
    guard x.dtype == y.dtype else {
      throw TensorError(Self.name, .dtypesDiffer, operands, placeholders: [x])
    }
    guard x.dtype.isFloatingPoint else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: x.dtype, expected: "a floating-point type"), operands,
        placeholders: [x])
    }
    return [x]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let repeated = Tensor(inputs[1]).broadcast(to: inputs[0].shape)
    return Div().evaluate([inputs[0], repeated.array ?? inputs[1]], outputs)
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (x, y) = (primals[0], primals[1])
    let left = tangents[0].map { bind(self, $0, y) as Tensor }
    let right = tangents[1].map { t in
      let slope = bind(IntegerPow(-2), y) as Tensor
      return Mul()(
        Mul()(Neg()(t).broadcast(to: x.shape), x), slope.broadcast(to: x.shape))
    }
    return (bind(self, primals), [sumOfTangents(left, right)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case (.linear, .known(let y)) = (inputs[0], inputs[1]) else { return notLinear(inputs) }
    return [cotangents[0].map { bind(self, $0, y) }, nil]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    return (bind(self, aligned), [axis])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: outputs[0].elementCount)
  }
}
