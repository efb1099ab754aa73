/// Which results of methods an `apply` keeps in the collection `intermediates`.
public enum CaptureFilter: ExpressibleByBooleanLiteral {
  /// None.
  case none
  /// The results of every `callAsFunction`.
  case calls
  /// The results for which a function of the module and the method's name says so.
  case matching((_ module: Module, _ methodName: String) -> Bool)

  /// The results of every `callAsFunction`, or none.
  public init(booleanLiteral value: Bool) { self = value ? .calls : .none }

  var isOn: Bool {
    if case .none = self { false } else { true }
  }

  func contains(_ module: Module, _ methodName: String) -> Bool {
    switch self {
    case .none: false
    case .calls: methodName == "__call__"
    case .matching(let filter): filter(module, methodName)
    }
  }
}
