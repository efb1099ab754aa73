/// What an interceptor is told of the call that it stands around.
public struct InterceptorContext {
  /// The module whose method is called.
  public let module: Module
  /// The method, such as `encode`; `__call__` for `callAsFunction`.
  public let methodName: String
  /// The method itself, past all further interceptors.
  public let original: (CallArguments) -> Any
}

/// A function around the methods of modules: it may change the arguments and the result, or not call
/// `next` at all.
public typealias Interceptor = (
  _ next: (CallArguments) -> Any, _ arguments: CallArguments, _ context: InterceptorContext
) -> Any

/// Runs `body` with an interceptor around every method of every module that is called on this thread.
///
/// Of several the one that was installed first is outermost. The methods are those whose body stands
/// in `compact` or `method`, and `setup`; they see the arguments that are passed through these.
/// Mirrors `flax.linen.intercept_methods`.
public func interceptMethods<R, E: Error>(
  _ interceptor: @escaping Interceptor, _ body: () throws(E) -> R
) throws(E) -> R {
  let stack = InterceptorStack((InterceptorStack.current?.interceptors ?? []) + [interceptor])
  return try ContextSlot.interceptors.with(stack, body)
}

/// The interceptors of a thread, outermost first.
final class InterceptorStack {
  let interceptors: [Interceptor]

  init(_ interceptors: [Interceptor]) { self.interceptors = interceptors }

  static var current: InterceptorStack? {
    guard let pointer = ContextSlot.interceptors.pointer else { return nil }
    return Unmanaged<InterceptorStack>.fromOpaque(pointer).takeUnretainedValue()
  }
}

extension Module {
  /// Calls a method through the interceptors, if there are any.
  func intercepted<R, E: Error>(
    _ function: String, _ arguments: () -> [Any], _ body: (CallArguments) throws(E) -> R
  ) throws(E) -> R {
    let given = CallArguments(arguments(), function: function)
    guard let stack = InterceptorStack.current else { return try body(given) }
    return try withEscapable(body) { (body: @escaping (CallArguments) throws(E) -> R) throws(E) in
      var value: R?
      var thrown: E?
      let original: (CallArguments) -> Any = { arguments in
        do throws(E) {
          let output = try body(arguments)
          value = output
          return output
        } catch {
          thrown = error
          return ThrownError(error: error)
        }
      }
      let context = InterceptorContext(
        module: self, methodName: methodName(function), original: original)
      var next = original
      for interceptor in stack.interceptors.reversed() {
        let inner = next
        next = { interceptor(inner, $0, context) }
      }
      let output = next(given)
      if let thrown { throw thrown }
      if let output = output as? R { return output }
      record(
        LinenError(
          .other(
            "An interceptor of \(context.methodName) gave \(type(of: output)), expected \(R.self).")
        ))
      if let value { return value }
      return try body(given)
    }
  }

  /// Calls `setup`, through the interceptors if the class has one.
  func runSetup(_ binding: Binding) {
    guard InterceptorStack.current != nil, Fields.hasSetup(self) else { return setup() }
    intercepted("setup()", { [] }) { (_) throws(Never) in setup() }
  }
}

/// Stands for the result of a method that threw an error, until the error is thrown on.
private struct ThrownError {
  let error: any Error
}

/// `withoutActuallyEscaping` for functions of typed errors.
private func withEscapable<A, R, E: Error>(
  _ function: (A) throws(E) -> R,
  _ body: (@escaping (A) throws(E) -> R) throws(E) -> R
) throws(E) -> R {
  try withoutActuallyEscaping(function, do: body)
}
