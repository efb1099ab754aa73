/// A program, an error or a row of a table, which counts as a case.
struct GoldenRow {
  let kind: String
  let id: String
  let outcome: () -> Outcome

  /// A case that gives its failures.
  init(_ kind: String, _ id: String, _ body: @escaping () throws -> [String]) {
    self.kind = kind
    self.id = id
    outcome = { GoldenRunner.outcome(body) }
  }
}
