/// The choice of one of several graphs by an index: the primitive behind `cond` and `switchCase`.
///
/// Operands: the index, an int32 scalar within the branches, then what all branches take. Semantics of
/// `jax.lax.cond_p`.
struct CondPrimitive: GraphPrimitive {
  static let name = "cond"

  let branches: [Subgraph]

  var subgraphs: [Subgraph] { branches }

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    branches[0].graph.outputTypes
  }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let index = Int(inputs[0].pointer(as: Int32.self).pointee)
    let chosen = branches[min(max(index, 0), branches.count - 1)]
    return chosen.run(Array(inputs[1...]))
  }

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    let operands = Array(primals[1...])
    let varying = tangents[1...].map { $0 != nil }
    let given = tangents[1...].compactMap { $0 }
    let types = branches[0].graph.outputTypes
    let wanted = types.map(\.dtype.isInexact)
    func results(_ all: [Tensor], _ tangents: [Tensor]) -> ([Tensor], [Tensor?]) {
      var tangents = tangents[...]
      return (Array(all[..<types.count]), wanted.map { $0 ? tangents.popFirst() : nil })
    }
    guard isRecorded(tangents) else {
      let graphs = branches.map { $0.graph.forwardDerivative(varying, wanted: wanted) }
      let all = bind(
        CondPrimitive(branches: graphs.map(Subgraph.init)), [primals[0]] + operands + given)
      return results(all, Array(all[types.count...]))
    }
    // Each branch leaves its residuals, and zeros in the places of the others'.
    let parts = branches.map { $0.graph.linearized(varying) }
    let residualTypes = parts.map { part in Array(part.forward.outputTypes[types.count...]) }
    let forward = parts.enumerated().map { index, part in
      Graph.record(name: "linearize", part.forward.inputs.map { part.forward.types[$0] }) {
        let all = part.forward.evaluate($0)
        return Array(all[..<types.count])
          + residualTypes.enumerated().flatMap { other, types in
            other == index ? Array(all.dropFirst(wanted.count)) : types.map(Tensor.placeholder)
          }
      }
    }
    let all = bind(CondPrimitive(branches: forward.map(Subgraph.init)), [primals[0]] + operands)
    let residuals = Array(all[types.count...])
    let linear = parts.enumerated().map { index, part in
      let first = residualTypes[..<index].reduce(0) { $0 + $1.count }
      let allTypes = residualTypes.flatMap { $0 } + given.map(\.type)
      return Graph.record(name: "linearize", allTypes) { arguments in
        let own = arguments[first..<first + part.residualCount]
        var tangents = part.linear.evaluate(Array(own) + arguments[residuals.count...])[...]
        return zip(zip(part.varyingOutputs, wanted), types).compactMap { flags, type in
          let tangent = flags.0 ? tangents.popFirst() : nil
          return flags.1 ? tangent ?? .placeholder(type) : nil
        }
      }
    }
    let tangentResults = bind(
      CondPrimitive(branches: linear.map(Subgraph.init)), [primals[0]] + residuals + given)
    return results(all, tangentResults)
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard let index = inputs[0].known else { return notLinear(inputs) }
    let known = inputs[1...].map(\.known)
    let knownValues = known.compactMap { $0 }
    let outputs = branches[0].graph.outputTypes
    let full = zip(cotangents, outputs).map { $0 ?? .placeholder($1) }
    let linearTypes = inputs[1...].filter(\.isLinear).map(\.type)
    let turned = branches.map { branch in
      Graph.record(name: "transpose", (knownValues + full).map(\.type)) { arguments in
        var values = arguments[..<knownValues.count]
        let placed = known.map { $0 == nil ? nil : values.popFirst() }
        let results = branch.graph.transpose(
          Array(arguments[knownValues.count...]), known: placed)
        return zip(zip(results, placed).filter { $0.1 == nil }.map(\.0), linearTypes).map {
          $0 ?? .placeholder($1)
        }
      }
    }
    var results = bind(
      CondPrimitive(branches: turned.map(Subgraph.init)), [index] + knownValues + full)[...]
    return [nil] + inputs[1...].map { $0.isLinear ? results.popFirst() : nil }
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    let batched = axes[1...].map { $0 != nil }
    let operands = zip(inputs[1...], axes[1...]).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? input
    }
    let graphs = branches.map { $0.graph.batchedGraph(batched, size: size) }
    guard axes[0] != nil else {
      let results = bind(
        CondPrimitive(branches: graphs.map(Subgraph.init)), [inputs[0]] + operands)
      return (results, results.map { _ in 0 })
    }
    // Members choose differently: all branches are done, and each member's is selected.
    var results = graphs[0].evaluate(operands)
    for (index, graph) in graphs.enumerated().dropFirst() {
      let isChosen = inputs[0] .>= Tensor(Int32(index))
      results = zip(graph.evaluate(operands), results).map { new, old in
        Select()(bind(BroadcastInDim(new.shape, axes: [0]), isChosen), new, old)
      }
    }
    return (results, results.map { _ in 0 })
  }

  /// What no branch computes from an unknown operand, if the index is known.
  func knownPart(_ isKnown: [Bool]) -> KnownPart? {
    guard isKnown[0] else { return nil }
    let operands = Array(isKnown[1...])
    let parts = branches.map { $0.graph.knownPart(operands) }
    let outputs = branches[0].graph.outputs.indices.map { index in
      parts.allSatisfy { $0.outputs[index] }
    }
    guard outputs.contains(true) else { return nil }
    let graphs = branches.map { $0.graph.knownPart(operands, wanted: outputs).graph }
    return KnownPart(
      taking: isKnown, giving: outputs, CondPrimitive(branches: graphs.map(Subgraph.init)))
  }

  /// The most expensive branch's.
  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    branches.map(\.graph.cost).max { $0.flops < $1.flops } ?? Cost()
  }
}
