extension Applicable where Self: Module {
  /// Lists the modules that a call runs, with their paths, in the order of their first calls.
  ///
  ///     for (path, module) in try model.modulePaths(Key(0), x, { $0($1) }) { ... }
  ///
  /// The root has the path `""`, others paths such as `encoder/Dense_0`. Inputs are passed to `body`
  /// without their values, so that nothing is computed. With `showRepeated` a module is listed for
  /// each of its calls. Mirrors `flax.linen.Module.module_paths`.
  /// - Throws: the first error recorded in `body`, or what `body` throws.
  public func modulePaths<each Input: TensorTree, R>(
    _ rngs: some RNGConvertible, _ inputs: repeat each Input, showRepeated: Bool = false,
    mutable: CollectionFilter = .deny("intermediates"),
    _ body: (Self, repeat each Input) throws -> R
  ) throws -> [(path: String, module: Module)] {
    let calls = try recordedCalls(rngs, CallCosts(), mutable: mutable) {
      try body($0, repeat treeMap(each inputs) { Tensor($0.type) })
    }.calls
    var seen: Set<String> = []
    return calls.compactMap { call in
      let path = call.path.joined(separator: "/")
      return seen.insert(path).inserted || showRepeated ? (path, call.module) : nil
    }
  }

  /// The calls of methods while variables are made, in the order in which they began, and the
  /// variables; keys have no values, so that parameters are not computed either.
  func recordedCalls<R>(
    _ rngs: some RNGConvertible, _ costs: CallCosts, mutable: CollectionFilter,
    _ body: (Self) throws -> R
  ) throws -> (calls: [CallRecorder.Call], variables: Variables) {
    let recorder = CallRecorder(costs, mutable: mutable)
    let keys = rngs.rngs.keys.mapValues { treeMap($0) { Tensor($0.type) } }
    let (_, variables) = try Scope.initialize(RNGs(keys), mutable: mutable) { scope in
      let context = ModuleContext()
      context.recorder = recorder
      context.bindRoot(self, scope)
      return try ContextSlot.modules.with(context) { try body(self) }
    }
    return (recorder.calls.sorted { $0.index < $1.index }, variables)
  }
}
