import Linen

extension SafetensorsFile {
  /// Writes the state of a value: each tensor under the names that lead to it, joined by a text.
  ///
  /// Numbers are written as tensors of their own. Empty dictionaries leave no trace.
  /// - Throws: ``SerializationError`` if a part is neither a tensor nor a number, or two have the same
  ///   name; ``SafetensorsError`` if the file can't be written.
  public static func write(
    stateOf target: some StateSerializable, to path: String, separator: String = "/",
    metadata: [String: String] = [:]
  ) throws {
    var tensors: [String: Tensor] = [:]
    for (place, value) in try toStateDict(target).leaves(below: StatePath()) {
      if value.entries?.isEmpty == true { continue }
      guard let tensor = value.asTensor else {
        throw SerializationError(place, "\(value.kind) can't be written to safetensors")
      }
      let name = place.names.joined(separator: separator)
      guard tensors.updateValue(tensor, forKey: name) == nil else {
        throw SerializationError(place, "two tensors are named \"\(name)\"")
      }
    }
    try write(tensors, to: path, metadata: metadata)
  }

  /// Restores a value from the tensors whose names lead to its parts.
  ///
  /// What has no tensors, such as an empty dictionary, need not be there.
  /// - Throws: ``RestoreError``, which lists all that does not fit; ``SafetensorsError``.
  public func restore<T: StateSerializable>(
    _ target: T, separator: String = "/", allowing: RestoreAllowance = []
  ) throws -> T {
    var flat = OrderedDictionary<String, StateValue>()
    for entry in entries { flat[entry.name] = .tensor(try tensor(entry.name)) }
    let state: StateValue = unflattenDict(flat, separator: separator)
    return try fromStateDict(
      target, state.withEmptyParts(of: try toStateDict(target)), allowing: allowing)
  }
}

extension StateValue {
  /// The tensor of an array or a number.
  fileprivate var asTensor: Tensor? {
    switch self {
    case .tensor(let tensor), .scalar(let tensor): tensor
    case .bool(let value): Tensor(value, dtype: .bool)
    case .int(let value): Tensor(value, dtype: .int64)
    case .unsigned(let value): Tensor(value, dtype: .uint64)
    case .double(let value): Tensor(value, dtype: .float64)
    default: nil
    }
  }

  /// This state with the dictionaries that are empty in another one.
  fileprivate func withEmptyParts(of other: StateValue) -> StateValue {
    guard case .dictionary(var entries) = self, let others = other.entries else { return self }
    for (key, value) in others {
      if let own = entries[key] {
        entries[key] = own.withEmptyParts(of: value)
      } else if value.isHollow {
        entries[key] = value
      }
    }
    return .dictionary(entries)
  }

  /// Whether there is nothing but dictionaries in it.
  private var isHollow: Bool { entries?.values.allSatisfy(\.isHollow) ?? false }
}
