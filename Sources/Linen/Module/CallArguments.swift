/// The arguments of a module's method, for interceptors and tables.
///
/// A method shows them by passing them through: `compact(x, train) { x, train in ... }`.
public struct CallArguments {
  /// The arguments in order.
  public var values: [Any]
  /// The labels of the arguments, nil for those without.
  public let labels: [String?]

  /// Creates arguments of a method whose `#function` is given.
  init(_ values: [Any], function: String) {
    self.values = values
    let list = function.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
    let names = list.split(separator: ":").map { $0 == "_" ? nil : String($0) }
    labels = values.indices.map { $0 < names.count ? names[$0] : nil }
  }

  /// The argument at a place, to read or to replace.
  public subscript(index: Int) -> Any {
    get { values[index] }
    set { values[index] = newValue }
  }

  /// The argument as its method wants it; the original one, after an error, if its type is wrong.
  func value<T>(_ index: Int, _ original: T) -> T {
    guard index < values.count else { return original }
    if let value = values[index] as? T { return value }
    record(
      LinenError(
        .other("Argument \(index) is \(type(of: values[index])), the method takes \(T.self).")))
    return original
  }
}
