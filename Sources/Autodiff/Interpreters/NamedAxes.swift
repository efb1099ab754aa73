/// A mapped axis that has a name, as a collective carries it.
package struct NamedAxis: Hashable, Sendable {
  let name: String
  let size: Int
}

/// The mapped axes that have names, of the running thread, innermost last.
///
/// A collective looks up its axis here, so that it also works on values that are the same for all
/// members; which values differ is the business of the traces.
package final class NamedAxes {
  private let traces: [BatchTrace]
  /// The name of the axis whose batching rule is running; nil if none or without a name.
  private let ruleName: String?

  private init(_ traces: [BatchTrace], ruleName: String?) {
    self.traces = traces
    self.ruleName = ruleName
  }

  private static var current: NamedAxes? { ContextSlot.axes.object(as: NamedAxes.self) }

  /// Runs `body` with the axis of `trace`, if it has a name.
  static func with<R, E: Error>(_ trace: BatchTrace, _ body: () throws(E) -> R) throws(E) -> R {
    guard trace.axisName != nil else { return try body() }
    let axes = NamedAxes((current?.traces ?? []) + [trace], ruleName: nil)
    return try ContextSlot.axes.with(axes, body)
  }

  /// Whether a named axis is being mapped: if not, nobody need look for one.
  static var areInUse: Bool { ContextSlot.axes.pointer != nil }

  /// Runs a batching rule for an axis of this name, or for one without a name.
  static func rule<R>(_ name: String?, _ body: () -> R) -> R {
    ContextSlot.axes.with(NamedAxes(current?.traces ?? [], ruleName: name), body)
  }

  /// The name that a rule gives to traces of its own: for the bodies of loops and branches.
  static var ruleName: String? { current?.ruleName }

  /// The trace of the innermost axis of this name.
  static func trace(_ name: String) -> BatchTrace? {
    current?.traces.last { $0.axisName == name }
  }

  /// All axes: what a function is compiled for besides its arguments.
  package static var all: [NamedAxis] {
    current?.traces.map { NamedAxis(name: $0.axisName ?? "", size: $0.size) } ?? []
  }

  /// The axis of this name; records an error and gives nil if there is none.
  static func find(_ name: String, for operation: String) -> NamedAxis? {
    if let trace = trace(name) { return NamedAxis(name: name, size: trace.size) }
    let present = all.map { "\"\($0.name)\"" }
    record(
      TensorError(
        operation, .other("unbound axis name: \(name)"),
        hint: present.isEmpty
          ? "call it inside vmap(axisName: \"\(name)\")"
          : "the axes here are \(present.joined(separator: ", "))"))
    return nil
  }
}
