import CKernels
import Foundation

/// The derivative of a gamma-distributed number x by the shape parameter alpha, at fixed
/// probability.
///
/// It is -(dP/d alpha) / (dP/dx) of the cumulative function P. https://arxiv.org/abs/1805.08498
package struct RandomGammaGrad: Primitive {
  package static let name = "random_gamma_grad"

  package init() {}

  package func callAsFunction(_ alpha: Tensor, _ x: Tensor) -> Tensor { bind(self, alpha, x) }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (alpha, x) = (inputs[0], inputs[1])
    guard alpha.shape == x.shape, alpha.dtype == x.dtype,
      x.dtype == .float32 || x.dtype == .float64
    else {
      throw TensorError(
        Self.name, .other("operands must have one shape and be f32 or f64"),
        [.init("alpha", alpha), .init("x", x)], placeholders: [x])
    }
    return [x.with(dtype: x.dtype)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    // In float64 whatever the dtype: the series cancels.
    let alpha = inputs[0].converted(to: .float64).contiguous()
    let x = inputs[1].converted(to: .float64).contiguous()
    let result = NDArray(uninitialized: .float64, outputs[0].shape)
    parallelRanges(result.count, grain: 1024) { range in
      for index in range {
        result.pointer(as: Double.self)[index] = GammaDerivative.sample(
          alpha.pointer(as: Double.self)[index], x.pointer(as: Double.self)[index])
      }
    }
    return [result.converted(to: outputs[0].dtype)]
  }

  /// By x; there is no rule by alpha, which JAX has neither.
  ///
  /// With the density f, g = -(dP/d alpha) / f gives dg/dx = -(log f)' by alpha - g (log f)' by x.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (alpha, x) = (primals[0], primals[1])
    let result = self(alpha, x)
    if tangents[0] != nil {
      record(
        TensorError(
          Self.name, .ruleMissing(rule: "jvp"), [.init("alpha", alpha.type)],
          hint: "a gamma sample can be differentiated by its shape parameter once"))
    }
    guard let t = tangents[1] else { return ([result], [nil]) }
    let byAlpha = Sub()(Log()(x), Digamma()(alpha))
    let byX = Sub()(Div()(Sub()(alpha, ones(like: alpha)), x), ones(like: x))
    let slope = Neg()(Add()(byAlpha, Mul()(result, byX)))
    return ([result], [Mul()(t, slope)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let (aligned, axis) = alignBatchAxes(inputs, axes, size: size)
    return (bind(self, aligned), [axis])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(transcendentals: outputs[0].elementCount)
  }
}

/// The regularized incomplete gamma function's derivatives, as series and continued fraction.
private enum GammaDerivative {
  static func sample(_ alpha: Double, _ x: Double) -> Double {
    if alpha.isNaN || x.isNaN || alpha <= 0 || x < 0 { return .nan }
    if x == 0 { return 0 }
    return x > 1 && x > alpha ? fraction(alpha, x) : series(alpha, x)
  }

  private static func digamma(_ x: Double) -> Double {
    var (x, y) = (x, 0.0)
    ck_digamma(CK_F64)?(&x, 1, &y, 1)
    return y
  }

  /// P is x^a e^-x / Gamma(a + 1) times the sum of x^k Gamma(a + 1) / Gamma(a + 1 + k).
  private static func series(_ alpha: Double, _ x: Double) -> Double {
    var (r, term, sum) = (alpha, 1.0, 1.0)
    var (termSlope, sumSlope) = (0.0, 0.0)
    for _ in 0..<2000 {
      r += 1
      termSlope = termSlope * (x / r) - term * x / (r * r)
      term *= x / r
      sum += term
      sumSlope += termSlope
      if abs(termSlope) <= .ulpOfOne * abs(sumSlope) { break }
    }
    let slope = log(x) - digamma(alpha + 1)
    return -(sumSlope + sum * slope) * x / alpha
  }

  /// 1 - P is x^a e^-x / Gamma(a) times a continued fraction, by its convergents p / q.
  private static func fraction(_ alpha: Double, _ x: Double) -> Double {
    var y = 1 - alpha
    var z = x + y + 1
    var (older, newer) = (Convergent(p: 1, q: x), Convergent(p: x + 1, q: z * x))
    newer.qSlope = -x
    var (value, slope) = (newer.value, newer.slope)
    for step in 1...2000 {
      let c = Double(step)
      y += 1
      z += 2
      let next = Convergent.after(newer, older, y: y, z: z, c: c)
      (older, newer) = (newer, next)
      if next.q != 0 {
        let change = abs(next.slope - slope)
        (value, slope) = (next.value, next.slope)
        if change <= .ulpOfOne { break }
      }
      if abs(newer.p) > 1e15 {
        older.scale(1e-15)
        newer.scale(1e-15)
      }
    }
    return (slope + value * (log(x) - digamma(alpha))) * x
  }

  /// A convergent with its derivatives by alpha.
  private struct Convergent {
    var p: Double
    var q: Double
    var pSlope = 0.0
    var qSlope = 0.0

    var value: Double { p / q }
    var slope: Double { (pSlope - value * qSlope) / q }

    static func after(
      _ newer: Convergent, _ older: Convergent, y: Double, z: Double, c: Double
    ) -> Convergent {
      Convergent(
        p: newer.p * z - older.p * y * c, q: newer.q * z - older.q * y * c,
        pSlope: newer.pSlope * z - newer.p - older.pSlope * y * c + older.p * c,
        qSlope: newer.qSlope * z - newer.q - older.qSlope * y * c + older.q * c)
    }

    mutating func scale(_ factor: Double) {
      p *= factor
      q *= factor
      pSlope *= factor
      qSlope *= factor
    }
  }
}
