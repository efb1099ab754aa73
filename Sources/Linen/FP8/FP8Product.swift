/// A product of operands in eight bits, with scales that follow the largest numbers of late.
///
/// Operands are rounded to `e4m3fn` and, in the derivative, the gradient to `e5m2`; products of rounded
/// numbers are then scaled. What each of the three remembers has as its gradient what to remember next.
/// Mirrors `flax.linen.fp8_ops.fp8_scaled_dot_general`.
struct FP8Product: TensorTree {
  var lhs: FP8Operand
  var rhs: FP8Operand
  /// What is remembered of the gradient of the result.
  var gradient: FP8Meta

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("lhs"), &lhs)
    visitor.visit(.field("rhs"), &rhs)
    visitor.visit(.field("gradient"), &gradient)
  }

  /// Computes the product in the dtype of `lhs`, by a bilinear function of the rounded operands.
  func evaluate(
    computeDtype: DType, _ product: @escaping (Tensor, Tensor) -> Tensor
  ) throws -> Tensor {
    let dtype = lhs.tensor.dtype
    let function = customVJP { (arguments: FP8Product) in
      arguments.forward(dtype, computeDtype, product).0
    } forward: {
      $0.forward(dtype, computeDtype, product)
    } backward: { (residuals: FP8Product, cotangent: Tensor) in
      try residuals.backward(cotangent, dtype, product)
    }
    return try function(self)
  }

  /// The result, and what the derivative needs: the rounded operands, what to remember of them, and
  /// what was remembered of the gradient.
  private func forward(
    _ dtype: DType, _ computeDtype: DType, _ product: (Tensor, Tensor) -> Tensor
  ) -> (Tensor, FP8Product) {
    func rounded(_ operand: FP8Operand) -> FP8Operand {
      let next = operand.meta.updated(by: operand.tensor, .e4m3fn)
      return FP8Operand(
        tensor: Float8.e4m3fn.quantize(
          operand.tensor, scale: next.scale, computeDtype: computeDtype), meta: next)
    }
    let (a, b) = (rounded(lhs), rounded(rhs))
    let y = Float8.dequantize(
      product(a.tensor, b.tensor), dtype, scale: a.meta.scale * b.meta.scale)
    return (y, FP8Product(lhs: a, rhs: b, gradient: gradient))
  }

  /// The gradients, of rounded operands that `forward` has left.
  private func backward(
    _ cotangent: Tensor, _ dtype: DType, _ product: @escaping (Tensor, Tensor) -> Tensor
  ) throws -> FP8Product {
    let next = gradient.updated(by: cotangent, .e5m2)
    let rounded = Float8.e5m2.quantize(cotangent, scale: next.scale, computeDtype: dtype)
    let (_, pullback) = try vjp({ product($0[0], $0[1]) }, [lhs.tensor, rhs.tensor])
    let gradients = try pullback(rounded)
    func scaled(_ gradient: Tensor, by other: FP8Meta) -> Tensor {
      Float8.dequantize(gradient, dtype, scale: other.scale * next.scale)
    }
    return FP8Product(
      lhs: FP8Operand(tensor: scaled(gradients[0], by: rhs.meta), meta: lhs.meta),
      rhs: FP8Operand(tensor: scaled(gradients[1], by: lhs.meta), meta: rhs.meta),
      gradient: next)
  }
}
