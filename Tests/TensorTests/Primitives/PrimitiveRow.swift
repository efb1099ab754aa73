import Testing

@testable import Tensor

/// A row of the primitive catalogue: a primitive with operands to try it on, over which laws run.
struct PrimitiveRow: CustomTestStringConvertible, Sendable {
  let label: String
  let primitive: any Primitive
  let inputs: [RowInput]
  /// The inputs in which the primitive is differentiable at these operands.
  let smooth: [Int]
  /// The sets of inputs in which it is linear together, the others being known.
  let linear: [[Int]]
  /// The relative error that the central difference may have.
  let tolerance: Double
  /// The error of float32 against float64, relative to the largest element.
  let float32: Double

  init(
    _ primitive: any Primitive, _ variant: String, _ inputs: [RowInput], smooth: [Int]? = nil,
    linear: [[Int]] = [], tolerance: Double = 1e-7, float32: Double = 1e-6
  ) {
    let name = type(of: primitive).name
    label = variant.isEmpty ? name : "\(name)/\(variant)"
    self.primitive = primitive
    self.inputs = inputs
    self.smooth = smooth ?? inputs.indices.filter { inputs[$0].isInexact }
    self.linear = linear
    self.tolerance = tolerance
    self.float32 = float32
  }

  /// The only, or plain, variant.
  init(
    _ primitive: any Primitive, _ inputs: [RowInput], smooth: [Int]? = nil, linear: [[Int]] = [],
    tolerance: Double = 1e-7, float32: Double = 1e-6
  ) {
    self.init(
      primitive, "", inputs, smooth: smooth, linear: linear, tolerance: tolerance,
      float32: float32)
  }

  var testDescription: String { label }

  /// The operands; another `member` has other values.
  func tensors(member: Int = 0, _ dtype: DType = .float64) -> [Tensor] {
    inputs.enumerated().map { $1.tensor(seed: UInt32($0 + 10 * member), dtype) }
  }
}

/// How an operand's elements are made: always the same, from their index and the operand's number.
struct RowInput: Sendable {
  enum Values: Sendable {
    /// Between two bounds.
    case real(Double, Double)
    /// Real and at least 0.37 apart, around 0 but not closer to it than 0.1.
    case distinct
    /// Real, one of a few, so that some are equal.
    case ties
    /// Integers between two bounds.
    case integers(Int, Int)
    case bools
    case fixed([Double])
  }

  let shape: Shape
  let values: Values
  /// The element type; nil for the type under test.
  let dtype: DType?

  static func real(_ shape: Shape, _ low: Double = -2, _ high: Double = 2) -> RowInput {
    RowInput(shape: shape, values: .real(low, high), dtype: nil)
  }

  static func distinct(_ shape: Shape) -> RowInput {
    RowInput(shape: shape, values: .distinct, dtype: nil)
  }

  static func ties(_ shape: Shape) -> RowInput {
    RowInput(shape: shape, values: .ties, dtype: nil)
  }

  static func integers(
    _ shape: Shape, _ low: Int, _ high: Int, _ dtype: DType = .int32
  ) -> RowInput {
    RowInput(shape: shape, values: .integers(low, high), dtype: dtype)
  }

  static func bools(_ shape: Shape) -> RowInput {
    RowInput(shape: shape, values: .bools, dtype: .bool)
  }

  static func fixed(_ shape: Shape, _ values: [Double], _ dtype: DType? = nil) -> RowInput {
    RowInput(shape: shape, values: .fixed(values), dtype: dtype)
  }

  static func complex(_ shape: Shape) -> RowInput {
    RowInput(shape: shape, values: .real(-2, 2), dtype: .complex128)
  }

  /// Whether the operand has tangents.
  var isInexact: Bool { dtype == nil || dtype?.isInexact == true }

  func tensor(seed: UInt32, _ type: DType) -> Tensor {
    let type = dtype ?? type
    let numbers = numbers(seed)
    if type.isComplex {
      let others = self.numbers(seed + 1000)
      return Tensor(zip(numbers, others).map { Complex($0, $1) }, shape: shape, dtype: type)
    }
    return Tensor(numbers, shape: shape, dtype: type)
  }

  private func numbers(_ seed: UInt32) -> [Double] {
    let count = shape.elementCount
    let uniform = (0..<count).map { RowInput.uniform(UInt32($0), seed) }
    switch values {
    case .real(let low, let high): return uniform.map { low + (high - low) * $0 }
    case .distinct:
      let order = uniform.indices.sorted { uniform[$0] < uniform[$1] }
      var ranks = [Double](repeating: 0, count: count)
      for (rank, index) in order.enumerated() {
        ranks[index] = (Double(rank) - Double(count / 2)) * 0.37 + 0.185
      }
      return ranks
    case .ties: return uniform.map { ($0 * 3).rounded(.down) - 1 }
    case .integers(let low, let high):
      return uniform.map { Double(low) + (Double(high - low + 1) * $0).rounded(.down) }
    case .bools: return uniform.map { $0 < 0.5 ? 1 : 0 }
    case .fixed(let list): return list
    }
  }

  /// A number in 0..<1 by the finalizer of MurmurHash3.
  static func uniform(_ index: UInt32, _ seed: UInt32) -> Double {
    var x = (index &+ 1) &* 2_654_435_761 &+ seed &* 40_503
    x ^= x >> 16
    x = x &* 0x85EB_CA6B
    x ^= x >> 13
    x = x &* 0xC2B2_AE35
    x ^= x >> 16
    return Double(x) / 4_294_967_296
  }
}

/// The rows of all families.
enum PrimitiveCatalogue {
  static let rows: [PrimitiveRow] =
    elementwise + movement + reductions + windows + convolutions + indexing
    + linearAlgebra + random
}

extension Tensor {
  /// The elements as doubles; of complex ones the real and the imaginary part.
  func numbers() throws -> [Double] {
    guard dtype.isComplex else { return try scalars(as: Double.self) }
    return try stack([real(self), imag(self)], axis: -1).scalars(as: Double.self)
  }
}
