import Linen

/// A value that can be written to files and restored from them.
///
/// Tensors, numbers, texts, arrays, dictionaries and optionals of them are, and so are variables,
/// optimizer states and train states. A type of your own conforms by presenting its parts, each
/// under its name, once for both directions:
///
///     struct Session: StateSerializable {
///       var state: TrainState
///       var key: Key
///       var epoch: Int
///       mutating func visitState(_ visitor: inout StateVisitor) {
///         visitor.visit("state", &state)
///         visitor.visit("key", &key)
///         visitor.visit("epoch", &epoch)
///       }
///     }
///
/// A `TensorTree` presents its parts already, so that the conformance alone is enough. There is no
/// registry: what is not presented is not saved, and keeps its value when the rest is restored.
public protocol StateSerializable {
  /// Presents each part to `visitor`, always under the same names.
  mutating func visitState(_ visitor: inout StateVisitor)
}

extension StateSerializable where Self: TensorTree {
  /// Presents the tree's parts under the keys that it shows them to transforms by.
  public mutating func visitState(_ visitor: inout StateVisitor) { visitor.visitTree(&self) }
}

extension StateSerializable where Self: RawRepresentable, RawValue: StateSerializable {
  /// Presents the raw value; one that stands for nothing is not taken.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    var raw = rawValue
    raw.visitState(&visitor)
    if let restored = Self(rawValue: raw) {
      self = restored
    } else {
      visitor.refuse(expected: "a value of \(Self.self)")
    }
  }
}

/// Makes the state of a value: nested dictionaries of plain values.
///
/// Mirrors `flax.serialization.to_state_dict`: lists and tuples become dictionaries with the keys
/// "0", "1", ...; boxes of metadata become dictionaries with the key "value".
/// - Throws: ``SerializationError`` if a part has no state.
public func toStateDict(_ target: some StateSerializable) throws -> StateValue {
  var target = target
  return try StateVisitor.save(&target)
}

/// Restores a value from a state; of `target` only the structure, shapes and dtypes count.
///
/// Mirrors `flax.serialization.from_state_dict`. Differs from Flax, which takes entries of any shape
/// and dtype and passes over those that the target lacks: here everything that does not fit is an
/// error, unless `allowing` it, with ``RestoreAllowance/flax`` as Flax does.
/// - Throws: ``RestoreError``, which lists all that does not fit with its path.
public func fromStateDict<T: StateSerializable>(
  _ target: T, _ state: StateValue, allowing: RestoreAllowance = []
) throws -> T {
  let (restored, report) = restoring(target, from: state)
  if let error = RestoreError(report, allowing: allowing) { throw error }
  return restored
}

/// Restores what fits of a state, and reports what does not.
///
/// What is missing or of another kind keeps the target's value; other shapes and dtypes are taken.
public func restoring<T: StateSerializable>(
  _ target: T, from state: StateValue
) -> (value: T, report: RestoreReport) {
  var target = target
  let report = StateVisitor.restore(&target, from: state)
  return (target, report)
}
