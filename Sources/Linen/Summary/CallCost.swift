/// What a table counts of each call.
struct CallCosts: Sendable {
  /// The operations that a method takes.
  var flops = false
  /// Those of a method and its vector-Jacobian product.
  var vjpFlops = false
}

extension RunningCall {
  /// Counts the operations of the method that has just run, as if it were applied by itself.
  ///
  /// As in Flax the module is initialized and applied anew, its arguments and variables being the
  /// inputs. Both runs only pass types on; a graph of the second is what is counted.
  func cost<R, E: Error>(
    for recorder: CallRecorder, _ function: String, _ arguments: () -> [Any],
    _ body: (CallArguments) throws(E) -> R
  ) -> (flops: Int?, vjpFlops: Int?) {
    let costs = recorder.costs
    guard costs.flops || costs.vjpFlops else { return (nil, nil) }
    do {
      let graph = try withErrors {
        let values = arguments().map(withoutValues)
        let made = try runAlone(
          Variables(), mutable: .all, isInitializing: true, function, values, body
        ).variables
        return try Counting.on {
          try Graph.capturing(name: "tabulate") {
            let (output, variables) = try runAlone(
              treeMap(made) { Tensor($0.type) }, mutable: recorder.mutable, isInitializing: false,
              function, values, body)
            return tensors(in: output) + treeLeaves(variables)
          }
        }
      }
      return (costs.flops ? graph.cost.flops : nil, costs.vjpFlops ? vjpFlops(graph) : nil)
    } catch {
      record(error)
      return (nil, nil)
    }
  }

  /// 0 if the function can't be differentiated.
  private func vjpFlops(_ graph: Graph) -> Int {
    let pullback = try? Counting.on {
      try withErrors { graph.withPullback(name: "tabulate") }
    }
    return pullback?.cost.flops ?? 0
  }

  /// Runs the method once more in a call of its own, with the module as its root.
  private func runAlone<R, E: Error>(
    _ variables: Variables, mutable: CollectionFilter, isInitializing: Bool, _ function: String,
    _ arguments: [Any], _ body: (CallArguments) throws(E) -> R
  ) throws(E) -> (output: R, variables: Variables) {
    let scope = Scope(
      root: ScopeRoot(
        variables: variables.entries ?? Variables.Entries(), rngs: binding.scope.rngs,
        mutable: mutable, flags: isInitializing ? ["initializing": true] : [:],
        path: binding.scope.path))
    let inner = ModuleContext(replacing: binding, with: scope)
    inner.recorder = nil
    inner.capture = .none
    inner.attachGuests(binding.module, to: inner.bindings[0])
    let output = try ContextSlot.modules.with(inner) { () throws(E) in
      let call = RunningCall(inner, inner.bindings[0], isCompact: isCompact, function)
      defer { call.end(function) }
      return try binding.module.intercepted(function, { arguments }, body)
    }
    return (output, scope.mutableVariables)
  }
}

extension ModuleContext {
  /// Makes the modules in the properties of a module, and in those of these, its submodules where they
  /// have a place elsewhere: under the name that they have there.
  fileprivate func attachGuests(_ module: Module, to owner: Binding) {
    guard owner.info.holdsModules else { return }
    for field in Fields.values(of: module) {
      Fields.forEachModule(in: field.value) { _, part in
        guard let known = knownBinding(of: part) else { return }
        // A place below the module's own is known here already.
        if known.context !== self { attach(part, to: owner, name: known.name) }
        if let place = knownBinding(of: part) { attachGuests(part, to: place) }
      }
    }
  }
}

/// A value with abstract tensors in the place of those in it.
private func withoutValues(_ value: Any) -> Any {
  guard let tree = value as? any TensorTree else { return value }
  return treeMap(tree) { Tensor($0.type) }
}

/// The tensors of a result: of a tree, or of the parts of a tuple or list.
private func tensors(in value: Any) -> [Tensor] {
  if let tree = value as? any TensorTree { return treeLeaves(tree) }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .tuple, .collection, .optional, .dictionary:
    return mirror.children.flatMap { tensors(in: $0.value) }
  default: return []
  }
}
