import Foundation
import Tensor

/// A file of events that TensorBoard shows: scalars, images, histograms, texts, hyperparameters.
///
/// Each writer makes a file of its own in the folder; TensorBoard joins them. Mirrors
/// `flax.metrics.tensorboard.SummaryWriter`, without TensorFlow.
///
///     let writer = try SummaryWriter("runs/1")
///     try writer.scalar("loss", 0.3, step: 100)
///     // tensorboard --logdir runs
public final class SummaryWriter: MetricWriter {
  private let file: AppendedFile
  private let now: @Sendable () -> Double

  /// Makes the folder and the file.
  /// - Throws: an error that names the file and why it can't be written.
  public convenience init(_ folder: String) throws {
    try self.init(folder) { Date().timeIntervalSince1970 }
  }

  init(_ folder: String, now: @escaping @Sendable () -> Double) throws {
    self.now = now
    let seconds = String(Int(now()))
    let name = [
      "events.out.tfevents", right(seconds, 10, "0"), hostName(),
      "\(ProcessInfo.processInfo.processIdentifier)", UUID().uuidString.prefix(8) + ".v2",
    ].joined(separator: ".")
    file = try AppendedFile("\(folder)/\(name)")
    try write(ProtobufMessage { $0.add(3, "brain.Event:2") })
  }

  /// Writes a number.
  public func scalar(_ tag: String, _ value: Double, step: Int) throws {
    try write(step, [SummaryValue.scalar(tag, value)])
  }

  /// Writes numbers by name.
  public func write(_ scalars: [String: Double], step: Int) throws {
    try write(
      step, scalars.sorted { $0.key < $1.key }.map { SummaryValue.scalar($0.key, $0.value) })
  }

  /// Writes images `[height, width]`, `[height, width, channels]` or `[images, ...]`.
  ///
  /// Values are floats from 0 to 1, cut off beyond, or uint8; there are 1, 3 or 4 channels. Of several
  /// images the first `maxOutputs` are written.
  /// - Throws: an error if the shape is another.
  public func image(_ tag: String, _ images: Tensor, step: Int, maxOutputs: Int = 3) throws {
    try write(step, [SummaryValue.images(tag, images, maxOutputs)])
  }

  /// Writes how often the values lie in each of `buckets` intervals of one width.
  public func histogram(_ tag: String, _ values: Tensor, step: Int, buckets: Int = 30) throws {
    try write(
      step, [SummaryValue.histogram(tag, values.scalars(as: Double.self), buckets)])
  }

  /// Writes a text, in Markdown.
  public func text(_ tag: String, _ text: String, step: Int) throws {
    try write(step, [SummaryValue.text(tag, text)])
  }

  /// Writes the hyperparameters of this run; runs are compared by them.
  public func hparams(_ values: [String: HyperparameterValue]) throws {
    try write(0, [SummaryValue.hyperparameters(values, group: UUID().uuidString, time: now())])
  }

  /// Waits until all is on the disk.
  public func flush() throws { try file.synchronize() }

  private func write(_ step: Int, _ values: [ProtobufMessage]) throws {
    try write(
      ProtobufMessage { event in
        event.add(2, step)
        event.add(
          5, ProtobufMessage { summary in for value in values { summary.add(1, value) } })
      })
  }

  /// Writes an event as a record: the length and the bytes, each with its check.
  private func write(_ event: ProtobufMessage) throws {
    let data = ProtobufMessage { $0.add(1, now()) }.bytes + event.bytes
    let length = littleEndian(UInt64(data.count))
    try file.append(
      length + littleEndian(CRC32C.masked(length)) + data + littleEndian(CRC32C.masked(data)))
  }
}

/// A hyperparameter: a number, a truth value or a text, each by its literal.
public enum HyperparameterValue: Hashable, Sendable {
  /// A number.
  case number(Double)
  /// A truth value.
  case bool(Bool)
  /// A text.
  case text(String)
}

extension HyperparameterValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
}

private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
  let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  let text = String(decoding: bytes, as: UTF8.self)
  return text.isEmpty ? "localhost" : text.replacingOccurrences(of: "/", with: "_")
}
