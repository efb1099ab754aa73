import Synchronization

/// Lifts `jit`: compiles calls of a module.
///
/// Made by ``jit(variables:rngs:)``.
public struct JIT: CallLift {
  /// `JitDense`.
  public static let prefix = "Jit"

  let variables: CollectionFilter
  let rngs: CollectionFilter

  /// Runs `body` with the streams that compiled calls have, without compiling it.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    apply(target, arguments, key: nil, body)
  }

  /// Runs a layer, which depends on its arguments and itself alone, as a compiled one.
  public func applyLayer(
    _ target: LiftedScopes, _ inputs: Tensor, _ body: ([Scope], Tensor) -> Tensor
  ) -> Tensor {
    apply(target, ArgumentList(inputs), key: "__call__") { scopes, list in
      body(scopes, treeLeaves(list)[0])
    }
  }

  /// Runs `body`, compiled if a key tells what it depends on besides the arguments.
  func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, key: AnyHashable?, _ body: ([Scope], A) -> R
  ) -> R {
    let pack = Pack(target, name: "jit", in: [variables], out: [variables], rngs: [])
    var input = LiftInput(pack, arguments)
    input.rngs = [target.forkedStreams(rngs)]
    let counts = target.scopes.map(\.counters.state)
    guard let key, let identity = target.identity, !target.isObserved else {
      let output = pack.run(input, body)
      pack.publish(output.variables)
      return output.result
    }
    let (leaves, structure) = treeSignature(input)
    let signature = CompiledLift.Signature(
      key: key, identity: identity, variables: variables, rngs: rngs, roots: target.roots,
      counts: counts, axes: NamedAxes.all, structure: structure, types: leaves.map(\.type))
    var template: LiftOutput<R>?
    return pack.recovering {
      let lift: CompiledLift
      if let known = CompiledLift.find(signature) {
        lift = known
      } else {
        let graph = try withErrors {
          Graph.record(name: "jit", leaves.map(\.type)) { leaves in
            let output = pack.run(treeReplacingLeaves(input, leaves), body)
            template = output
            return treeLeaves(output)
          }
        }
        let ends = target.scopes.map(\.counters.state)
        lift = CompiledLift(
          graph, template.map { treeMap($0) { Tensor($0.type) } }, from: counts, to: ends)
        if graph.isConcrete { lift.keep(signature, target.kept) }
      }
      guard let structure = lift.template as? LiftOutput<R> else {
        throw pack.error(.equalKeys(key: "\(key)"))
      }
      for (index, scope) in target.scopes.enumerated() {
        scope.counters.state = counts[index].advanced(
          from: lift.counts[index].start, to: lift.counts[index].end)
      }
      let output = treeReplacingLeaves(structure, lift.body(leaves))
      pack.publish(output.variables)
      return output.result
    } _: {
      template.map { placeholders($0.result) } ?? pack.run(input, body).result
    }
  }
}

extension JIT {
  /// Runs a function of a module or scope, and of arguments, as a compiled one.
  ///
  /// `key` must tell all that the function depends on besides its arguments and the module, such as
  /// flags that it captures: it is traced once for each.
  public func callAsFunction<T: LiftTarget, each A: TensorTree, R: TensorTree>(
    _ target: T, _ arguments: repeat each A, static key: some Hashable & Sendable,
    including others: [Module] = [], file: String = #fileID, line: Int = #line,
    column: Int = #column, body: (T, repeat each A) -> R
  ) -> R {
    apply(
      LiftedScopes(target, including: others), ArgumentList(repeat each arguments),
      key: CallSite(file: file, line: line, column: column, key: AnyHashable(key))
    ) { scopes, list in
      var scopes = scopes[...]
      return body(target.moved(to: &scopes), repeat each list.values)
    }
  }
}

extension Lifted where Transform == JIT {
  /// Runs a function of the module and of arguments as a compiled one.
  ///
  /// `key` must tell all that the function depends on besides its arguments and the module, such as
  /// flags that it captures: it is traced once for each.
  public func callAsFunction<each A: TensorTree, R: TensorTree>(
    _ arguments: repeat each A, static key: some Hashable & Sendable, file: String = #fileID,
    line: Int = #line, column: Int = #column, body: (M, repeat each A) -> R
  ) -> R {
    guard let scopes = liftedScopes else { return body(module, repeat each arguments) }
    let site = CallSite(file: file, line: line, column: column, key: AnyHashable(key))
    return transform.apply(scopes, ArgumentList(repeat each arguments), key: site) { _, list in
      let result = body(module, repeat each list.values)
      return result
    }
  }
}

/// Tells functions written at different places apart.
private struct CallSite: Hashable {
  let file: String
  let line: Int
  let column: Int
  let key: AnyHashable
}

/// Gives the transform that compiles functions of modules.
///
/// It is compiled where a call tells by `static:` what the function depends on besides its arguments
/// and the module: a closure can't tell by itself what it captures. Otherwise it runs as it is, with
/// the same numbers. As in Flax, streams begin anew inside, as with ``foldRNGs(variables:rngs:)``:
/// parameters and masks are not those of the module alone. Mirrors `flax.linen.jit`.
public func jit(variables: CollectionFilter = true, rngs: CollectionFilter = true) -> JIT {
  JIT(variables: variables, rngs: rngs)
}

/// Makes a module whose calls are compiled.
///
///     let model = jit { MLP() }
///     let y = try model.apply(variables) { $0(x) }   // compiled once for the types of x
///     let z = try model.apply(variables) { model in
///       model(x, static: train) { mlp, x in mlp(x, train: train) }
///     }
///
/// A call as of a ``UnaryLayer`` is compiled, and one with a function if `static:` tells what that
/// captures. Modules of equal configuration share what is compiled. Initialization is compiled unless
/// a module has initializers among its properties, which can't be compared.
/// Named `JitMLP_0`, unless a name is given here or to the module. For the rest see
/// ``jit(variables:rngs:)``.
public func jit<M: Module>(
  variables: CollectionFilter = true, rngs: CollectionFilter = true, name: String? = nil,
  _ make: () -> M
) -> Lifted<M, JIT> {
  Lifted(jit(variables: variables, rngs: rngs), name: name, make)
}
