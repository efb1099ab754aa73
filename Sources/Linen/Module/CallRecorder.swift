/// Notes the calls of methods during a run, for tables and lists of modules.
final class CallRecorder {
  struct Call {
    let index: Int
    let path: [String]
    let module: Module
    let className: String
    let method: String
    let arguments: CallArguments
    let output: Any
    /// The variables of the module, as they are at the end of the call.
    let variables: Variables
  }

  private(set) var calls: [Call] = []
  private var nextIndex = 0

  func begin() -> Int {
    defer { nextIndex += 1 }
    return nextIndex
  }

  func end(_ call: Call) { calls.append(call) }
}

extension RunningCall {
  /// Runs a method for those who look on.
  func observe<R, E: Error>(
    _ function: String, _ arguments: () -> [Any], _ body: (CallArguments) throws(E) -> R
  ) throws(E) -> R {
    let index = context.recorder?.begin() ?? 0
    let module = binding.module
    let output = try module.intercepted(function, arguments, body)
    let method = methodName(function)
    if context.capture.contains(module, method) {
      module.sow("intermediates", method, Variables(captured: output))
    }
    context.recorder?.end(
      CallRecorder.Call(
        index: index, path: binding.scope.path, module: module, className: binding.info.name,
        method: method, arguments: CallArguments(arguments(), function: function), output: output,
        variables: binding.scope.variables))
    return output
  }
}

extension Variables {
  /// The part that a result of any type becomes.
  init(captured value: Any) {
    if let sendable = value as? any VariableConvertible {
      self = sendable.variables
    } else {
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .tuple {
        self.init(tuple: mirror.children.map { Variables(captured: $0.value) })
      } else {
        self.init(.value(Captured(value: value)))
      }
    }
  }
}

/// A result that is not known to be safe to pass between threads, kept to be looked at.
struct Captured: @unchecked Sendable, CustomStringConvertible {
  let value: Any
  var description: String { "\(value)" }
}
