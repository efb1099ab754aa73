import CKernels

/// The derivative of the logarithm of the gamma function.
/// https://openxla.org/stablehlo/generated/chlo
package struct Digamma: UnaryElementwise {
  package static let name = "digamma"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_digamma(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { Mul()(t, trigamma(x)) }

  /// The derivative, by reflection below 1/2: psi'(x) = (pi / sin(pi x))^2 - psi'(1 - x).
  private func trigamma(_ x: Tensor) -> Tensor {
    let reflects = x .< 0.5
    let magnitude = trigammaAboveHalf(Select()(reflects, 1 - x, x))
    let ratio = Double.pi / Sin()(x * Double.pi)
    return Select()(reflects, ratio * ratio - magnitude, magnitude)
  }

  /// psi'(x) = sum of 1 / (x + k)^2 for k < 10, plus the asymptotic series at x + 10.
  private func trigammaAboveHalf(_ x: Tensor) -> Tensor {
    var sum = zeros(like: x)
    for k in 0..<10 { sum = sum + 1 / Square()(x + Double(k)) }
    let inverse = 1 / (x + 10.0)
    let square = inverse * inverse
    // The Bernoulli numbers B12, B10, ..., B2 by Horner's rule.
    var series = full(like: x, -691.0 / 2730)
    for bernoulli in [5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6] {
      series = series * square + bernoulli
    }
    return sum + inverse * (1 + inverse * (0.5 + inverse * series))
  }
}
