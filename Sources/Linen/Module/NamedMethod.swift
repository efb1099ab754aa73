/// A method of a module that can be called by its name.
///
///     override class var methods: [String: NamedMethod] {
///       ["encode": NamedMethod(AutoEncoder.encode), "decode": NamedMethod(AutoEncoder.decode)]
///     }
///
/// Swift finds no methods by name at run time, so that a class lists those that can be.
public struct NamedMethod: Sendable {
  private let body: @Sendable (Module, _ name: String, [Any]) throws -> Any

  /// Takes a method without arguments.
  public init<M: Module, R>(_ method: @escaping @Sendable (M) -> () throws -> R) {
    body = { module, name, arguments in
      try check(arguments, of: name, count: 0)
      return try method(cast(module, name, 0))()
    }
  }

  /// Takes a method of one argument.
  public init<M: Module, A, R>(_ method: @escaping @Sendable (M) -> (A) throws -> R) {
    body = { module, name, arguments in
      try check(arguments, of: name, count: 1)
      return try method(cast(module, name, 0))(cast(arguments[0], name, 1))
    }
  }

  /// Takes a method of two arguments.
  public init<M: Module, A, B, R>(_ method: @escaping @Sendable (M) -> (A, B) throws -> R) {
    body = { module, name, arguments in
      try check(arguments, of: name, count: 2)
      return try method(cast(module, name, 0))(
        cast(arguments[0], name, 1), cast(arguments[1], name, 2))
    }
  }

  /// Takes a method of three arguments.
  public init<M: Module, A, B, C, R>(_ method: @escaping @Sendable (M) -> (A, B, C) throws -> R) {
    body = { module, name, arguments in
      try check(arguments, of: name, count: 3)
      return try method(cast(module, name, 0))(
        cast(arguments[0], name, 1), cast(arguments[1], name, 2), cast(arguments[2], name, 3))
    }
  }

  func callAsFunction(_ module: Module, _ name: String, _ arguments: [Any]) throws -> Any {
    try body(module, name, arguments)
  }
}

private func check(_ arguments: [Any], of name: String, count: Int) throws {
  if arguments.count == count { return }
  throw located(.other("Method '\(name)' takes \(count) arguments, got \(arguments.count)."))
}

/// An argument as the method wants it; number 0 is the module.
private func cast<T>(_ value: Any, _ name: String, _ number: Int) throws -> T {
  if let value = value as? T { return value }
  let what = number == 0 ? "is one of" : "takes"
  throw located(
    .other("Method '\(name)' \(what) \(T.self) as argument \(number), got \(type(of: value))."))
}

private func located(_ fact: LinenError.Fact, details: [String] = []) -> LinenError {
  var error = LinenError(fact, details: details)
  error.path = ModuleContext.current?.errorPath
  return error
}

extension Module {
  /// Calls a method by its name: one that ``methods`` lists, or `callAsFunction` of a submodule, by
  /// the name of its property.
  ///
  ///     let z: Tensor = try model.apply(variables) { try $0.callMethod("encode", x) }
  ///
  /// `callAsFunction` can also be called `__call__`.
  /// - Throws: an error if there is no such method, if it takes other arguments or gives something
  ///   else, or what it throws.
  public final func callMethod<each A, R>(
    _ name: String, _ arguments: repeat each A, as type: R.Type = R.self
  ) throws -> R {
    var values: [Any] = []
    repeat values.append(each arguments)
    let result = try called(name, values)
    if let result = result as? R { return result }
    throw located(
      .other("Method '\(name)' gives \(Swift.type(of: result)), expected \(R.self)."))
  }

  private func called(_ name: String, _ arguments: [Any]) throws -> Any {
    let methods = Swift.type(of: self).methods
    let name = name == "__call__" ? "callAsFunction" : name
    if let method = methods[name] { return try method(self, name, arguments) }
    if name == "callAsFunction", let layer = self as? any UnaryLayer, arguments.count == 1,
      let input = arguments[0] as? Tensor
    {
      return layer(input)
    }
    guard let value = property(named: name) else {
      throw located(
        .attributeMissing(module: ClassInfo.of(self).name, attribute: name, isBound: false),
        details: [
          "methods: "
            + (methods.isEmpty ? "none" : methods.keys.sorted().joined(separator: ", "))
        ])
    }
    guard let module = value as? Module else {
      throw located(
        .other(
          "'\(ClassInfo.of(self).name).\(name)' must be a callable, got \(Swift.type(of: value))."))
    }
    return try module.called("callAsFunction", arguments)
  }

  /// The value of a stored property, or of one that `setup` sets.
  private func property(named name: String) -> Any? {
    if let field = Fields.values(of: self).first(where: { $0.label == name }) { return field.value }
    guard let context = ModuleContext.current, let binding = context.binding(of: self) else {
      return nil
    }
    context.setUp(binding)
    return context.children(of: binding).first { $0.name == name }?.module
  }
}

extension Applicable where Self: Module {
  /// Calls a method, found by its name, with variables, and gives its result.
  ///
  ///     let z: Tensor = try model.apply(variables, method: "encode", x)
  ///
  /// See ``Module/callMethod(_:_:as:)``.
  /// - Throws: the first error recorded in the method, or what it throws.
  public func apply<each A, R>(
    _ variables: Variables, method: String, _ arguments: repeat each A,
    rngs: (any RNGConvertible)? = nil
  ) throws -> R {
    try apply(variables, rngs: rngs) { try $0.callMethod(method, repeat each arguments) }
  }

  /// Calls a method, found by its name, with variables, and gives its result and the collections that
  /// are mutable.
  ///
  /// See ``Module/callMethod(_:_:as:)``.
  /// - Throws: the first error recorded in the method, or what it throws.
  public func apply<each A, R>(
    _ variables: Variables, method: String, _ arguments: repeat each A,
    rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter,
    captureIntermediates: CaptureFilter = false
  ) throws -> (output: R, variables: Variables) {
    try apply(
      variables, rngs: rngs, mutable: mutable, captureIntermediates: captureIntermediates
    ) { try $0.callMethod(method, repeat each arguments) }
  }

  /// Calls a method, found by its name, to make the variables that it needs, and gives these.
  ///
  /// See ``Module/callMethod(_:_:as:)``.
  /// - Throws: the first error recorded in the method, or what it throws.
  public func initialize<each A>(
    _ rngs: some RNGConvertible, method: String, _ arguments: repeat each A,
    mutable: CollectionFilter = .deny("intermediates")
  ) throws -> Variables {
    try initialize(rngs, mutable: mutable) { module -> Any in
      try module.callMethod(method, repeat each arguments, as: Any.self)
    }
  }

  /// Calls a method, found by its name, to make the variables that it needs, and gives its result and
  /// these.
  ///
  /// See ``Module/callMethod(_:_:as:)``.
  /// - Throws: the first error recorded in the method, or what it throws.
  public func initializeWithOutput<each A, R>(
    _ rngs: some RNGConvertible, method: String, _ arguments: repeat each A,
    mutable: CollectionFilter = .deny("intermediates")
  ) throws -> (output: R, variables: Variables) {
    try initializeWithOutput(rngs, mutable: mutable) {
      try $0.callMethod(method, repeat each arguments)
    }
  }
}
