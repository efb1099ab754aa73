/// A type that has a form of its own among variables: tensors, and arrays and dictionaries of them.
///
/// Other values are kept as they are.
public protocol VariableConvertible: Sendable {
  /// The value as a part of variables.
  var variables: Variables { get }
}

extension Variables: VariableConvertible {
  /// These variables.
  public var variables: Variables { self }
}

extension Tensor: VariableConvertible {
  /// The part that is this tensor.
  public var variables: Variables { Variables(self) }
}

extension Array: VariableConvertible where Element: VariableConvertible {
  /// The elements as a tuple.
  public var variables: Variables { Variables(tuple: map(\.variables)) }
}

extension Dictionary: VariableConvertible where Key == String, Value: VariableConvertible {
  /// The entries, sorted by name.
  public var variables: Variables {
    Variables(sorted { $0.key < $1.key }.map { ($0.key, $0.value.variables) })
  }
}

extension Variables {
  /// Creates the part that holds any value; tensors, arrays and dictionaries of them get their form.
  public init<T: Sendable>(value: T) {
    if let tensor = value as? Tensor {
      self.init(tensor)
    } else if let box = value as? any AxisMetadata {
      self.init(.boxed(box))
    } else if let convertible = value as? any VariableConvertible {
      self = convertible.variables
    } else {
      self.init(.value(value))
    }
  }

  /// The value as a Swift type, or nil if it is of another: the inverse of ``init(value:)``.
  public func value<T>(as type: T.Type = T.self) -> T? {
    if T.self == Variables.self { return self as? T }
    switch node {
    case .tensor(let tensor): return tensor as? T
    case .boxed(let box): return box as? T ?? box.value.value(as: type)
    case .value(let value): return value as? T
    case .tuple(let elements):
      if T.self == [Variables].self { return elements as? T }
      return elements.compactMap(\.tensor) as? T
    case .dictionary(let entries):
      let tensors = entries.compactMap { name, part in part.tensor.map { (name, $0) } }
      return Dictionary(tensors, uniquingKeysWith: { $1 }) as? T
    }
  }
}
