import Testing

@testable import Autodiff

/// What the derivative of a body keeps of its values.
@Suite("Residuals of a body")
struct LinearizedGraphTests {
  private let type = ShapeDtype([4, 8])

  private func residuals(
    _ operands: Int, varying: [Bool]? = nil, isFree: (Int) -> Bool = { _ in false },
    _ body: ([Tensor]) -> [Tensor]
  ) -> (all: Int, kept: Int) {
    let types = Array(repeating: type, count: operands)
    let graph = Graph.record(name: "body", types, body)
    let linearized = graph.linearized(varying ?? types.map { _ in true })
    let fewer = linearized.keepingFewerResiduals(isFree: isFree)
    return (linearized.residualCount, fewer.residualCount)
  }

  @Test("a gate's derivative follows from the gate, in a cell from its six values")
  func gates() {
    // y and 1 - y of y = sigmoid(x), or their product, against y.
    #expect(residuals(2) { [sigmoid($0[0]) * $0[1]] }.kept == 2)
    let cell = residuals(5) { x in
      let carry = sigmoid(x[1]) * x[0] + sigmoid(x[2]) * tanh(x[3])
      return [carry, sigmoid(x[4]) * tanh(carry)]
    }
    #expect(cell.all > 6)
    #expect(cell.kept == 6)
  }

  @Test("no transcendental function is computed twice, and nothing kept that takes more memory")
  func notDerived() {
    #expect(residuals(1) { [exp($0[0])] } == (1, 1))
    // The product is one value, its factors are two.
    let varying = [false, false, true]
    #expect(residuals(3, varying: varying) { [$0[0] * $0[1] * $0[2]] } == (1, 1))
    // Unless they cost nothing.
    let free = residuals(3, varying: varying, isFree: { $0 < 2 }) { [$0[0] * $0[1] * $0[2]] }
    #expect(free == (1, 2))
  }

  @Test("the derivative is the same")
  func derivative() throws {
    let types = Array(repeating: type, count: 3)
    let graph = Graph.record(name: "body", types) { x in
      let y = sigmoid(x[0]) * x[1] + square(tanh(x[2])) / (x[1] + 3)
      return [y, relu(y) * x[2]]
    }
    let linearized = graph.linearized([true, true, true])
    let fewer = linearized.keepingFewerResiduals { _ in false }
    #expect(fewer.residualCount < linearized.residualCount)
    let x = (0..<3).map { Random.normal(Key($0), [4, 8]) }
    let tangents = (3..<6).map { Random.normal(Key($0), [4, 8]) }
    func pushforward(_ parts: LinearizedGraph) -> [Tensor] {
      let all = parts.forward.evaluate(x)
      return all[..<2] + parts.linear.evaluate(all[2...] + tangents)
    }
    for (found, expected) in zip(pushforward(fewer), pushforward(linearized)) {
      try expectEqual(found, expected)
    }
  }
}
