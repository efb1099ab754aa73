import Foundation
import Linen
import Testing

/// Numbers as an initializer: the same for every key, in the parameter's shape.
func fixed(_ values: [Double]) -> Initializer {
  Initializer("fixed") { _, shape, dtype in
    Tensor(values, dtype: dtype).reshaped(to: shape)
  }
}

/// The shapes of variables by their paths below a collection.
func shapes(_ variables: Variables) -> [String: [Int]] {
  let pairs = treeLeavesWithPath(variables.unboxed).map { path, leaf in
    let names = path.keys.map { key in
      switch key {
      case .key(let name), .field(let name): name
      case .index(let index): "\(index)"
      }
    }
    return (names.joined(separator: "/"), leaf.shape.dimensions)
  }
  return Dictionary(uniqueKeysWithValues: pairs)
}

/// Checks that a tensor has a shape and these elements.
func expect(
  _ actual: Tensor, _ shape: [Int], _ expected: [Double], tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape.dimensions == shape, sourceLocation: sourceLocation)
  try expectScalars(actual, expected, tolerance: tolerance, sourceLocation: sourceLocation)
}

/// Checks that a tensor has a shape and one number everywhere.
func expect(
  _ actual: Tensor, _ shape: [Int], allEqual value: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = Array(repeating: value, count: shape.reduce(1, *))
  try expect(actual, shape, expected, sourceLocation: sourceLocation)
}

/// Checks that two tensors have one shape and elements within an absolute tolerance.
func expectNear(
  _ actual: Tensor, _ expected: Tensor, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  let (a, b) = (try actual.scalars(as: Double.self), try expected.scalars(as: Double.self))
  let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance, "off by \(worst)", sourceLocation: sourceLocation)
}

/// Whether two tensors have equal elements.
func isEqual(_ a: Tensor, _ b: Tensor) throws -> Bool {
  try a.shape == b.shape && a.scalars(as: Double.self) == b.scalars(as: Double.self)
}

/// Checks that two sets of variables are the same, bit for bit.
func expectEqual(
  _ actual: Variables, _ expected: Variables, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let (a, b) = (treeLeavesWithPath(actual), treeLeavesWithPath(expected))
  #expect(a.map(\.path) == b.map(\.path), sourceLocation: sourceLocation)
  for (x, y) in zip(a, b) { try expectEqual(x.leaf, y.leaf, sourceLocation: sourceLocation) }
}

/// What a script in Fixtures wrote.
func layerFixture<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let folder = URL(filePath: #filePath).deletingLastPathComponent()
  let data = try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
  return try JSONDecoder().decode(type, from: data)
}
