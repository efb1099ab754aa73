import Synchronization

/// A running transform: what sees the operations on the tensors that it made.
package protocol Trace: AnyObject, Sendable {
  /// Grows with each trace, so that of several transforms the one begun last sees an operation
  /// first; there is no ambient state.
  var level: Int { get }
  /// The transform's name, for messages.
  var name: String { get }
  /// Whether a tracer's value may be read: under `grad` it is that of the primal.
  var showsValues: Bool { get }
  /// Whether the transform is running; its tracers are of no use to anyone once it has ended.
  var isOpen: Bool { get }
  /// Does `operation` on inputs of which at least one is this trace's.
  func process(_ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]) -> [Tensor]
}

extension Trace {
  package var isOpen: Bool { true }

  /// Records that a tensor of this transform is used after its end, and gives placeholders.
  package func escaped(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    let own = inputs.first { tensor in
      if case .tracer(let tracer) = tensor.storage { tracer.trace === self } else { false }
    }
    record(
      TensorError.escaped(
        type(of: operation).name, name, own.map { [.init("tensor", $0.type)] } ?? []))
    return outputs.map(Tensor.placeholder)
  }
}

extension TensorError {
  /// The error of using a tensor of a transform that has ended.
  package static func escaped(
    _ operation: String, _ transform: String, _ operands: [Operand]
  ) -> TensorError {
    TensorError(
      operation, .tracerEscaped(transform: transform), operands,
      hint: "return it from the function that is transformed, instead of storing it outside")
  }
}

/// Hands out the levels of traces, from 1 up.
package enum TraceLevel {
  private static let counter = Atomic<Int>(0)

  package static func next() -> Int { counter.add(1, ordering: .relaxed).newValue }

  /// The level of the trace begun last: any that begins from now on has a higher one.
  package static var last: Int { counter.load(ordering: .relaxed) }
}

/// What stands for an array while a transform runs.
///
/// One class for all transforms, without subclasses, so that a dual number costs one allocation and
/// no cast: each trace uses the fields that it needs.
package final class Tracer: Sendable {
  package let trace: any Trace
  package let type: ShapeDtype
  /// The tensor of the level below: the primal of a dual number, the stacked values of a batch.
  package let value: Tensor?
  /// The tangent of a dual number.
  package let tangent: Tensor?
  /// The batch axis, or the number of a graph's variable.
  package let index: Int

  package init(
    _ trace: any Trace, _ type: ShapeDtype, value: Tensor? = nil, tangent: Tensor? = nil,
    index: Int = 0
  ) {
    self.trace = trace
    self.type = type
    self.value = value
    self.tangent = tangent
    self.index = index
  }

  /// The value, where it may be read.
  package var concrete: Tensor? { trace.showsValues ? value : nil }
}
