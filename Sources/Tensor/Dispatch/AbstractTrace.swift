/// The trace of tensors without values: an operation on one gives its type, and computes only what
/// does not depend on it, such as the parameters that a scanned layer makes from keys.
///
/// It lasts for ever and is the lowest of all, so that any running transform comes first.
package final class AbstractTrace: Trace {
  package static let shared = AbstractTrace()

  package let level = 0
  package let name = "a shape-only evaluation"
  package let showsValues = false

  private init() {}

  package func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    let isKnown = inputs.map { !isOwn($0) }
    guard let part = operation.knownPart(isKnown) else { return outputs.map { Tensor($0) } }
    var values = bind(part.operation, zip(inputs, part.takes).filter(\.1).map(\.0))[...]
    return zip(outputs, part.isKnown).map { type, isKnown in
      isKnown ? values.popFirst() ?? .placeholder(type) : Tensor(type)
    }
  }

  private func isOwn(_ tensor: Tensor) -> Bool {
    if case .tracer(let tracer) = tensor.storage { tracer.trace === self } else { false }
  }
}

extension Tensor {
  /// Creates a tensor that has a type but no value.
  ///
  /// What is computed from it has no value either; reading one throws. For `lazyInitialize` and
  /// shape evaluation.
  public init(_ type: ShapeDtype) { self.init(Tracer(AbstractTrace.shared, type)) }

  /// Whether the value is known here; it is not for abstract tensors and inside `jit`.
  public var isConcrete: Bool { array != nil }
}
