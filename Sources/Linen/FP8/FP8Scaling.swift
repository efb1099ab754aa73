/// The collection whose variables are replaced by their gradients after a step: what products in
/// eight bits remember from step to step.
public let overwriteWithGradient = "_overwrite_with_gradient"

extension Float8 {
  /// Divides by a scale and rounds; what is too large is cut to the largest number.
  ///
  /// Computes in `computeDtype`, which the result has. Mirrors `flax.linen.fp8_ops.quantize`.
  public func quantize(_ x: Tensor, scale: Tensor, computeDtype: DType) -> Tensor {
    let largest = Tensor(maximum, dtype: computeDtype)
    let scaled = x.cast(to: computeDtype) / scale.cast(to: computeDtype)
    return rounded(clip(scaled, low: -largest, high: largest))
  }

  /// Multiplies rounded numbers with their scale.
  ///
  /// Mirrors `flax.linen.fp8_ops.dequantize`.
  public static func dequantize(_ x: Tensor, _ dtype: DType, scale: Tensor) -> Tensor {
    x.cast(to: dtype) * scale.cast(to: dtype)
  }

  /// Divides by a scale, rounds, and multiplies again.
  ///
  /// Mirrors `flax.linen.fp8_ops.qdq`.
  public func quantizeDequantize(_ x: Tensor, scale: Tensor, computeDtype: DType) -> Tensor {
    let rounded = quantize(x, scale: scale, computeDtype: computeDtype)
    return Float8.dequantize(rounded, x.dtype, scale: scale)
  }

  /// The scale that brings the largest number of late, `amax`, to the largest of the format, over
  /// 2 to the power of `margin`.
  ///
  /// The last scale if `amax` is 0 or not finite. Mirrors `flax.linen.fp8_ops.compute_scale`.
  public func scale(for amax: Tensor, last: Tensor, margin: Int = 0) -> Tensor {
    let old = 1.0 / last
    var factor = maximum / amax / Double(1 << margin)
    factor = which(amax .> 0.0, factor, old)
    factor = which(isFinite(amax), factor, old)
    return 1.0 / factor
  }
}

/// What is remembered of a tensor: the scale of this step, and the largest numbers of late.
struct FP8Meta: TensorTree {
  var scale: Tensor
  var amaxHistory: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("scale"), &scale)
    visitor.visit(.field("amaxHistory"), &amaxHistory)
  }

  /// The scale by what was seen before, and the history with `x` put in front.
  func updated(by x: Tensor, _ format: Float8) -> FP8Meta {
    let largest = max(abs(x)).cast(to: amaxHistory.dtype).reshaped(to: [1])
    return FP8Meta(
      scale: format.scale(for: max(amaxHistory), last: scale),
      amaxHistory: concatenate([largest, roll(amaxHistory, by: -1)[slice(1, nil)]]))
  }
}

/// A tensor and what is remembered of it: an argument of the products below.
///
/// The gradient of what is remembered is what to remember next.
struct FP8Operand: TensorTree {
  var tensor: Tensor
  var meta: FP8Meta

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("tensor"), &tensor)
    visitor.visit(.field("meta"), &meta)
  }

  /// The tensor rounded and scaled back; its gradient passes as it is.
  func rounded(_ format: Float8, computeDtype: DType) throws -> Tensor {
    func forward(_ operand: FP8Operand) -> (Tensor, FP8Meta) {
      let next = operand.meta.updated(by: operand.tensor, format)
      let rounded = format.quantizeDequantize(
        operand.tensor, scale: next.scale, computeDtype: computeDtype)
      return (rounded, next)
    }
    return try customVJP { (operand: FP8Operand) in
      forward(operand).0
    } forward: {
      forward($0)
    } backward: { (next: FP8Meta, cotangent: Tensor) in
      FP8Operand(tensor: cotangent, meta: next)
    }(self)
  }

  /// The tensor as it is; its gradient is rounded and scaled back.
  func withRoundedGradient(_ format: Float8, computeDtype: DType) throws -> Tensor {
    try customVJP { (operand: FP8Operand) in
      operand.tensor
    } forward: {
      ($0.tensor, $0.meta)
    } backward: { (meta: FP8Meta, cotangent: Tensor) in
      let next = meta.updated(by: cotangent, format)
      let rounded = format.quantizeDequantize(
        cotangent, scale: next.scale, computeDtype: computeDtype)
      return FP8Operand(tensor: rounded, meta: next)
    }(self)
  }
}
