/// The derivative of a function at a point, as one linear operation: what `checkpoint` and custom
/// rules put on the tape in place of the function's own operations.
///
/// Operands: what the rule keeps, then the tangents. The rule says what the tangents of the results
/// are, and what the cotangents of the operands are; each may compute as much as it likes.
struct DerivativeCall: Primitive {
  static let name = "derivative_call"

  let rule: DerivativeRule
  /// How many operands are kept values; the others are tangents.
  let keptCount: Int

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { rule.outputTypes }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    pushforward(inputs.map { Tensor($0) }).map { $0.array ?? .filled(0, $0.type) }
  }

  private func pushforward(_ operands: [Tensor]) -> [Tensor] {
    rule.pushforward(Array(operands[..<keptCount]), Array(operands[keptCount...]))
  }

  /// Through the operations that the rule is made of.
  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    let trace = JVPTrace(name: "jvp")
    let results = pushforward(zip(primals, tangents).map(trace.join)).map(trace.split)
    return (results.map(\.primal), results.map(\.tangent))
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let kept = inputs[..<keptCount].compactMap(\.known)
    guard kept.count == keptCount else { return notLinear(inputs) }
    let full = zip(cotangents, rule.outputTypes).map { $0 ?? .placeholder($1) }
    let results = rule.pullback(kept, full)
    return Array(repeating: nil, count: keptCount)
      + zip(results, inputs[keptCount...]).map { $1.isLinear ? $0 : nil }
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    let operands = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? insertAxis(input, at: 0, size: size)
    }
    let call = DerivativeCall(
      rule: BatchedDerivativeRule(rule, size: size), keptCount: keptCount)
    let results = bind(call, operands)
    return (results, results.map { _ in 0 })
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Graph.record(name: "cost", inputs) { pushforward($0) }.cost
  }
}

/// What a `DerivativeCall` computes; equal only to itself.
class DerivativeRule: Hashable, CustomStringConvertible, @unchecked Sendable {
  /// The types of the results, and so of their tangents and cotangents.
  let outputTypes: [ShapeDtype]

  init(outputTypes: [ShapeDtype]) { self.outputTypes = outputTypes }

  var description: String { "derivative" }

  /// The tangents of the results for those of the operands.
  func pushforward(_ kept: [Tensor], _ tangents: [Tensor]) -> [Tensor] {
    preconditionFailure("a rule overrides pushforward")
  }

  /// The cotangents of the operands for those of the results.
  func pullback(_ kept: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
    preconditionFailure("a rule overrides pullback")
  }

  static func == (a: DerivativeRule, b: DerivativeRule) -> Bool { a === b }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A rule done for each member of a batch, all operands having the members as axis 0.
private final class BatchedDerivativeRule: DerivativeRule, @unchecked Sendable {
  private let member: DerivativeRule
  private let size: Int
  private let axisName = NamedAxes.ruleName

  init(_ member: DerivativeRule, size: Int) {
    self.member = member
    self.size = size
    super.init(
      outputTypes: member.outputTypes.map { $0.with(shape: $0.shape.inserting(size, at: 0)) })
  }

  override func pushforward(_ kept: [Tensor], _ tangents: [Tensor]) -> [Tensor] {
    mapped(kept, tangents, member.pushforward)
  }

  override func pullback(_ kept: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
    mapped(kept, cotangents, member.pullback)
  }

  private func mapped(
    _ kept: [Tensor], _ others: [Tensor], _ body: ([Tensor], [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    mapMembers(size, axisName, kept + others) {
      body(Array($0[..<kept.count]), Array($0[kept.count...]))
    }
  }
}

/// Does `body` for each member of a batch at once; arguments and results have the members as axis 0.
func mapMembers(
  _ size: Int, _ axisName: String?, _ arguments: [Tensor], _ body: ([Tensor]) -> [Tensor]
) -> [Tensor] {
  let trace = BatchTrace(size: size, axisName: axisName)
  return NamedAxes.with(trace) { body(arguments.map { trace.join($0, 0) }) }.map { result in
    let (stacked, axis) = trace.split(result)
    guard let axis else { return insertAxis(stacked, at: 0, size: size) }
    return moveAxis(stacked, from: axis, to: 0)
  }
}
