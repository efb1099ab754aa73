/// A trace that looks on at a thread: it sees the operations on the tensors of all traces that began
/// before it, whether or not they were passed to it.
///
/// For recording functions that are known by their closures alone, which hold tensors of the
/// transforms around them. Transforms that begin inside come first, as always.
package final class AmbientTrace {
  private let trace: any Trace

  private init(_ trace: any Trace) { self.trace = trace }

  /// Runs `body` while `trace` looks on.
  package static func with<R, E: Error>(
    _ trace: any Trace, _ body: () throws(E) -> R
  ) throws(E) -> R {
    try ContextSlot.ambient.with(AmbientTrace(trace), body)
  }

  /// The trace that looks on, if it began after `other`.
  static func above(_ other: any Trace) -> (any Trace)? {
    guard let trace = ContextSlot.ambient.object(as: AmbientTrace.self)?.trace else { return nil }
    return trace.level > other.level ? trace : nil
  }
}
