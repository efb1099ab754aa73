import Synchronization

/// Figures by step, kept in memory, such as for a plot.
public final class MetricHistory: MetricWriter {
  /// The figures of a step.
  public struct Entry: Hashable, Sendable {
    /// The step.
    public let step: Int
    /// The figures by name.
    public let scalars: [String: Double]
  }

  private let storage: Mutex<[Entry]>

  /// Begins without figures.
  public init() { storage = Mutex([]) }

  /// Reads what a ``JSONLinesWriter`` has written; of a step that comes twice, the last line counts.
  ///
  /// So a training that was resumed from an earlier step overwrites what had come after it.
  /// - Throws: a ``DataFileError`` with the line that is no JSON object with a step.
  public init(jsonLines path: String) throws {
    let file = try DataFile(path, expected: "a file of JSON lines")
    var entries: [Entry] = []
    for (index, line) in file.bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSON(parsing: line), let step = json["step"]?.integer else {
        throw DataFileError(
          path, .line(index + 1, column: 1), found: "other text",
          expected: "a JSON object with a step")
      }
      let scalars = (json.members ?? []).compactMap { member in
        member.key == "step" ? nil : member.value.double.map { (member.key, $0) }
      }
      entries.removeAll { $0.step >= step }
      entries.append(Entry(step: step, scalars: Dictionary(scalars) { $1 }))
    }
    storage = Mutex(entries)
  }

  /// All entries in the order in which they came.
  public var entries: [Entry] { storage.withLock { $0 } }

  /// Adds figures.
  public func write(_ scalars: [String: Double], step: Int) {
    storage.withLock { $0.append(Entry(step: step, scalars: scalars)) }
  }

  /// Does nothing.
  public func flush() {}

  /// One figure over the steps at which there is one.
  public func curve(_ name: String) -> [LinePlot.Point] {
    entries.compactMap { entry in
      entry.scalars[name].map { LinePlot.Point(x: Double(entry.step), y: $0) }
    }
  }
}
