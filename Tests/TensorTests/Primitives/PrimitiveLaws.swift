import Foundation
import Testing

@testable import Tensor

/// What holds for every primitive, whatever it computes.
@Suite struct PrimitiveLaws {
  /// Every primitive has a row, so that none escapes the laws.
  @Test func everyPrimitiveHasARow() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/Tensor/Primitives")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    var declared: Set<String> = []
    for file in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: #/(?m)^package struct (\w+):/#) {
        declared.insert(String(match.1))
      }
    }
    let rows = Set(PrimitiveCatalogue.rows.map { "\(type(of: $0.primitive))" })
    #expect(declared.count > 90)
    #expect(declared.subtracting(rows).sorted() == [])
  }

  @Test func labelsAreUnique() {
    let labels = PrimitiveCatalogue.rows.map(\.label)
    #expect(Set(labels).count == labels.count)
  }

  /// The type that `infer` promises is that of the result.
  @Test(arguments: PrimitiveCatalogue.rows)
  func inferredTypeIsThatOfTheResult(_ row: PrimitiveRow) throws {
    for dtype in DType.allCases {
      let inputs = row.tensors(dtype)
      guard let types = try? row.primitive.infer(inputs.map(\.type)) else {
        // Not every primitive takes every type, but all take their row's operands.
        #expect(dtype != .float64 && dtype != .float32)
        continue
      }
      let results = row.primitive.evaluate(inputs.compactMap(\.array), types)
      #expect(results.map(\.type) == types)
      #expect(row.primitive.cost(inputs.map(\.type), types).flops >= 0)
    }
  }

  /// The types in which the laws of derivatives are checked.
  private static let wide: [DType] = [.float64, .complex128]

  /// The tangents are those of the central difference along a random direction.
  @Test(arguments: PrimitiveCatalogue.rows, wide)
  func tangentIsTheCentralDifference(_ row: PrimitiveRow, _ dtype: DType) throws {
    let inputs = row.tensors(dtype)
    guard row.supports(inputs, dtype) else { return }
    let directions = row.tensors(member: 3, dtype).map(Direction.of)
    for index in row.smooth {
      let tangents = inputs.indices.map { $0 == index ? directions[$0] : nil }
      try checkTangent(row, inputs, tangents)
    }
    if row.smooth.count > 1 {
      let tangents = inputs.indices.map { row.smooth.contains($0) ? directions[$0] : nil }
      try checkTangent(row, inputs, tangents)
    }
    if row.smooth.isEmpty, !inputs.isEmpty {
      let all = inputs.map { $0.dtype.isInexact ? Direction.of($0) : nil }
      guard all.contains(where: { $0 != nil }), !row.hasNoDerivative
      else { return }
      let (primals, results) = row.primitive.jvp(inputs, all)
      let plain = bind(row.primitive, inputs)
      try #expect(primals.map { try Values($0) } == plain.map { try Values($0) })
      #expect(results.count == plain.count)
    }
  }

  private func checkTangent(
    _ row: PrimitiveRow, _ inputs: [Tensor], _ tangents: [Tensor?]
  ) throws {
    let (primals, results) = row.primitive.jvp(inputs, tangents)
    let plain = bind(row.primitive, inputs)
    try #expect(primals.map { try Values($0) } == plain.map { try Values($0) })
    let step = 1e-5
    func moved(_ amount: Double) -> [Tensor] {
      zip(inputs, tangents).map { input, tangent in
        tangent.map { input + $0 * Tensor(amount, dtype: .float64) } ?? input
      }
    }
    let (after, before) = (bind(row.primitive, moved(step)), bind(row.primitive, moved(-step)))
    for index in plain.indices where plain[index].dtype.isInexact {
      let difference = try (after[index] - before[index]).numbers().map { $0 / (2 * step) }
      let tangent =
        try results[index]?.numbers() ?? [Double](repeating: 0, count: difference.count)
      if let result = results[index] { #expect(result.type.shape == plain[index].shape) }
      // What is filled in, and infinities, have no difference.
      expectClose(
        tangent, difference.map { $0.isFinite ? $0 : 0 }, row.tolerance, "\(row.label)")
    }
  }

  /// For a linear f, <f(x), y> = <x, fT(y)>; of complex numbers the real parts of both.
  @Test(arguments: PrimitiveCatalogue.rows, wide)
  func transposeIsTheAdjoint(_ row: PrimitiveRow, _ dtype: DType) throws {
    let inputs = row.tensors(dtype)
    guard row.supports(inputs, dtype) else { return }
    for linear in row.linear {
      var operands = inputs
      // The function must be linear, not affine: the other operands that it adds are 0.
      for index in row.linear.joined() where !linear.contains(index) && row.isJointlyLinear(index) {
        operands[index] = Tensor.zeros(like: inputs[index])
      }
      let results = bind(row.primitive, operands)
      let cotangents = results.enumerated().map { Direction.of($1, seed: UInt32(50 + $0)) }
      let seen = operands.enumerated().map { index, operand in
        linear.contains(index) ? LinearInput.linear(operand.type) : .known(operand)
      }
      let transposed = row.primitive.transpose(cotangents, seen)
      #expect(transposed.count == inputs.count)
      let left = try zip(results, cotangents).map { try innerProduct($0, $1) }.reduce(0, +)
      var right = 0.0
      var scale = 1.0
      for index in linear {
        guard let cotangent = transposed[index] else { continue }
        #expect(cotangent.shape == inputs[index].shape)
        #expect(cotangent.dtype == inputs[index].dtype)
        right += try innerProduct(inputs[index], cotangent)
        scale += Swift.abs(right)
      }
      #expect(Swift.abs(left - right) <= 1e-12 * scale, "\(row.label) \(linear)")
    }
  }

  /// A primitive that says nothing of linearity has no transpose: it says so.
  @Test(arguments: PrimitiveCatalogue.rows.filter { $0.linear.isEmpty && !$0.inputs.isEmpty })
  func transposeOfOthersIsAnError(_ row: PrimitiveRow) throws {
    guard !(row.primitive is any Linear), !(row.primitive is ConvertElementType),
      !(row.primitive is ConvGeneralDilated), !(row.primitive is Gather)
    else { return }
    let inputs = row.tensors()
    let types = inputs.map(\.type)
    let results = bind(row.primitive, inputs)
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        _ = row.primitive.transpose(results.map { $0 }, types.map { .linear($0) })
      }
    }
    #expect(error?.description.contains("there is no transpose rule") == true)
  }

  @Test(arguments: PrimitiveCatalogue.rows.filter(\.hasNoDerivative))
  func missingDerivativesAreErrors(_ row: PrimitiveRow) {
    let inputs = row.tensors()
    #expect(throws: TensorError.self) {
      try withErrors { _ = row.primitive.jvp(inputs, inputs.map(Direction.of)) }
    }
  }

  /// A nil cotangent is zero: all cotangents of the inputs are nil.
  @Test(arguments: PrimitiveCatalogue.rows.filter { !$0.linear.isEmpty })
  func zeroCotangentsStayZero(_ row: PrimitiveRow) {
    let inputs = row.tensors()
    let results = bind(row.primitive, inputs)
    for linear in row.linear {
      let seen = inputs.enumerated().map { index, operand in
        linear.contains(index) ? LinearInput.linear(operand.type) : .known(operand)
      }
      let transposed = row.primitive.transpose(results.map { _ in nil }, seen)
      #expect(transposed.allSatisfy { $0 == nil })
    }
  }

  /// In float32 the results are those of float64, rounded.
  @Test(arguments: PrimitiveCatalogue.rows.filter { !$0.smooth.isEmpty })
  func float32AgreesWithFloat64(_ row: PrimitiveRow) throws {
    if row.primitive is ConvertElementType { return }
    let narrow = row.tensors(.float32)
    let wide = narrow.map { $0.dtype == .float32 ? $0.cast(to: .float64) : $0 }
    for (a, b) in zip(bind(row.primitive, narrow), bind(row.primitive, wide)) {
      expectClose(
        try a.numbers(), try b.numbers(), row.float32, row.label)
    }
  }
}

extension PrimitiveRow {
  /// Whether asking for a tangent is an error of its own.
  fileprivate var hasNoDerivative: Bool {
    label.hasSuffix("/full") || primitive is RandomGammaGrad
  }

  /// Whether the primitive takes the operands; every one takes its row's in float64.
  fileprivate func supports(_ inputs: [Tensor], _ dtype: DType) -> Bool {
    dtype == .float64 || (try? primitive.infer(inputs.map(\.type))) != nil
  }

  /// Whether the input is linear together with others, so that the result has a part without it.
  fileprivate func isJointlyLinear(_ index: Int) -> Bool {
    linear.contains { $0.count > 1 && $0.contains(index) }
  }
}

/// A random direction in the space of a tensor.
enum Direction {
  static func of(_ x: Tensor) -> Tensor? { x.dtype.isInexact ? of(x, seed: 77) : nil }

  static func of(_ x: Tensor, seed: UInt32) -> Tensor {
    let type: DType = x.dtype.isComplex ? .complex128 : .float64
    return RowInput.real(x.shape, -1, 1).tensor(seed: seed, type).cast(to: x.dtype)
  }
}

/// The elements and type of a tensor, comparable, with NaN equal to itself.
struct Values: Equatable {
  let type: ShapeDtype
  let numbers: [UInt64]

  init(_ tensor: Tensor) throws {
    type = tensor.type
    numbers = try tensor.numbers().map { $0.isNaN ? .max : $0.bitPattern }
  }
}

func innerProduct(_ x: Tensor, _ y: Tensor) throws -> Double {
  // The real part of the product of complex numbers is one of x and the conjugate of y.
  zip(try x.numbers(), try conj(y).numbers()).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Expects elements to agree within `tolerance` of the largest; NaN agrees with NaN.
func expectClose(
  _ a: [Double], _ b: [Double], _ tolerance: Double, _ comment: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(a.count == b.count, "\(comment)", sourceLocation: sourceLocation)
  let scale = b.filter(\.isFinite).map { Swift.abs($0) }.max() ?? 0
  for (index, (x, y)) in zip(a, b).enumerated() {
    if x == y || (x.isNaN && y.isNaN) { continue }
    let error = Swift.abs(x - y)
    #expect(
      error <= tolerance * Swift.max(1, scale),
      "\(comment) element \(index): \(x) and \(y)", sourceLocation: sourceLocation)
    if !(error <= tolerance * Swift.max(1, scale)) { return }
  }
}
