import Tensor
import Training

/// How far a result may lie from the golden one.
package enum Tolerance: Hashable, Sendable {
  /// Not at all: every bit counts.
  case bitwise
  /// By `atol + rtol * |golden|`.
  case close(rtol: Double, atol: Double)

  init?(_ json: JSON?) {
    if json?.text == "bitwise" {
      self = .bitwise
    } else if let rtol = json?["rtol"]?.double, let atol = json?["atol"]?.double {
      self = .close(rtol: rtol, atol: atol)
    } else {
      return nil
    }
  }
}

extension Tolerance {
  /// Compares by the rules of the goldens; nil if the result passes, else what is wrong.
  ///
  /// Shapes and dtypes must be equal, NaN equals NaN, integers and truth values are exact.
  func mismatch(_ result: Tensor, _ golden: Tensor) throws -> String? {
    guard result.shape == golden.shape, result.dtype == golden.dtype else {
      return "is \(result.type), expected \(golden.type)"
    }
    if golden.dtype == .float64 || golden.dtype == .float32 || golden.dtype.isFloatingPoint {
      return try mismatchOfFloats(result, golden)
    }
    return try mismatchOfIntegers(result, golden)
  }

  private func mismatchOfIntegers(_ result: Tensor, _ golden: Tensor) throws -> String? {
    let isUnsigned = golden.dtype == .uint64
    let x: [Int64] = isUnsigned ? try bits(result) : try result.scalars()
    let y: [Int64] = isUnsigned ? try bits(golden) : try golden.scalars()
    let wrong = x.indices.filter { x[$0] != y[$0] }
    guard let first = wrong.first else { return nil }
    func text(_ value: Int64) -> String { isUnsigned ? "\(UInt64(bitPattern: value))" : "\(value)" }
    return "\(wrong.count) of \(x.count) differ, the first at \(place(first, golden.shape)): "
      + "\(text(x[first])), expected \(text(y[first]))"
  }

  private func bits(_ tensor: Tensor) throws -> [Int64] {
    try tensor.scalars(as: UInt64.self).map { Int64(bitPattern: $0) }
  }

  private func mismatchOfFloats(_ result: Tensor, _ golden: Tensor) throws -> String? {
    let x = try result.scalars(as: Double.self)
    let y = try golden.scalars(as: Double.self)
    var wrong = 0
    var worst = (index: 0, excess: -1.0)
    for index in x.indices {
      guard let excess = excess(x[index], y[index]) else { continue }
      wrong += 1
      if excess > worst.excess { worst = (index, excess) }
    }
    guard wrong > 0 else { return nil }
    let (a, b) = (x[worst.index], y[worst.index])
    let largest = y.lazy.filter(\.isFinite).map(abs).max() ?? 0
    return "\(wrong) of \(x.count) differ, the most at \(place(worst.index, golden.shape)): \(a), "
      + "expected \(b), off by \(abs(a - b)) where \(allowance(b)) is allowed and the largest is "
      + "\(largest)"
  }

  /// By how many allowances two numbers differ, if it is too much.
  private func excess(_ a: Double, _ b: Double) -> Double? {
    if a.isNaN && b.isNaN { return nil }
    switch self {
    case .bitwise:
      // The conversion to Double keeps every bit of the value, and the sign of zero.
      return a.bitPattern == b.bitPattern ? nil : (a - b).isNaN ? .infinity : abs(a - b)
    case .close(let rtol, let atol):
      if a == b { return nil }
      let allowance = atol + rtol * abs(b)
      let distance = abs(a - b)
      return distance <= allowance ? nil : distance.isNaN ? .infinity : distance / allowance
    }
  }

  private func allowance(_ golden: Double) -> String {
    switch self {
    case .bitwise: "nothing"
    case .close(let rtol, let atol): "\(atol + rtol * abs(golden))"
    }
  }

  private func place(_ index: Int, _ shape: Shape) -> String {
    var rest = index
    let place = shape.rowMajorStrides.map { stride in
      defer { rest %= stride }
      return rest / stride
    }
    return place.description
  }
}
