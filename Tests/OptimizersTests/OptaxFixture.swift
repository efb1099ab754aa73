import Foundation
import Tensor
import Testing

/// What optax computes, written by Fixtures/generate.py.
struct OptaxFixture: Decodable {
  struct Run: Decodable {
    let updates: [[[Float]]]
    let params: [[Float]]
    let state_paths: [String]
    let state: [[Float]]
  }

  struct Loss: Decodable {
    let value: [Float]
    let gradient: [Float]
  }

  struct Dtypes: Decodable {
    let before: String
    let updates: String
    let after: String
  }

  struct Lookahead: Decodable {
    let params: [[Float]]
    let state: [[Float]]
  }

  let inputs: [String: [Float]]
  let losses: [String: Loss]
  let params: [[Float]]
  let gradients: [[[Float]]]
  let optimizers: [String: Run]
  let dtypes: [String: Dtypes]
  let lookahead: Lookahead
  let per_example: [String: [[Float]]]
  let schedules: [String: [Float]]

  static let shared = Result {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: url.appending(path: "Fixtures/optax.json"))
    return try JSONDecoder().decode(OptaxFixture.self, from: data)
  }
}

/// The parameters of the fixture: a bias [3] and a kernel [4, 3].
struct FixtureTree: TensorTree, Sendable {
  var b: Tensor
  var kernel: Tensor

  init(_ leaves: [[Float]]) {
    b = Tensor(leaves[0])
    kernel = Tensor(leaves[1], shape: [4, 3])
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.key("b"), &b)
    var layer = ["kernel": kernel]
    visitor.visit(.key("layer"), &layer)
    kernel = layer["kernel"] ?? kernel
  }
}

/// Checks float32 numbers that come from the same operations in perhaps another order.
func expectClose(
  _ actual: [Tensor], _ expected: [[Float]], scale: Float, _ comment: Comment
) throws {
  try #require(actual.count == expected.count, comment)
  for (tensor, numbers) in zip(actual, expected) {
    let values = try tensor.scalars(as: Float.self)
    try #require(values.count == numbers.count, comment)
    for (value, number) in zip(values, numbers) {
      #expect(abs(value - number) <= 1e-5 * abs(number) + 2e-6 * scale, comment)
    }
  }
}
