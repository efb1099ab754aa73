/// What the products in eight bits have in common: the variables by which they choose scales.
///
/// In the collection `_overwrite_with_gradient`: `input_amax_history`, `kernel_amax_history` and
/// `output_grad_amax_history` `[amaxHistoryLength]`, the largest numbers of late, and `input_scale`,
/// `kernel_scale` and `output_grad_scale` `[1]`. Their gradients are their next values: after a step of
/// training each is replaced by its gradient.
public class FP8DotGeneralBase: Module, @unchecked Sendable {
  /// For how many steps the largest numbers are kept.
  public final let amaxHistoryLength: Int
  /// The format of the operands.
  public final let e4m3: Float8
  /// The format of the gradients.
  public final let e5m2: Float8

  /// Makes a product that chooses scales by the largest numbers of as many steps.
  public init(
    amaxHistoryLength: Int = 1024, e4m3: Float8 = .e4m3fn, e5m2: Float8 = .e5m2,
    name: String? = nil
  ) {
    self.amaxHistoryLength = amaxHistoryLength
    self.e4m3 = e4m3
    self.e5m2 = e5m2
    super.init(name: name)
  }

  /// What is remembered of input, kernel and the gradient of the output.
  final func metas() -> (input: FP8Meta, kernel: FP8Meta, outputGradient: FP8Meta) {
    let histories = ["input", "kernel", "output_grad"].map { name in
      variable(overwriteWithGradient, "\(name)_amax_history") { Tensor.zeros([amaxHistoryLength]) }
    }
    let scales = ["input", "kernel", "output_grad"].map { name in
      variable(overwriteWithGradient, "\(name)_scale") { Tensor.ones([1]) }
    }
    let metas = zip(scales, histories).map { FP8Meta(scale: $0.value, amaxHistory: $1.value) }
    return (metas[0], metas[1], metas[2])
  }

  /// Multiplies operands rounded to eight bits by a bilinear function, in the dtype of the second.
  final func product(
    _ lhs: Tensor, _ rhs: Tensor, by multiply: @escaping (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let metas = metas()
    let product = FP8Product(
      lhs: FP8Operand(tensor: lhs.cast(to: rhs.dtype), meta: metas.input),
      rhs: FP8Operand(tensor: rhs, meta: metas.kernel), gradient: metas.outputGradient)
    return recovering(rhs) { try product.evaluate(computeDtype: rhs.dtype, multiply) }
  }

  /// The result of `body`; `placeholder` after recording the error that it throws.
  final func recovering(_ placeholder: Tensor, _ body: () throws -> Tensor) -> Tensor {
    do {
      return try body()
    } catch {
      record(error)
      return placeholder
    }
  }

  package override class var holdsModules: Bool { false }
}

/// Multiplies operands that are rounded to eight bits, for ``Dense/dotGeneralCls`` and its kin.
///
///     let layer = Dense(64, dotGeneralCls: { FP8DirectDotGeneralOp() })
///
/// Operands are scaled and rounded to `e4m3fn`, gradients to `e5m2`. Computes in the dtype of the
/// kernel. https://arxiv.org/abs/2209.05433 Mirrors `flax.linen.Fp8DirectDotGeneralOp`.
public final class FP8DirectDotGeneralOp: FP8DotGeneralBase, DotGeneralModule,
  @unchecked Sendable
{
  /// The name in Flax.
  public override class var linenName: String { "Fp8DirectDotGeneralOp" }

  /// Multiplies.
  public func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, precision: Precision?
  ) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in product(lhs, rhs, by: dimensions.product) }
  }
}

/// Multiplies operands that are rounded to eight bits and back; the product itself is a usual one.
///
/// Mirrors `flax.linen.Fp8DotGeneralOp`.
public class FP8DotGeneralOp: FP8DotGeneralBase, DotGeneralModule, @unchecked Sendable {
  /// The name in Flax.
  public override class var linenName: String { "Fp8DotGeneralOp" }

  /// Multiplies.
  public final func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, precision: Precision?
  ) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in
      let metas = metas()
      let dtype = rhs.dtype
      return recovering(rhs) {
        let a = try FP8Operand(tensor: lhs.cast(to: dtype), meta: metas.input)
          .rounded(e4m3, computeDtype: dtype)
        let b = try FP8Operand(tensor: rhs, meta: metas.kernel).rounded(e4m3, computeDtype: dtype)
        let y = FP8Operand(tensor: dimensions.product(a, b), meta: metas.outputGradient)
        return try y.withRoundedGradient(e5m2, computeDtype: dtype)
      }
    }
  }
}

/// ``FP8DotGeneralOp`` in the formats of AMD's hardware.
///
/// Mirrors `flax.linen.NANOOFp8DotGeneralOp`.
public final class NANOOFP8DotGeneralOp: FP8DotGeneralOp, @unchecked Sendable {
  /// The name in Flax.
  public override class var linenName: String { "NANOOFp8DotGeneralOp" }

  /// Makes a product in the formats that end in `fnuz`.
  public override init(
    amaxHistoryLength: Int = 1024, e4m3: Float8 = .e4m3fnuz, e5m2: Float8 = .e5m2fnuz,
    name: String? = nil
  ) {
    super.init(amaxHistoryLength: amaxHistoryLength, e4m3: e4m3, e5m2: e5m2, name: name)
  }
}

/// Evaluates an einsum of operands that are rounded to eight bits, the second of them a weight.
///
/// Mirrors `flax.linen.Fp8Einsum`.
public final class FP8Einsum: FP8DotGeneralBase, EinsumModule, @unchecked Sendable {
  /// The name in Flax.
  public override class var linenName: String { "Fp8Einsum" }

  /// Evaluates the equation in the dtype of the second operand.
  public func callAsFunction(
    _ equation: String, _ lhs: Tensor, _ rhs: Tensor, precision: Precision? = nil
  ) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in product(lhs, rhs) { einsum(equation, $0, $1) } }
  }
}

extension DotDimensionNumbers {
  /// The usual product over these axes.
  func product(_ lhs: Tensor, _ rhs: Tensor) -> Tensor {
    dotGeneral(
      lhs, rhs, contracting: (lhsContracting, rhsContracting), batch: (lhsBatch, rhsBatch))
  }
}
