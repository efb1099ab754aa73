import Foundation
import Testing

@testable import Tensor

/// Special functions err by no more units in the last place than `Documentation/Accuracy.md` allows.
///
/// The values to 40 digits come from `Fixtures/accuracy.py`.
@Suite struct AccuracyTests {
  static let real: [DType] = [.float16, .bfloat16, .float32, .float64]
  static let complex: [DType] = [.complex64, .complex128]

  @Test(arguments: AccuracyTable.shared.rows.keys.sorted())
  func errorIsWithinTheTable(_ name: String) throws {
    let allowed = try #require(AccuracyTable.shared.rows[name])
    let cases = try #require(AccuracyCases.shared.table[name], "no values of \(name)")
    let dtypes = cases.isComplex ? Self.complex : Self.real
    #expect(allowed.count == dtypes.count)
    for (dtype, limit) in zip(dtypes, allowed) {
      let worst = try cases.largestError(in: dtype)
      #expect(
        worst.error <= limit, "\(name) in \(dtype) at \(worst.place): \(worst.error) ulp")
      if ProcessInfo.processInfo.environment["ACCURACY"] != nil {
        print("accuracy", name, dtype, worst.error, "at", worst.place)
      }
    }
  }

  @Test func everyFunctionHasARow() {
    #expect(AccuracyTable.shared.rows.keys.sorted() == AccuracyCases.shared.table.keys.sorted())
  }
}

/// The allowed errors, as the documentation prints them: by function, one a dtype.
struct AccuracyTable {
  static let shared = AccuracyTable()

  var rows: [String: [Double]] = [:]

  init() {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Documentation/Accuracy.md")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      rows[cells[0].replacing("`", with: "")] = cells.dropFirst().compactMap(Double.init)
    }
  }
}

/// Arguments and values of functions, from the fixture.
struct AccuracyCases {
  static let shared = AccuracyCases()

  /// By name; those of complex numbers begin with the word `complex`.
  var table: [String: FunctionCases] = [:]

  init() {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/accuracy.txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    var name = ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.first?.isLetter == true {
        name = words.dropLast().joined(separator: " ")
        table[name] = FunctionCases(name: name, arity: Int(words[words.count - 1]) ?? 1)
      } else {
        table[name]?.add(words)
      }
    }
  }
}

/// The arguments and values of one function.
struct FunctionCases {
  /// A double and what it lacks.
  typealias Exact = (high: Double, low: Double)

  let name: String
  let arity: Int
  /// Of complex arguments both parts.
  private var arguments: [[Double]] = []
  private var values: [[Exact]] = []

  init(name: String, arity: Int) {
    self.name = name
    self.arity = arity
  }

  var isComplex: Bool { name.hasPrefix("complex ") }

  mutating func add(_ words: [Substring]) {
    let count = isComplex ? 2 * arity : arity
    arguments.append(words[..<count].compactMap { Double($0) })
    values.append(
      words[count...].map { word in
        let parts = word.split(separator: ",").compactMap { Double($0) }
        return (parts[0], parts.count > 1 ? parts[1] : 0)
      })
  }

  /// The largest error among the arguments that the dtype can hold, in units in the last place.
  ///
  /// Of a complex value it is the distance, in units of the value's magnitude.
  func largestError(in dtype: DType) throws -> (error: Double, place: [Double]) {
    let part = dtype.realDType
    let held = arguments.indices.filter { index in
      arguments[index].allSatisfy { part.rounded($0) == $0 }
        && values[index].allSatisfy { Swift.abs($0.high) <= part.largestFinite }
    }
    let results = try evaluate(held.map { arguments[$0] }, dtype)
    var worst: (error: Double, place: [Double]) = (0, [])
    for (index, result) in zip(held, results) {
      let errors = zip(result, values[index]).map { ($0 - $1.high) - $1.low }
      let size = values[index].map(\.high).reduce(0) { Foundation.hypot($0, $1) }
      let error = errors.reduce(0) { Foundation.hypot($0, $1) } / part.unitInTheLastPlace(of: size)
      if !(error <= worst.error) { worst = (error, arguments[index]) }
    }
    return worst
  }

  private func evaluate(_ arguments: [[Double]], _ dtype: DType) throws -> [[Double]] {
    let operands = (0..<arity).map { operand in
      let numbers = arguments.map {
        isComplex ? Array($0[2 * operand..<2 * operand + 2]) : [$0[operand]]
      }
      return isComplex
        ? Tensor(numbers.map { Complex($0[0], $0[1]) }, dtype: dtype)
        : Tensor(numbers.map { $0[0] }, dtype: dtype)
    }
    let primitive = try #require(Self.primitives[name.replacing("complex ", with: "")])
    var result = bind(primitive, operands)[0]
    // The magnitude of a complex number is real.
    if isComplex, !result.dtype.isComplex { result = result.cast(to: dtype) }
    let numbers = try result.numbers()
    return isComplex
      ? arguments.indices.map { [numbers[2 * $0], numbers[2 * $0 + 1]] } : numbers.map { [$0] }
  }

  private static let primitives: [String: any Primitive] = {
    let rows = PrimitiveCatalogue.elementwise.map(\.primitive)
    return Dictionary(rows.map { (type(of: $0).name, $0) }, uniquingKeysWith: { first, _ in first })
  }()
}

extension DType {
  /// The distance of neighbouring numbers of a floating-point type around `value`.
  fileprivate func unitInTheLastPlace(of value: Double) -> Double {
    let exponent = Swift.max(Swift.abs(value), leastNormal).exponent
    return Double(sign: .plus, exponent: exponent, significand: epsilon)
  }
}
