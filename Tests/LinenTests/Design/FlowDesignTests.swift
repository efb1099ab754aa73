import Linen
import Testing

/// The exponential of a small square matrix: a Taylor series of a fraction, squared again and again.
private func matrixExponential(_ a: Tensor) -> Tensor {
  let squarings = 6
  let fraction = a / Float(1 << squarings)
  var term = eye(a.shape[0])
  var sum = term
  for k in 1...8 {
    term = matmul(term, fraction) / Float(k)
    sum = sum + term
  }
  return (0..<squarings).reduce(sum) { power, _ in matmul(power, power) }
}

/// An invertible linear map.
private struct DenseFlow {
  private func params(_ scope: Scope, _ features: Int) -> (Tensor, Tensor) {
    let kernel = scope.param("kernel", .lecunNormal(), [features, features])
    return (kernel, scope.param("bias", .zeros, [features]))
  }

  func forward(_ scope: Scope, _ x: Tensor) -> Tensor {
    let (kernel, bias) = params(scope, x.shape[-1])
    return matmul(x, matrixExponential(kernel)) + bias
  }

  func backward(_ scope: Scope, _ y: Tensor) -> Tensor {
    let (kernel, bias) = params(scope, y.shape[-1])
    return matmul(y - bias, matrixExponential(-kernel))
  }
}

private struct StackFlow {
  let flows: [DenseFlow]

  func forward(_ scope: Scope, _ x: Tensor) -> Tensor {
    flows.enumerated().reduce(x) { x, flow in
      flow.element.forward(scope.push("\(flow.offset)"), x)
    }
  }

  func backward(_ scope: Scope, _ x: Tensor) -> Tensor {
    flows.enumerated().reversed().reduce(x) { x, flow in
      flow.element.backward(scope.push("\(flow.offset)"), x)
    }
  }
}

@Suite("A flow on a bare scope") struct FlowDesignTests {
  @Test func flowForwardAndBackward() throws {
    let x = Random.normal(Key(24), [1, 3])
    let flow = StackFlow(flows: [DenseFlow(), DenseFlow(), DenseFlow()])
    let variables = try expectModel("flow", x, key: 0) { flow.forward($0, $1) }
    let y = try Scope.apply(variables) { flow.forward($0, x) }.output
    let back = try Scope.apply(variables) { flow.backward($0, y) }.output
    try expect(back, "core/flow", "back")
    try expectScalars(back, x.scalars(as: Double.self), tolerance: 1e-5)
  }
}
