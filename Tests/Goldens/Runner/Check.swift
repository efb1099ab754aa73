import Tensor
import Training

/// Gathers what is wrong with the results of a case.
package final class Check {
  private let golden: GoldenCase
  package private(set) var failures: [String] = []

  init(_ golden: GoldenCase) { self.golden = golden }

  /// Notes a failure in words.
  package func fail(_ text: String) { failures.append(text) }

  /// Compares one result with the tensor `name` by the tolerance of `group`.
  package func equal(_ name: String, _ result: Tensor, group: String) throws {
    guard let tolerance = Tolerance(golden.json["tolerance"]?[group]) else {
      throw GoldenError("there is no tolerance for \(group)")
    }
    if let mismatch = try tolerance.mismatch(result, try golden.tensors.tensor(name)) {
      failures.append("\(name) \(mismatch)")
    }
  }

  /// Compares results with all tensors under `prefix`: none may be missing, none more.
  package func equal(under prefix: String, _ results: [String: Tensor], group: String) throws {
    let expected = golden.names(under: prefix)
    for name in results.keys.sorted() where !expected.contains(name) {
      failures.append("\(prefix)/\(name) is not among Flax's")
    }
    for name in expected {
      if let result = results[name] {
        try equal("\(prefix)/\(name)", result, group: group)
      } else {
        failures.append("\(prefix)/\(name) is missing")
      }
    }
  }

  /// Compares output leaves, numbered from 0, with those under `prefix`.
  package func equal(under prefix: String, leaves: [Tensor], group: String) throws {
    let results = leaves.enumerated().map { ("\($0)", $1) }
    try equal(under: prefix, Dictionary(uniqueKeysWithValues: results), group: group)
  }
}
