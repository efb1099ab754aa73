/// A file with a JSON object on a line for each step: `{"step":100,"accuracy":0.91,"loss":0.3}`.
///
/// A file that is there is gone on with, so that a resumed training has one log. Infinities and NaN
/// are null.
public final class JSONLinesWriter: MetricWriter {
  private let file: AppendedFile

  /// Opens or makes the file.
  /// - Throws: an error that names the file and why it can't be written.
  public init(_ path: String) throws { file = try AppendedFile(path) }

  /// Writes a line, the names in order.
  public func write(_ scalars: [String: Double], step: Int) throws {
    let fields = scalars.sorted { $0.key < $1.key }.map { ($0.key, jsonNumber($0.value)) }
    let members = [("step", "\(step)")] + fields
    let line = "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}\n"
    try file.append(Array(line.utf8))
  }

  /// Does nothing: each line is written at once.
  public func flush() {}
}

/// A number with as many digits as a float32 has; JSON has no word for infinities and NaN.
func jsonNumber(_ value: Double) -> String { value.isFinite ? "\(Float(value))" : "null" }
