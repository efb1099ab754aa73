import Tensor

/// What the figures of a training are written to.
///
/// Mirrors `clu.metric_writers.MetricWriter`.
public protocol MetricWriter: Sendable {
  /// Writes figures by name.
  func write(_ scalars: [String: Double], step: Int) throws
  /// Makes sure that all is on its way to the disk.
  func flush() throws
}

/// Writes to several writers.
public struct MultiWriter: MetricWriter {
  private let writers: [any MetricWriter]

  /// Gathers writers.
  public init(_ writers: [any MetricWriter]) { self.writers = writers }

  /// Writes figures to each.
  public func write(_ scalars: [String: Double], step: Int) throws {
    for writer in writers { try writer.write(scalars, step: step) }
  }

  /// Flushes each.
  public func flush() throws {
    for writer in writers { try writer.flush() }
  }
}
