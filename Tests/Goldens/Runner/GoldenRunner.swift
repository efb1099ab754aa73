import Foundation
import Tensor
import Training

/// A way to run the cases of a kind; it notes in the check what differs from Flax.
typealias KindRunner = @Sendable (GoldenCase, Check) throws -> Void

/// Runs the cases of a folder of goldens.
package struct GoldenRunner {
  private static let kinds: [String: KindRunner] = [
    "random": runRandom,
    "initializer": runInitializer,
    "module": runModule,
    "pool": runFunction(pools),
    "activation": runFunction(activations),
    "op": runFunction(
      operations.merging(layerFunctions) { first, _ in first }.merging(activations) { first, _ in
        first
      }),
    "loss": runFunction(losses),
    "schedule": runSchedule,
    "optimizer": runOptimizer,
    "serialization": runSerialization,
  ]

  /// Runs the cases of `folder` whose kind and id contain `filter`.
  ///
  /// - Throws: if the manifest can't be read.
  package static func run(folder: String, filter: String? = nil) throws -> GoldenReport {
    var report = GoldenReport()
    func wants(_ kind: String, _ id: String) -> Bool {
      filter.map { "\(kind) \(id)".contains($0) } ?? true
    }
    let manifest = try document("\(folder)/manifest.json")
    guard manifest["format"]?.integer == 1, let cases = manifest["cases"]?.elements else {
      throw GoldenError("\(folder)/manifest.json is not of format 1 with cases")
    }
    for json in cases {
      let (kind, id) = (json["kind"]?.text ?? "", json["id"]?.text ?? "")
      if wants(kind, id) { report.add(kind, id, outcome(json, folder)) }
    }
    let rows =
      try programRows(folder: folder) + errorRows(folder: folder) + tableRows(folder: folder)
    for row in rows where wants(row.kind, row.id) { report.add(row.kind, row.id, row.outcome()) }
    return report
  }

  /// Reads a JSON file.
  static func document(_ path: String) throws -> JSON {
    let text: Data
    do {
      text = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw GoldenError("\(path) can't be read")
    }
    do {
      return try JSON(parsing: text)
    } catch {
      throw GoldenError("\(path): \(error)")
    }
  }

  private static func outcome(_ json: JSON, _ folder: String) -> Outcome {
    outcome {
      let golden = try GoldenCase(json, folder: folder)
      guard let run = kinds[golden.kind] else { throw NotBuilt("kind") }
      let check = Check(golden)
      try withDefaultPrecision(golden.precision) {
        try withErrors { try run(golden, check) }
      }
      return check.failures
    }
  }

  /// What became of a case that gives its failures.
  static func outcome(_ body: () throws -> [String]) -> Outcome {
    do {
      let failures = try body()
      return failures.isEmpty ? .passed : .failed(failures)
    } catch let reason as NotBuilt {
      return .skipped(reason.description)
    } catch {
      return .failed(["throws \(error)"])
    }
  }
}
