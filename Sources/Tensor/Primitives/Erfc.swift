import CKernels

/// One minus the error function, exact where that is near 1.
/// https://openxla.org/stablehlo/generated/chlo
package struct Erfc: UnaryElementwise {
  package static let name = "erfc"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_erfc(dtype) }

  /// XLA expands it into two rational functions.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = outputs[0].elementCount
    return Cost(
      flops: (outputs[0].dtype.byteSize == 2 ? 64 : 62) * count, transcendentals: count)
  }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    t * (Exp()(-(x * x)) * -Double.twoOverRootPi)
  }
}
