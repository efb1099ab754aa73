import CKernels

/// The logistic function 1 / (1 + exp(-x)). https://openxla.org/stablehlo/spec#logistic
package struct Logistic: UnaryElementwise {
  package static let name = "logistic"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_logistic(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (y * (1 - y)) }

  /// An exponential, and a negation, an addition and a division around it.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = outputs[0].elementCount
    return Cost(flops: 3 * count, transcendentals: count)
  }
}
