/// Gives a function that computes its intermediate values anew for the derivative instead of keeping
/// them.
///
/// Saves memory in reverse mode at the price of a second forward computation. Mirrors
/// `jax.checkpoint`, also known as remat; the policy says which values are kept all the same.
public func checkpoint<T: TensorTree, U: TensorTree>(
  policy: CheckpointPolicy = .nothing, _ function: @escaping (T) throws -> U
) -> (T) throws -> U {
  { argument in
    try withErrors {
      let leaves = treeLeaves(argument)
      var template: U?
      let recorded = try Graph.record(name: "checkpoint", leaves.map(\.type)) { inputs in
        let result = try function(treeReplacingLeaves(argument, inputs))
        template = treeMap(result) { Tensor($0.type) }
        return treeLeaves(result)
      }
      try checkErrors()
      guard let template else {
        throw TensorError("checkpoint", .other("the function was not called"))
      }
      let (graph, captures) = recorded.hoistingCapturesFirst()
      let results = bind(
        CheckpointPrimitive(body: Subgraph(graph), policy: policy), captures + leaves)
      return treeReplacingLeaves(template, results)
    }
  }
}

/// Gives a function of two arguments that keeps no intermediate values for the derivative.
public func checkpoint<A: TensorTree, B: TensorTree, U: TensorTree>(
  policy: CheckpointPolicy = .nothing, _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> U {
  let single = checkpoint(policy: policy) { (arguments: TreePair<A, B>) in
    try function(arguments.parts.0, arguments.parts.1)
  }
  return { try single(TreePair($0, $1)) }
}

/// Which intermediate values a checkpointed function keeps; mirrors `jax.checkpoint_policies`.
public enum CheckpointPolicy: Hashable, Sendable {
  /// None: all are computed anew.
  case nothing
  /// All that the derivative needs, as without a checkpoint.
  case everything
  /// The results of matrix products and convolutions.
  case dots
  /// The results of matrix products without batch axes.
  case dotsWithNoBatchDims
  /// Those named by ``checkpointName(_:_:)``.
  case names(Set<String>)

  /// The variables of a forward graph that are kept; its outputs from `resultCount` on are what the
  /// derivative needs.
  func saved(in graph: Graph, resultCount: Int) -> [Int] {
    if self == .everything {
      let residuals = graph.outputs[resultCount...].compactMap { atom -> Int? in
        if case .variable(let variable) = atom { variable } else { nil }
      }
      return Array(Set(residuals).subtracting(graph.inputs)).sorted()
    }
    return graph.equations.filter { saves($0.operation) }.flatMap(\.outputs)
  }

  private func saves(_ operation: any Primitive) -> Bool {
    switch self {
    case .nothing, .everything: false
    case .dots: operation is DotGeneral || operation is ConvGeneralDilated
    case .dotsWithNoBatchDims: (operation as? DotGeneral)?.lhsBatch.isEmpty ?? false
    case .names(let names): (operation as? NamePrimitive).map { names.contains($0.label) } ?? false
    }
  }
}

extension CheckpointPolicy: CustomStringConvertible {
  /// The policy as it is written, names sorted.
  public var description: String {
    switch self {
    case .nothing: "nothing"
    case .everything: "everything"
    case .dots: "dots"
    case .dotsWithNoBatchDims: "dotsWithNoBatchDims"
    case .names(let names): "names(\(names.sorted()))"
    }
  }
}

/// Names a value so that a checkpoint policy can keep it; changes nothing else.
public func checkpointName(_ x: Tensor, _ name: String) -> Tensor {
  bind(NamePrimitive(label: name), x)
}

/// The identity, with a name.
///
/// Mirrors `jax.ad_checkpoint.checkpoint_name`.
struct NamePrimitive: Linear {
  static let name = "name"

  let label: String

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { inputs }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { inputs }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] { cotangents }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), axes)
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }

  func view(_ layout: Layout) -> Layout? { layout }
}
