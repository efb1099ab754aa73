import Foundation
import Linen

/// A tree of plain values: what a model's state becomes to be written, and what a file holds.
///
/// Mirrors Flax's state dicts, and whatever else its msgpack files may hold. Numbers and truth values
/// are Python's, arrays are tensors:
///
///     let state = try msgpackRestore(Data(contentsOf: url))
///     let kernel = state["params"]?["Dense_0"]?["kernel"]?.tensor
public enum StateValue: Sendable {
  /// The entries of a dictionary, in order.
  public typealias Entries = OrderedDictionary<StateKey, StateValue>

  /// Nothing, as Python's `None`.
  case null
  /// A truth value.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// An integer above the largest `Int`.
  case unsigned(UInt64)
  /// A floating-point number.
  case double(Double)
  /// A complex number.
  indirect case complex(real: Double, imaginary: Double)
  /// A text.
  indirect case string(String)
  /// Bytes.
  indirect case bytes(Data)
  /// An array.
  case tensor(Tensor)
  /// A NumPy scalar: a number with a dtype, held as a tensor without axes.
  case scalar(Tensor)
  /// An array of elements that tensors don't have, such as dates.
  indirect case foreign(ForeignArray)
  /// A list; the states of lists and tuples are dictionaries instead.
  case list([StateValue])
  /// Values by their keys, in order.
  indirect case dictionary(Entries)
  /// A msgpack extension of another program: its type and its bytes.
  indirect case extensionType(Int8, Data)
}

/// The key of an entry: a text, or an integer as NNX has for lists.
public enum StateKey: Hashable, Sendable {
  /// A name, or a place in a list as digits.
  case string(String)
  /// An integer.
  case int(Int)
}

/// An array whose dtype tensors don't have, kept as it was read so that it can be written again.
public struct ForeignArray: Hashable, Sendable {
  /// The name of the dtype, such as `datetime64[s]`.
  public let dtype: String
  /// The sizes of the axes.
  public let shape: [Int]
  /// The elements in row-major order.
  public let bytes: Data

  /// Creates an array of bytes.
  public init(dtype: String, shape: [Int], bytes: Data) {
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }
}

extension StateValue {
  /// The value of a key; nil if there is none or this is no dictionary.
  public subscript(key: StateKey) -> StateValue? { entries?[key] }

  /// The entries of a dictionary.
  public var entries: Entries? {
    if case .dictionary(let entries) = self { entries } else { nil }
  }

  /// The elements of a list.
  public var elements: [StateValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  /// The tensor, of an array or a NumPy scalar.
  public var tensor: Tensor? {
    switch self {
    case .tensor(let tensor), .scalar(let tensor): tensor
    default: nil
    }
  }

  /// The integer.
  public var integer: Int? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The text.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

extension StateKey: CustomStringConvertible {
  /// The name, or the digits of the integer.
  public var description: String {
    switch self {
    case .string(let name): name
    case .int(let value): "\(value)"
    }
  }
}

extension StateKey {
  /// Whether the key is an integer.
  var isInteger: Bool { if case .int = self { true } else { false } }
}

extension StateKey: Comparable {
  /// Compares integers by value and texts by Unicode scalars, as Python does; integers come first.
  public static func < (a: StateKey, b: StateKey) -> Bool {
    switch (a, b) {
    case (.int(let a), .int(let b)): a < b
    case (.string(let a), .string(let b)):
      a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    case (.int, .string): true
    case (.string, .int): false
    }
  }
}

extension StateKey: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  /// Creates the key that is a text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Creates the key that is an integer.
  public init(integerLiteral value: Int) { self = .int(value) }
}
