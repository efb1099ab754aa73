/// A function with a derivative of its own: the primitive behind `customJVP` and `customVJP`.
struct CustomRulePrimitive: InlinedPrimitive {
  static let name = "custom_rule_call"

  let body: Subgraph
  let rule: CustomRule

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { body.graph.outputTypes }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { body.run(inputs) }

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    rule.jvp(primals, zip(primals, tangents).map { $1 ?? zeros(like: $0) }, body)
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let full = zip(cotangents, body.graph.outputTypes).map { $0 ?? .placeholder($1) }
    return body.graph.transpose(full, known: inputs.map(\.known))
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    let operands = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? insertAxis(input, at: 0, size: size)
    }
    let graph = body.graph.batchedGraph(inputs.map { _ in true }, size: size)
    let call = CustomRulePrimitive(body: Subgraph(graph), rule: rule.batched(size))
    let results = bind(call, operands)
    return (results, results.map { _ in 0 })
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { body.graph.cost }
}

/// A primitive that stands for a graph, which the compiler puts in its place.
protocol InlinedPrimitive: Primitive {
  var body: Subgraph { get }
}

/// A derivative given by the user; equal only to itself.
class CustomRule: Hashable, @unchecked Sendable {
  /// The results and their tangents for operands and tangents.
  func jvp(
    _ primals: [Tensor], _ tangents: [Tensor], _ body: Subgraph
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    preconditionFailure("a rule overrides jvp")
  }

  /// The rule for a batch, whose members are axis 0 of all operands.
  func batched(_ size: Int) -> CustomRule {
    preconditionFailure("a rule overrides batched")
  }

  static func == (a: CustomRule, b: CustomRule) -> Bool { a === b }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Tangents by a function of operands and tangents.
final class CustomJVPRule: CustomRule, @unchecked Sendable {
  private let function: ([Tensor], [Tensor]) -> (primals: [Tensor], tangents: [Tensor])

  init(_ function: @escaping ([Tensor], [Tensor]) -> (primals: [Tensor], tangents: [Tensor])) {
    self.function = function
  }

  override func jvp(
    _ primals: [Tensor], _ tangents: [Tensor], _ body: Subgraph
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let results = function(primals, tangents)
    return (results.primals, results.tangents)
  }

  override func batched(_ size: Int) -> CustomRule {
    let (function, axisName) = (function, NamedAxes.ruleName)
    return CustomJVPRule { primals, tangents in
      var count = 0
      let results = mapMembers(size, axisName, primals + tangents) { all in
        let member = function(
          Array(all[..<primals.count]), Array(all[primals.count...]))
        count = member.primals.count
        return member.primals + member.tangents
      }
      return (Array(results[..<count]), Array(results[count...]))
    }
  }
}

/// Cotangents by a pair of functions: one that gives results and residuals, one that takes residuals
/// and cotangents.
final class CustomVJPRule: CustomRule, @unchecked Sendable {
  typealias Forward = ([Tensor]) -> (results: [Tensor], residuals: [Tensor])
  typealias Backward = ([Tensor], [Tensor]) -> [Tensor]

  private let forward: Forward
  private let backward: Backward

  init(forward: @escaping Forward, backward: @escaping Backward) {
    self.forward = forward
    self.backward = backward
  }

  override func jvp(
    _ primals: [Tensor], _ tangents: [Tensor], _ body: Subgraph
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (results, residuals) = forward(primals)
    let call = DerivativeCall(
      rule: BackwardRule(backward, results.map(\.type)), keptCount: residuals.count)
    return (results, bind(call, residuals + tangents))
  }

  override func batched(_ size: Int) -> CustomRule {
    let (forward, backward, axisName) = (forward, backward, NamedAxes.ruleName)
    return CustomVJPRule(
      forward: { primals in
        var count = 0
        let all = mapMembers(size, axisName, primals) { primals in
          let member = forward(primals)
          count = member.results.count
          return member.results + member.residuals
        }
        return (Array(all[..<count]), Array(all[count...]))
      },
      backward: { residuals, cotangents in
        mapMembers(size, axisName, residuals + cotangents) { all in
          backward(Array(all[..<residuals.count]), Array(all[residuals.count...]))
        }
      })
  }
}

private final class BackwardRule: DerivativeRule, @unchecked Sendable {
  private let backward: CustomVJPRule.Backward

  init(_ backward: @escaping CustomVJPRule.Backward, _ outputTypes: [ShapeDtype]) {
    self.backward = backward
    super.init(outputTypes: outputTypes)
  }

  override func pushforward(_ kept: [Tensor], _ tangents: [Tensor]) -> [Tensor] {
    record(
      TensorError(
        "customVJP", .ruleMissing(rule: "jvp"),
        hint: "forward mode needs customJVP; reverse mode works"))
    return outputTypes.map(Tensor.placeholder)
  }

  override func pullback(_ kept: [Tensor], _ cotangents: [Tensor]) -> [Tensor] {
    backward(kept, cotangents)
  }
}
