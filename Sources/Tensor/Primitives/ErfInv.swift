import CKernels

/// The inverse of the error function. https://openxla.org/stablehlo/generated/chlo
package struct ErfInv: UnaryElementwise {
  package static let name = "erf_inv"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_erf_inv(dtype) }

  /// XLA expands it into two polynomials.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = outputs[0].elementCount
    return Cost(
      flops: (outputs[0].dtype.byteSize == 2 ? 39 : 37) * count, transcendentals: 2 * count)
  }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    t * (Exp()(y * y) * (1 / Double.twoOverRootPi))
  }
}
