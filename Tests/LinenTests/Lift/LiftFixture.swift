import Foundation
import Linen
import Testing

/// What Flax computes, written by Fixtures/generate.py.
struct LiftFixture: Sendable {
  struct Value: Decodable, Sendable {
    let shape: [Int]
    let data: [Double]
    /// In the place of the data of large tensors, whose bits must agree.
    let checksum: UInt32?

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      shape = try values.decode([Int].self, forKey: .shape)
      checksum = try values.decodeIfPresent(UInt32.self, forKey: .checksum)
      guard checksum == nil else {
        data = []
        return
      }
      // Booleans are 0 and 1.
      data =
        try (try? values.decode([Double].self, forKey: .data))
        ?? values.decode([Bool].self, forKey: .data).map { $0 ? 1 : 0 }
    }

    private enum Keys: CodingKey { case shape, data, checksum }
  }

  typealias Case = [String: [String: Value]]
  private let cases: [String: Case]

  private static let shared = Result {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    var cases: [String: Case] = [:]
    for topic in ["lifts", "transforms", "core", "streams", "nested", "kinds", "observed"] {
      let prefix = ["lifts", "transforms"].contains(topic) ? "" : "\(topic)/"
      let data = try Data(contentsOf: folder.appending(path: "\(topic).json"))
      for (name, part) in try JSONDecoder().decode([String: Case].self, from: data) {
        cases[prefix + name] = part
      }
    }
    return LiftFixture(cases: cases)
  }

  /// The case of a name, which begins with that of its topic unless it is `lifts` or `transforms`.
  static func named(_ name: String) throws -> Case {
    try #require(try shared.get().cases[name], "no case \(name)")
  }

  /// An input of all cases.
  static func input(_ name: String) throws -> Tensor {
    let value = try #require(try named("inputs")[name]?[""])
    return Tensor(value.data.map(Float.init)).reshaped(to: Shape(value.shape))
  }
}

/// Checks tensors by their names against a group of a case of Flax's: parameters exactly, others to
/// rounding.
func expect(
  _ tensors: [(String, Tensor)], _ name: String, _ group: String, exactly: Bool = false,
  tolerance: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = try #require(try LiftFixture.named(name)[group], "\(name) has no \(group)")
  let names = Set(tensors.map(\.0))
  #expect(
    names == Set(expected.keys), "\(name) \(group): \(names), expected \(expected.keys)",
    sourceLocation: sourceLocation)
  for (path, tensor) in tensors {
    guard let value = expected[path] else { continue }
    let label = "\(name) \(group) \(path)"
    #expect(tensor.shape.dimensions == value.shape, "\(label)", sourceLocation: sourceLocation)
    let scalars = try tensor.scalars(as: Double.self)
    if let checksum = value.checksum {
      #expect(
        bitChecksum(scalars) == checksum, "\(label): \(scalars.prefix(4))",
        sourceLocation: sourceLocation)
      continue
    }
    guard scalars.count == value.data.count else { continue }
    if exactly || !tensor.dtype.isFloatingPoint {
      // The numbers are written with as many digits as tell them from other floats.
      #expect(
        scalars.map(Float.init) == value.data.map(Float.init), "\(label)",
        sourceLocation: sourceLocation)
    } else {
      // Eight ulp of the largest, as sums of such numbers cancel.
      let allowed = tolerance * Swift.max(1, value.data.map(abs).max() ?? 0)
      let worst = zip(scalars, value.data).map { abs($0 - $1) - 1e-5 * abs($1) }.max() ?? 0
      #expect(
        worst <= allowed, "\(label): \(scalars), expected \(value.data)",
        sourceLocation: sourceLocation)
    }
  }
}

/// Checks variables against a group of a case of Flax's.
func expect(
  _ variables: Variables, _ name: String, _ group: String, exactly: Bool = false,
  tolerance: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let leaves = treeLeavesWithPath(variables.unboxed).map { path, leaf in
    let names = path.keys.map { key in
      switch key {
      case .key(let name), .field(let name): name
      case .index(let index): "\(index)"
      }
    }
    return (names.joined(separator: "/"), leaf)
  }
  try expect(
    leaves, name, group, exactly: exactly, tolerance: tolerance, sourceLocation: sourceLocation)
}

/// Checks a result against a group of a case of Flax's.
func expect(
  _ tensor: Tensor, _ name: String, _ group: String, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try expect([("", tensor)], name, group, tolerance: tolerance, sourceLocation: sourceLocation)
}

/// Checks a tensor of integers against a part of a group of a case of Flax's.
func expect(
  _ tensor: Tensor, _ name: String, _ group: String, part: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let value = try #require(
    try LiftFixture.named(name)[group]?[part], sourceLocation: sourceLocation)
  #expect(tensor.shape.dimensions == value.shape, sourceLocation: sourceLocation)
  #expect(try tensor.scalars(as: Double.self) == value.data, sourceLocation: sourceLocation)
}

/// Checks the parts of a result against a group of a case of Flax's.
func expect(
  list: [Tensor], _ name: String, _ group: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try expect(
    list.enumerated().map { ("\($0.offset)", $0.element) }, name, group,
    sourceLocation: sourceLocation)
}

/// The sum of the words of floats, each times its place.
private func bitChecksum(_ scalars: [Double]) -> UInt32 {
  zip(1..., scalars).reduce(UInt32(0)) {
    $0 &+ UInt32(truncatingIfNeeded: $1.0) &* Float($1.1).bitPattern
  }
}
