extension Module {
  /// Declares a parameter: a variable of the collection `params`, made by `initializer`.
  ///
  /// The initializer runs, with a key of the stream `params`, where the parameter is not there yet.
  /// Records an error if the method is neither compact nor `setup`, if the name is taken, or if the
  /// parameter is missing or has another shape.
  public final func param(
    _ name: String, _ initializer: Initializer, _ shape: Shape, dtype: DType = .defaultFloat
  ) -> Tensor {
    param(name, shape, dtype) { initializer }
  }

  /// Declares a parameter whose initializer is made only where it is needed.
  final func param(
    _ name: String, _ shape: Shape, _ dtype: DType, by initializer: () -> Initializer
  ) -> Tensor {
    guard let binding = declaring("Parameters", "param", name, "params") else {
      return .placeholder(ShapeDtype(shape, dtype))
    }
    return binding.scope.declaredParam(name, shape, dtype, by: initializer)
  }

  /// Declares a parameter whose first value `initial` makes from a key: a tensor or a tree of them.
  ///
  /// In each call `initial` is traced without computing, to compare shapes. A value in a box of
  /// metadata is taken out of it, unless `unbox` is false.
  public final func param<T: TensorTree & Sendable>(
    _ name: String, unbox: Bool = true, _ initial: (Key) -> T
  ) -> T {
    guard let binding = declaring("Parameters", "param", name, "params") else {
      return treeMap(initial(Key(0))) { .placeholder($0.type) }
    }
    return binding.scope.declaredParam(name, unbox: unbox, initial)
  }

  /// Declares a variable of a collection, whose first value is `initial()`, and gives a reference.
  ///
  /// `initial` runs where the variable is not there yet and the collection is mutable; it gets no
  /// key, but can draw one by ``makeRNG(_:)``. Records an error if the method is neither compact nor
  /// `setup`, if the name is taken, or if the variable is missing.
  public final func variable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool = true, _ initial: () -> T
  ) -> Variable<T> {
    guard let binding = declaring("Variables", "variable", name, collection) else {
      return Variable(.detached, collection, name, unbox: unbox, placeholder: initial())
    }
    return binding.scope.declaredVariable(collection, name, unbox: unbox, initial)
  }

  /// Declares a variable whose first value an initializer makes from a key, and gives a reference.
  ///
  ///     let mean = variable("stats", "mean", .lecunNormal(), makeRNG("stats"), x.shape)
  ///
  /// The reference sees what is in a box of metadata. Otherwise as ``variable(_:_:unbox:_:)``.
  public final func variable(
    _ collection: String, _ name: String, _ initializer: Initializer, _ key: Key, _ shape: Shape,
    dtype: DType = .defaultFloat
  ) -> Variable<Tensor> {
    guard let binding = declaring("Variables", "variable", name, collection) else {
      let placeholder = Tensor.placeholder(ShapeDtype(shape, dtype))
      return Variable(.detached, collection, name, unbox: true, placeholder: placeholder)
    }
    return binding.scope.declaredVariable(collection, name, initializer, key, shape, dtype)
  }

  /// Declares a variable that must be there already, and gives a reference.
  public final func variable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool = true, as type: T.Type = Tensor.self
  ) -> Variable<T> {
    guard let binding = declaring("Variables", "variable", name, collection) else {
      return Variable(.detached, collection, name, unbox: unbox, placeholder: nil)
    }
    return binding.scope.requiredVariable(collection, name, unbox: unbox)
  }

  /// Takes the name of a parameter or variable; nil after an error.
  private func declaring(
    _ what: String, _ kind: String, _ name: String, _ collection: String
  ) -> Binding? {
    guard let binding = bound("access variables") else { return nil }
    guard binding.mayDeclare else {
      record(
        LinenError(
          .variableOutsideSetup(kind: what, name: name, module: binding.info.name)))
      return nil
    }
    if !binding.hasAdopted { binding.context.adoptFieldsNamed(name, binding) }
    if !binding.scope.reservations.insert(name, collection) {
      record(LinenError(.nameInUse(kind: kind, name: name, module: binding.info.name)))
    }
    if let collector = DiagnosticCollector.current { binding.noteSharedName(name, collector) }
    return binding
  }

  /// The place in the running call; records an error and gives nil if there is none.
  final func bound(_ action: String) -> Binding? {
    guard let context = ModuleContext.current, let binding = context.binding(of: self) else {
      recordUnbound(.unbound(action: action, module: ClassInfo.of(self).name))
      return nil
    }
    return binding
  }

  /// Whether a variable of this collection and name is there.
  public final func hasVariable(_ collection: String, _ name: String) -> Bool {
    bound("access variables")?.scope.hasVariable(collection, name) ?? false
  }

  /// Reads a variable, declared or not; nil if it is not there or of another type.
  public final func getVariable<T>(
    _ collection: String, _ name: String, as type: T.Type = Tensor.self
  ) -> T? {
    bound("access variables")?.scope.getVariable(collection, name)?.value(as: type)
  }

  /// Sets a variable, declared or not; a dictionary is merged into one that is there.
  ///
  /// Records an error if the collection is not mutable.
  public final func putVariable<T: Sendable>(_ collection: String, _ name: String, _ value: T) {
    bound("access variables")?.scope.putVariable(collection, name, Variables(value: value))
  }

  /// The variables of this module and those below it.
  public final var variables: Variables { bound("access variables")?.scope.variables ?? [:] }

  /// Whether the collection can be written to in this call.
  public final func isMutableCollection(_ collection: String) -> Bool {
    bound("check mutability")?.scope.isMutableCollection(collection) ?? false
  }

  /// Whether this is a run of `initialize`, `initializeWithOutput` or `lazyInitialize`.
  public final var isInitializing: Bool {
    bound("check if running under init()")?.scope.shared.isInitializing ?? false
  }

  /// Whether the call was given a stream of this name.
  public final func hasRNG(_ name: String) -> Bool {
    bound("query for RNGs")?.scope.hasRNG(name) ?? false
  }

  /// Draws the next key of a stream, or of `params` if there is no stream of this name.
  ///
  /// Keys depend on the module's path and on how many it drew before. Records an error if there is
  /// neither stream.
  public final func makeRNG(_ name: String = "params") -> Key {
    bound("use RNGs")?.scope.makeRNG(name) ?? Key(0)
  }
}

extension Scope {
  /// A scope without variables, for what is declared after an error.
  static var detached: Scope { Scope.bind([:], mutable: true) }
}
