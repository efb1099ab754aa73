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
      target, state.completed(like: try toStateDict(target)), allowing: allowing)
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

  /// This state with what such files can't tell as it is in another one: the dictionaries that are
  /// empty, and which tensors without axes are plain numbers.
  fileprivate func completed(like other: StateValue) -> StateValue {
    if let tensor, tensor.rank == 0 { return plainNumber(tensor, like: other) ?? self }
    guard case .dictionary(var entries) = self, let others = other.entries else { return self }
    for (key, value) in others {
      if let own = entries[key] {
        entries[key] = own.completed(like: value)
      } else if value.isHollow {
        entries[key] = value
      }
    }
    return .dictionary(entries)
  }

  private func plainNumber(_ tensor: Tensor, like other: StateValue) -> StateValue? {
    switch other {
    case .int where tensor.dtype.isInteger: (try? tensor.item(as: Int.self)).map(StateValue.int)
    case .double where tensor.dtype.isFloatingPoint:
      (try? tensor.item(as: Double.self)).map(StateValue.double)
    case .bool where tensor.dtype == .bool: (try? tensor.item(as: Bool.self)).map(StateValue.bool)
    default: nil
    }
  }

  /// Whether there is nothing but dictionaries in it.
  private var isHollow: Bool { entries?.values.allSatisfy(\.isHollow) ?? false }
}
