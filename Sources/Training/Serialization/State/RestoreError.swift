/// A state that does not fit the value that was to be restored: everything that is wrong, at once.
public struct RestoreError: Error, Hashable, Sendable {
  /// What is wrong, in the order of the target's parts.
  public let problems: [RestoreProblem]
  /// What Flax says; its own words where Flax is silent.
  public let summary: String

  /// The error of what a restore reported; nil if all of it is allowed.
  init?(_ report: RestoreReport, allowing: RestoreAllowance) {
    problems = report.problems.filter { problem in
      problem.allowance.map { !allowing.isSuperset(of: $0) } ?? true
    }
    guard let first = problems.first else { return nil }
    let message = problems.compactMap(\.flaxMessage).min()
    summary =
      message.map { report.flaxMessages[$0] }
      ?? "The state does not fit the target at path \(first.path)"
  }
}

extension RestoreError: CustomStringConvertible {
  /// The summary, every entry that is wrong on a line with its path, and a hint.
  public var description: String {
    var lines = [summary] + problems.map { "  \($0)" }
    let allowances = problems.compactMap(\.allowance).reduce(RestoreAllowance()) { $0.union($1) }
    if problems.allSatisfy({ $0.allowance != nil }) {
      lines.append("hint: to take the state all the same, pass allowing: \(allowances)")
    }
    return lines.joined(separator: "\n")
  }
}

extension RestoreProblem: CustomStringConvertible {
  /// What is wrong and where, such as `shape ./params/kernel: found f32[3,4], expected f32[3,5]`.
  public var description: String {
    switch fact {
    case .missing(let expected): "missing \(path): expected \(expected)"
    case .extraKey(let found), .extraField(let found): "extra \(path): found \(found)"
    case .shape(let found, let expected): "shape \(path): found \(found), expected \(expected)"
    case .dtype(let found, let expected): "dtype \(path): found \(found), expected \(expected)"
    case .kind(let found, let expected): "kind \(path): found \(found), expected \(expected)"
    }
  }
}

extension RestoreAllowance: CustomStringConvertible {
  /// The members as they are written, such as `[.missing, .shapes]`.
  public var description: String {
    let names: [(RestoreAllowance, String)] = [
      (.missing, ".missing"), (.extraKeys, ".extraKeys"), (.extraFields, ".extraFields"),
      (.shapes, ".shapes"), (.dtypes, ".dtypes"),
    ]
    return "[" + names.filter { isSuperset(of: $0.0) }.map(\.1).joined(separator: ", ") + "]"
  }
}

/// A value that can't be written: where it is, and why.
public struct SerializationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the state.
  public let path: StatePath
  /// What is wrong.
  public let message: String

  /// Describes a mistake.
  public init(_ path: StatePath, _ message: String) {
    self.path = path
    self.message = message
  }

  /// The path and the message.
  public var description: String { "\(path): \(message)" }
}
