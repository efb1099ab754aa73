extension Scope {
  /// Whether the collection can be written to in this call.
  public func isMutableCollection(_ collection: String) -> Bool {
    shared.ask(collection)
    return shared.mutable.contains(collection)
  }

  /// Whether the whole collection, not only this scope's part of it, is empty or missing.
  public func isCollectionEmpty(_ collection: String) -> Bool {
    shared.entries(collection)?.isEmpty ?? true
  }

  /// Whether there is a variable, or a part of variables, of this name here.
  public func hasVariable(_ collection: String, _ name: String) -> Bool {
    switch view(collection) {
    case .fixed(let entries): entries?.contains(name) ?? false
    case .store(let store): store.contains(name)
    }
  }

  /// The variable, or part of variables, of this name; nil if there is none.
  public func getVariable(_ collection: String, _ name: String) -> Variables? {
    if shared.notesUse { shared.noteUse([collection] + path + [name]) }
    return switch view(collection) {
    case .fixed(let entries): entries?.value(name, near: reservations.count - 1)
    case .store(let store): store.value(name)
    }
  }

  /// Sets a variable; a dictionary is merged into one that is there.
  ///
  /// Records an error if the collection is not mutable.
  public func putVariable(_ collection: String, _ name: String, _ value: Variables) {
    checkValid()
    guard case .store(let store) = view(collection) else {
      record(
        LinenError(
          .immutableCollection(
            collection: collection, name: name, scope: pathText,
            mutable: shared.mutable.description),
          details: shared.lift?.details(ofCollection: collection) ?? []))
      return
    }
    if value.contains(traceAbove: shared.level) || isLifted {
      record(LinenError(.jaxTransform(collection: collection, name: name, scope: pathText)))
      return
    }
    store.put(name, value)
  }

  /// Whether a transform runs on this scope at present: another one is in its place inside.
  private var isLifted: Bool {
    guard !shared.lifted.isEmpty else { return false }
    let path = path
    return shared.lifted.contains { path.starts(with: $0.path) }
  }

  /// Declares a variable, whose first value is `initial()` if it is not there yet.
  ///
  /// Records an error if the name is taken, or if the variable is missing and its collection not
  /// mutable. The reference sees what is in a box of metadata, unless `unbox` is false.
  public func variable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool = true, _ initial: () -> T
  ) -> Variable<T> {
    reserve(name, collection: collection)
    return declaredVariable(collection, name, unbox: unbox, initial)
  }

  /// Declares a variable whose first value an initializer makes from a key, and gives a reference.
  ///
  /// The reference sees what is in a box of metadata.
  public func variable(
    _ collection: String, _ name: String, _ initializer: Initializer, _ key: Key, _ shape: Shape,
    dtype: DType = .defaultFloat
  ) -> Variable<Tensor> {
    reserve(name, collection: collection)
    return declaredVariable(collection, name, initializer, key, shape, dtype)
  }

  /// Declares a variable that must be there already.
  public func variable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool = true, as type: T.Type = Tensor.self
  ) -> Variable<T> {
    reserve(name, collection: collection)
    return requiredVariable(collection, name, unbox: unbox)
  }

  func declaredVariable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool, _ initial: () -> T
  ) -> Variable<T> {
    if !hasVariable(collection, name) {
      guard isMutableCollection(collection) else {
        recordMissing(collection, name)
        return Variable(self, collection, name, unbox: unbox, placeholder: initial())
      }
      noteMissing(collection, name)
      putVariable(collection, name, Variables(value: initial()))
    } else if shared.notesUse {
      noteDTypes(collection, name, initial)
    }
    return Variable(self, collection, name, unbox: unbox, placeholder: nil)
  }

  func declaredVariable(
    _ collection: String, _ name: String, _ initializer: Initializer, _ key: Key, _ shape: Shape,
    _ dtype: DType
  ) -> Variable<Tensor> {
    let _: Variable<Variables> = declaredVariable(collection, name, unbox: false) {
      initializer.variables(key, shape, dtype)
    }
    let placeholder = Tensor.placeholder(ShapeDtype(shape, dtype))
    return Variable(self, collection, name, unbox: true, placeholder: placeholder)
  }

  func requiredVariable<T: Sendable>(
    _ collection: String, _ name: String, unbox: Bool
  ) -> Variable<T> {
    if !hasVariable(collection, name) { recordMissing(collection, name) }
    return Variable(self, collection, name, unbox: unbox, placeholder: nil)
  }

  /// Declares a parameter and gives its value, made by `initializer` if it is not there yet.
  ///
  /// Records an error if the name is taken, or if the parameter is missing and `params` not mutable,
  /// or has another shape.
  public func param(
    _ name: String, _ initializer: Initializer, _ shape: Shape, dtype: DType = .defaultFloat
  ) -> Tensor {
    reserve(name, collection: "params")
    return declaredParam(name, shape, dtype) { initializer }
  }

  func declaredParam(
    _ name: String, _ shape: Shape, _ dtype: DType, by initializer: () -> Initializer
  ) -> Tensor {
    let stored = getVariable("params", name)
    if case .tensor(let tensor)? = stored?.node, tensor.shape == shape, tensor.dtype == dtype {
      return tensor
    }
    guard let stored else {
      guard shared.mutable.contains("params") else {
        recordMissing("params", name)
        return .placeholder(ShapeDtype(shape, dtype))
      }
      noteMissing("params", name)
      let value = initializer().variables(makeRNG("params"), shape, dtype)
      putVariable("params", name, value)
      return value.tensor ?? .placeholder(ShapeDtype(shape, dtype))
    }
    guard let tensor = stored.tensor else {
      recordType("params", name, stored, "a tensor")
      return .placeholder(ShapeDtype(shape, dtype))
    }
    guard tensor.shape == shape else {
      recordShape(name, expected: shape, stored: tensor.type)
      return .placeholder(ShapeDtype(shape, dtype))
    }
    if tensor.dtype != dtype { noteDType(name, stored: tensor, dtype) }
    return tensor
  }

  /// Declares a parameter and gives its value, made by `initial` from a key if it is not there yet.
  ///
  /// A parameter can be a tree; its tensors must have the shapes that `initial` gives them. For that
  /// `initial` is traced without computing in each call, so it should depend on the key alone.
  public func param<T: TensorTree & Sendable>(
    _ name: String, unbox: Bool = true, _ initial: (Key) -> T
  ) -> T {
    reserve(name, collection: "params")
    return declaredParam(name, unbox: unbox, initial)
  }

  func declaredParam<T: TensorTree & Sendable>(
    _ name: String, unbox: Bool, _ initial: (Key) -> T
  ) -> T {
    guard let stored = getVariable("params", name) else {
      guard shared.mutable.contains("params") else {
        recordMissing("params", name)
        return abstract(initial)
      }
      noteMissing("params", name)
      let value = initial(makeRNG("params"))
      let stored = Variables(value: value)
      putVariable("params", name, stored)
      return unbox ? stored.unboxed.value(as: T.self) ?? value : value
    }
    guard let value = (unbox ? stored.unboxed : stored).value(as: T.self) else {
      recordType("params", name, stored, "\(T.self)")
      return abstract(initial)
    }
    let expected = abstract(initial)
    for (new, old) in zip(treeLeaves(expected), treeLeaves(value)) where new.shape != old.shape {
      recordShape(name, expected: new.shape, stored: old.type)
      return expected
    }
    if shared.notesUse {
      for (new, old) in zip(treeLeaves(expected), treeLeaves(value)) where new.dtype != old.dtype {
        noteDType(name, stored: old, new.dtype)
      }
    }
    return value
  }

  /// What `initial` gives, as far as its types go: zeros.
  private func abstract<T: TensorTree>(_ initial: (Key) -> T) -> T {
    let types = try? evalShape({ (key: Key) in initial(key) }, Key(0))
    return treeMap(types ?? initial(Key(0))) { .placeholder($0.type) }
  }

  /// The variables at and below this scope.
  public var variables: Variables { collections { _ in true } }

  /// The variables of mutable collections at and below this scope.
  public var mutableVariables: Variables { collections(shared.mutable.contains) }

  private func collections(_ isIncluded: (String) -> Bool) -> Variables {
    let pairs = shared.collections.filter(isIncluded).compactMap { name in
      switch view(name) {
      case .fixed(let entries): entries.map { (name, Variables($0)) }
      case .store(let store): store.isPresent ? (name, Variables(store.contents)) : nil
      }
    }
    return Variables(pairs)
  }

  // MARK: Streams

  /// Whether the call was given a stream of this name.
  public func hasRNG(_ name: String) -> Bool { shared.rngs.contains { $0.name == name } }

  /// Draws the next key of a stream; of `params`, if there is no stream of this name.
  ///
  /// The keys depend on the scope's path and on how many were drawn in it before. Records an error
  /// if there is neither stream.
  public func makeRNG(_ name: String = "params") -> Key {
    let rngs = rngs
    guard
      let stream = rngs.first(where: { $0.name == name })
        ?? rngs.first(where: { $0.name == "params" })
    else {
      let present = rngs.map(\.name)
      record(
        LinenError(
          .streamMissing(scope: self.name, stream: name, present: present),
          details: shared.lift?.details(ofStream: name) ?? []))
      return Key(0)
    }
    checkValid()
    let count = counters.next(stream.name)
    let key = stream.rng.key(counter: count)
    if let collector = DiagnosticCollector.current {
      if stream.name != name { collector.note(.streamFallback(stream: name)) }
      let draw = RNGDraw(
        stream: name, source: stream.name, path: path, count: Int(count),
        key: key.words == nil ? nil : key)
      collector.note(draw)
      shared.note(draw, collector)
    }
    return key
  }

  // MARK: Errors

  private func recordMissing(_ collection: String, _ name: String) {
    guard !isCollectionEmpty(collection) else {
      record(
        LinenError(
          .collectionNotFound(
            collection: collection, name: name, scope: pathText, present: shared.collections),
          details: shared.lift?.details(ofCollection: collection) ?? []))
      return
    }
    let present = described(collection)
    record(
      LinenError(
        collection == "params"
          ? .paramNotFound(name: name, scope: pathText, present: present)
          : .variableNotFound(
            name: name, collection: collection, scope: pathText, present: present)))
  }

  /// The names here with their types, such as `kernel f32[3,4]`.
  private func described(_ collection: String) -> [String] {
    let entries: Variables.Entries =
      switch view(collection) {
      case .fixed(let entries): entries ?? Variables.Entries()
      case .store(let store): store.contents
      }
    return entries.map { name, value in value.tensor.map { "\(name) \($0.type)" } ?? name }
  }

  private func recordShape(_ name: String, expected: Shape, stored: ShapeDtype) {
    record(
      LinenError(
        .paramShape(name: name, scope: pathText, expected: expected, stored: stored.shape),
        details: ["stored: \(stored)"] + differingAxis(expected, stored.shape)))
  }

  private func differingAxis(_ expected: Shape, _ stored: Shape) -> [String] {
    guard expected.rank == stored.rank else {
      return ["rank: expected \(expected.rank), stored \(stored.rank)"]
    }
    return expected.indices.filter { expected.dimensions[$0] != stored.dimensions[$0] }.map {
      "axis \($0): expected \(expected.dimensions[$0]), stored \(stored.dimensions[$0])"
    }
  }

  private func recordType(
    _ collection: String, _ name: String, _ found: Variables, _ expected: String
  ) {
    record(
      LinenError(
        .valueType(
          name: name, collection: collection, found: found.kindDescription, expected: expected)))
  }
}

extension Variables {
  /// Whether a tensor in it belongs to a transform that began after this level.
  fileprivate func contains(traceAbove level: Int) -> Bool {
    switch node {
    case .tensor(let tensor):
      if case .tracer(let tracer) = tensor.storage { tracer.trace.level > level } else { false }
    case .dictionary(let entries): entries.contains { $0.value.contains(traceAbove: level) }
    case .tuple(let elements): elements.contains { $0.contains(traceAbove: level) }
    case .boxed(let box): box.value.contains(traceAbove: level)
    case .value: false
    }
  }

  /// What this part is, for messages: `f32[3,4]`, `a dictionary`, ...
  var kindDescription: String {
    switch node {
    case .tensor(let tensor): "\(tensor.type)"
    case .dictionary: "a dictionary"
    case .tuple(let elements): "a tuple of \(elements.count)"
    case .boxed(let box): "a box of \(box.value.kindDescription)"
    case .value(let value): "\(type(of: value))"
    }
  }
}
