/// Notes the calls of methods during a run, for tables and lists of modules.
final class CallRecorder {
  struct Call {
    let index: Int
    let path: [String]
    let module: Module
    let method: String
    let arguments: CallArguments
    let output: ValueSummary
    /// The operations that the method takes by itself, and with its vector-Jacobian product.
    let flops: Int?
    let vjpFlops: Int?
  }

  /// What to count of each call.
  let costs: CallCosts
  /// The collections that calls may write to.
  let mutable: CollectionFilter
  private(set) var calls: [Call] = []
  private var nextIndex = 0

  init(_ costs: CallCosts, mutable: CollectionFilter) {
    self.costs = costs
    self.mutable = mutable
  }

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
    if let recorder = context.recorder {
      let cost = cost(for: recorder, function, arguments, body)
      recorder.end(
        CallRecorder.Call(
          index: index, path: binding.scope.path, module: module, method: method,
          arguments: CallArguments(arguments(), function: function), output: ValueSummary(output),
          flops: cost.flops, vjpFlops: cost.vjpFlops))
    }
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
