#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How values between elements are found when an image is resized.
public enum ResizeMethod: Hashable, Sendable {
  /// The nearest element.
  case nearest
  /// A straight line between neighbours.
  case linear
  /// The cubic of Keys with a = -0.5. https://doi.org/10.1109/TASSP.1981.1163711
  case cubic
  /// A windowed sinc of radius 3.
  case lanczos3
  /// A windowed sinc of radius 5.
  case lanczos5
}

/// Scales a tensor to another shape, each axis on its own.
///
/// Element centers lie at half places, so that corners keep their places. With `antialias`, axes
/// that shrink are smoothed over all elements that fall together; `nearest` never is. Integers give
/// floats, except by `nearest`. Mirrors `jax.image.resize`.
public func resize(
  _ x: Tensor, to shape: Shape, method: ResizeMethod, antialias: Bool = true
) -> Tensor {
  guard shape.rank == x.rank, shape.allSatisfy({ $0 >= 0 }) else {
    record(
      TensorError(
        "resize",
        .argumentInvalid(
          name: "shape", value: "\(shape)", expected: "one of the operand's rank"),
        [.init("operand", x.type)]))
    return x
  }
  var result = method == .nearest ? x : inexact(x)
  for axis in shape.indices where shape.dimensions[axis] != x.shape.dimensions[axis] {
    let (from, to) = (x.shape.dimensions[axis], shape.dimensions[axis])
    if method == .nearest {
      result = take(
        result, nearestPlaces(from, to), axis: axis, outOfBounds: .promiseInBounds)
    } else {
      let weights = resizeWeights(from, to, method, antialias)
      let product = contract(
        result, Tensor(weights, shape: [from, to], dtype: result.dtype), ([axis], [0]),
        batch: ([], []))
      result = moveAxis(product, from: x.rank - 1, to: axis)
    }
  }
  return result
}

/// The element nearest to each new center, in float32 as JAX computes it.
private func nearestPlaces(_ from: Int, _ to: Int) -> Tensor {
  Tensor(
    (0..<to).map { Int32(((Float($0) + 0.5) * Float(from) / Float(to)).rounded(.down)) },
    dtype: .int32)
}

/// The share that each old element has in each new one, row by row: [from, to].
private func resizeWeights(
  _ from: Int, _ to: Int, _ method: ResizeMethod, _ antialias: Bool
) -> [Double] {
  let step = Double(from) / Double(to)
  let width = antialias ? max(step, 1) : 1
  var weights = [Double](repeating: 0, count: from * to)
  for column in 0..<to {
    let center = (Double(column) + 0.5) * step - 0.5
    guard center >= -0.5, center <= Double(from) - 0.5 else { continue }
    let shares = (0..<from).map { method.kernel(abs(center - Double($0)) / width) }
    let total = shares.reduce(0, +)
    guard abs(total) > 1000 * Double(Float.ulpOfOne) else { continue }
    for row in 0..<from { weights[row * to + column] = shares[row] / total }
  }
  return weights
}

extension ResizeMethod {
  /// The weight of an element at a distance.
  fileprivate func kernel(_ x: Double) -> Double {
    switch self {
    case .nearest, .linear: return max(0, 1 - x)
    case .cubic:
      if x >= 2 { return 0 }
      return x >= 1
        ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : ((1.5 * x - 2.5) * x) * x + 1
    case .lanczos3: return lanczos(3, x)
    case .lanczos5: return lanczos(5, x)
    }
  }

  private func lanczos(_ radius: Double, _ x: Double) -> Double {
    if x > radius { return 0 }
    if x <= 1e-3 { return 1 }
    return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
  }
}
