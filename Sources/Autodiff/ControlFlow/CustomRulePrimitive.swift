/// A function with a derivative of its own: the primitive behind `customJVP` and `customVJP`.
///
/// Operands: tensors of outer transforms that the function captures, of which the rule knows nothing,
/// then its arguments.
struct CustomRulePrimitive: InlinedPrimitive {
  static let name = "custom_rule_call"

  let body: Subgraph
  let rule: CustomRule
  let captureCount: Int

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    if let place = tangents[..<captureCount].firstIndex(where: { $0 != nil }) {
      record(
        TensorError.differentiatedCapture(
          rule.name, [.init("captured", primals[place].type)]))
      let results = body(primals)
      return (results, results.map { _ in nil })
    }
    let own = zip(primals, tangents).dropFirst(captureCount)
    return rule.jvp(own.map(\.0), own.map { $1 ?? zeros(like: $0) })
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    if let place = axes[..<captureCount].firstIndex(where: { $0 != nil }) {
      record(
        TensorError(
          rule.name, .other("the function captures a tensor that vmap maps"),
          [.init("captured", inputs[place].type)],
          hint: "pass it as an argument: the rule would take it for one that all members share"))
    }
    let operands = zip(inputs, axes).enumerated().map { place, pair -> Tensor in
      let (input, axis) = pair
      if place < captureCount { return input }
      return axis.map { moveAxis(input, from: $0, to: 0) } ?? insertAxis(input, at: 0, size: size)
    }
    let graph = body.graph.batchedGraph(inputs.indices.map { $0 >= captureCount }, size: size)
    let call = CustomRulePrimitive(
      body: Subgraph(graph), rule: rule.batched(size), captureCount: captureCount)
    let results = bind(call, operands)
    return (results, results.map { _ in 0 })
  }
}

/// A derivative given by the user; equal only to itself.
class CustomRule: Hashable, CustomStringConvertible, @unchecked Sendable {
  /// The transform that the user called.
  let name: String

  init(name: String) { self.name = name }

  var description: String { name }

  /// The results and their tangents for operands and tangents.
  func jvp(
    _ primals: [Tensor], _ tangents: [Tensor]
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
    super.init(name: "customJVP")
  }

  override func jvp(
    _ primals: [Tensor], _ tangents: [Tensor]
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
    super.init(name: "customVJP")
  }

  override func jvp(
    _ primals: [Tensor], _ tangents: [Tensor]
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
