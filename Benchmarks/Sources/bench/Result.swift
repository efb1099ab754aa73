/// What a workload measured, printed as one JSON object.
struct Result: CustomStringConvertible {
  private var fields: [(name: String, json: String)] = []

  init(_ workload: String) { self["workload"] = workload }

  subscript(name: String) -> String {
    get { fields.first { $0.name == name }?.json ?? "null" }
    set { fields.append((name, "\"\(newValue)\"")) }
  }

  /// Adds a number, rounded to some digits behind the point.
  mutating func add(_ name: String, _ value: Double, digits: Int = 3) {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    fields.append((name, value.isFinite ? "\((value * scale).rounded() / scale)" : "null"))
  }

  var description: String {
    "{" + fields.map { "\"\($0.name)\": \($0.json)" }.joined(separator: ", ") + "}"
  }
}
