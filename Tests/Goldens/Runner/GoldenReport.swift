/// What became of a case.
package enum Outcome: Sendable {
  case passed
  /// With one line for each thing that is wrong.
  case failed([String])
  /// For want of something that is not built yet.
  case skipped(String)
}

/// The outcomes of all cases, in order.
package struct GoldenReport: Sendable {
  package struct Entry: Sendable {
    package let kind: String
    package let id: String
    package let outcome: Outcome
  }

  package private(set) var entries: [Entry] = []

  mutating func add(_ kind: String, _ id: String, _ outcome: Outcome) {
    entries.append(Entry(kind: kind, id: id, outcome: outcome))
  }

  /// The failures, each with its case.
  package var failures: [String] {
    entries.flatMap { entry in
      guard case .failed(let lines) = entry.outcome else { return [String]() }
      return lines.map { "\(entry.kind) \(entry.id): \($0)" }
    }
  }

  /// What is not built yet, with the cases that need it.
  package var skipped: [String] {
    var cases: [String: [String]] = [:]
    for entry in entries {
      if case .skipped(let reason) = entry.outcome {
        cases["\(entry.kind) \(reason)", default: []].append(entry.id)
      }
    }
    return cases.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value.joined(separator: " "))"
    }
  }

  /// Passed, failed and skipped cases, of one kind or all.
  package func counts(of kind: String? = nil) -> (passed: Int, failed: Int, skipped: Int) {
    var counts = (passed: 0, failed: 0, skipped: 0)
    for entry in entries where kind == nil || entry.kind == kind {
      switch entry.outcome {
      case .passed: counts.passed += 1
      case .failed: counts.failed += 1
      case .skipped: counts.skipped += 1
      }
    }
    return counts
  }

  /// The failures, what was skipped, a count by kind, and the totals as the last line.
  package var description: String {
    var lines = failures.map { "FAILED \($0)" }
    lines += skipped.map { "skipped \($0)" }
    var kinds: [String] = []
    for entry in entries where !kinds.contains(entry.kind) { kinds.append(entry.kind) }
    lines += kinds.map { "\($0): \(GoldenReport.text(counts(of: $0)))" }
    lines.append(GoldenReport.text(counts()))
    return lines.joined(separator: "\n")
  }

  private static func text(_ counts: (passed: Int, failed: Int, skipped: Int)) -> String {
    "\(counts.passed) passed, \(counts.failed) failed, \(counts.skipped) skipped"
  }
}
