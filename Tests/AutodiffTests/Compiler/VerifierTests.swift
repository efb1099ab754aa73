import Testing

@testable import Autodiff

/// Malformed graphs and plans are found, with what is wrong and where.
@Suite("The verifier")
struct VerifierTests {
  private let type = ShapeDtype([3])

  private func graph() -> Graph {
    Graph.record(name: "test", [type, type]) { [sin($0[0]) * $0[1]] }
  }

  @Test("a graph as recorded has no defect")
  func wellFormed() { #expect(graph().defect() == nil) }

  @Test("variables used before they are defined")
  func undefined() {
    var broken = graph()
    broken.equations.reverse()
    #expect(broken.defect() == "equation 0, mul: operand 0 is used before it is defined")
    broken = graph()
    broken.outputs = [.variable(99)]
    #expect(broken.defect() == "output 0 is used before it is defined")
  }

  @Test("variables defined twice")
  func definedTwice() {
    var broken = graph()
    broken.equations.append(broken.equations[0])
    #expect(broken.defect() == "equation 2, sin: result 0 is defined twice")
    broken = graph()
    broken.inputs = [0, 0]
    #expect(broken.defect() == "input 1 is defined twice")
  }

  @Test("types other than the operation infers")
  func wrongTypes() {
    var broken = Graph()
    let input = broken.addVariable(type)
    broken.inputs = [input]
    let result = broken.addVariable(ShapeDtype([4]))
    broken.equations = [
      Equation(operation: Sin(), inputs: [.variable(input)], outputs: [result])
    ]
    broken.outputs = [.variable(result)]
    #expect(
      broken.defect() == "equation 0, sin: result 0 is f32[4], but the operation gives f32[3]")
    let other = broken.addVariable(ShapeDtype([2]))
    broken.inputs = [input, other]
    broken.equations = [
      Equation(
        operation: Add(), inputs: [.variable(input), .variable(other)], outputs: [result])
    ]
    #expect(broken.defect()?.hasPrefix("equation 0, add: add: shapes differ") == true)
  }

  /// Programs with products, loops, reductions and control flow all pass; debug builds check each.
  @Test("plans of programs have no defect")
  func plans() throws {
    let graph = Graph.record(name: "test", [ShapeDtype([8, 8]), ShapeDtype([8, 8])]) { inputs in
      let h = tanh(matmul(inputs[0], inputs[1]) + 1)
      let n = h - mean(h, axes: [-1], keepingAxes: true)
      return [matmul(n, softmax(n, axis: -1)), sum(n, axes: [0])]
    }
    let (compiler, _) = Compiler.plan(graph)
    #expect(compiler.partitionDefect() == nil)
    #expect(compiler.memoryDefect() == nil)
  }
}
