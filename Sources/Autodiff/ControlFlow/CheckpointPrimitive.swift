/// A graph whose intermediate values are not kept for the derivative: the primitive behind
/// `checkpoint`.
///
/// Semantics of `jax.checkpoint`; opaque to the compiler, which must not find the values that the
/// derivative computes anew among those of the first computation.
struct CheckpointPrimitive: GraphCall {
  static let name = "checkpoint"

  let body: Subgraph
  let policy: CheckpointPolicy

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    guard isRecorded(tangents) else {
      let trace = JVPTrace(name: "jvp")
      let results = body.graph.evaluate(zip(primals, tangents).map(trace.join)).map(trace.split)
      return (results.map(\.primal), results.map(\.tangent))
    }
    let parts = body.graph.linearized(tangents.map { $0 != nil })
    let resultCount = body.graph.outputs.count
    let saved = policy.saved(in: parts.forward, resultCount: resultCount)
    // First computation: the results, and what the policy saves of the values on the way.
    var forward = parts.forward
    forward.outputs = forward.outputs[..<resultCount] + saved.map { .variable($0) }
    forward.removeUnused()
    // Second computation: from the operands and the saved values to the residuals.
    var again = parts.forward
    again.outputs = Array(again.outputs[resultCount...])
    again.inputs += saved
    again.removeDefinitions(of: Set(saved))
    again.removeUnused()
    let all = bind(CheckpointPrimitive(body: Subgraph(forward), policy: policy), primals)
    let kept = primals + all[resultCount...]
    let types = zip(body.graph.outputTypes, parts.varyingOutputs).filter(\.1).map(\.0)
    let call = DerivativeCall(
      rule: RecomputingRule(again, parts.linear, types), keptCount: kept.count)
    var results = bind(call, kept + tangents.compactMap { $0 })[...]
    return (
      Array(all[..<resultCount]), parts.varyingOutputs.map { $0 ? results.popFirst() : nil }
    )
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    let graph = body.graph.batchedGraph(axes.map { $0 != nil }, size: size)
    let operands = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? input
    }
    let results = bind(CheckpointPrimitive(body: Subgraph(graph), policy: policy), operands)
    return (results, results.map { _ in 0 })
  }
}

/// Computes the residuals of a derivative anew each time it is used.
private final class RecomputingRule: DerivativeRule, @unchecked Sendable {
  /// From the kept values to the residuals.
  private let residuals: Graph
  /// From residuals and tangents to the tangents of the results.
  private let linear: Graph

  init(_ residuals: Graph, _ linear: Graph, _ outputTypes: [ShapeDtype]) {
    self.residuals = residuals
    self.linear = linear
    super.init(outputTypes: outputTypes)
  }

  override func pushforward(_ kept: [Tensor], _ tangents: [Tensor]) -> [Tensor] {
    linear.evaluate(residuals.evaluate(kept) + tangents)
  }

  override func pullback(_ kept: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
    let known = residuals.evaluate(kept)
    let tangentTypes = linear.inputs[known.count...].map { linear.types[$0] }
    let results = linear.transpose(cotangents, known: known + tangentTypes.map { _ in nil })
    return zip(results[known.count...], tangentTypes).map { $0 ?? .placeholder($1) }
  }
}

extension Graph {
  /// Drops the equations that define these variables, which have become inputs.
  mutating func removeDefinitions(of variables: Set<Int>) {
    equations.removeAll { $0.outputs.allSatisfy(variables.contains) }
  }
}
