import Linen

extension StateValue: CustomStringConvertible {
  /// The value as Python would print it, arrays by their types: `{'kernel': f32[3,4], 'step': 1}`.
  public var description: String {
    switch self {
    case .dictionary(let entries):
      "{" + entries.map { "\($0.key.literal): \($0.value)" }.joined(separator: ", ") + "}"
    case .list(let elements):
      "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .string(let text): "'\(text)'"
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): "\(value)"
    case .bool(let value): value ? "True" : "False"
    case .null: "None"
    case .complex(let real, let imaginary):
      "(\(real)\(imaginary.sign == .minus ? "" : "+")\(imaginary)j)"
    default: kind
    }
  }

  /// What this is, as messages name it: `f32[3,4]`, `an integer`, `a dictionary of 3 entries`.
  package var kind: String {
    switch self {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int, .unsigned: "an integer"
    case .double: "a number"
    case .complex: "a complex number"
    case .string: "a text"
    case .bytes(let data): "\(data.count) bytes"
    case .tensor(let tensor): "\(tensor.type)"
    case .scalar(let tensor): "a NumPy scalar of \(tensor.dtype)"
    case .foreign(let array):
      "\(array.dtype)[\(array.shape.map(String.init).joined(separator: ","))]"
    case .list(let elements): "a list of \(elements.count)"
    case .dictionary(let entries):
      switch entries.count {
      case 0: "an empty dictionary"
      case 1: "a dictionary of 1 entry"
      default: "a dictionary of \(entries.count) entries"
      }
    case .extensionType(let type, let data): "msgpack extension \(type) of \(data.count) bytes"
    }
  }

  /// The values at the ends of the branches, with their paths below `path`.
  package func leaves(below path: StatePath) -> [(path: StatePath, value: StateValue)] {
    switch self {
    case .dictionary(let entries) where !entries.isEmpty:
      entries.flatMap { $0.value.leaves(below: path.appending($0.key.description)) }
    case .list(let elements) where !elements.isEmpty:
      elements.enumerated().flatMap { $1.leaves(below: path.appending("\($0)")) }
    default: [(path, self)]
    }
  }
}

extension StateKey {
  /// The key as Python prints it.
  fileprivate var literal: String {
    switch self {
    case .string(let name): "'\(name)'"
    case .int(let value): "\(value)"
    }
  }
}

/// Where a value is in a state; prints as Flax's paths do, `./params/Dense_0/kernel`.
public struct StatePath: Hashable, Sendable, CustomStringConvertible {
  /// The keys from the root.
  public let names: [String]

  /// Creates the path of keys.
  public init(_ names: [String] = []) { self.names = names }

  /// The path of an entry.
  package func appending(_ name: String) -> StatePath { StatePath(names + [name]) }

  /// The keys after a point, with slashes between them.
  public var description: String { (["."] + names).joined(separator: "/") }
}
