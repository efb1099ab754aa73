import Linen

private final class LearnScale: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor {
    compact(x, y) { x, y in param("scale", .constant(0.5), []) * x * y }
  }
}

private final class Model: Module, @unchecked Sendable {
  func vectorJacobian(_ x: Tensor, _ y: Tensor) -> [(String, Tensor)] {
    compact(x, y) { x, y in
      let (z, pullback) = vjp(LearnScale(), x, y) { scale, x, y in scale(x, y) }
      let (ofParams, (ofX, ofY)) = pullback(ones(like: z))
      // There is no gradient of parameters that are just being made.
      let ofScale = treeLeaves(ofParams).map { ("1/params/scale", $0) }
      return [("0", z)] + ofScale + [("2", ofX), ("3", ofY)]
    }
  }

  func jacobianVector(_ x: Tensor, _ y: Tensor) -> [(String, Tensor)] {
    compact(x, y) { x, y in
      let scale = LearnScale()
      let params: Variables = scale.variables["params"]
      let (value, tangent) = jvp(
        scale, x, y, tangents: (zeros(like: x), y),
        variableTangents: ["params": treeMap(params) { ones(like: $0) }]
      ) { scale, x, y in scale(x, y) }
      return [("0", value), ("1", tangent)]
    }
  }

  func gradient(_ x: Tensor, _ y: Tensor) -> [(String, Tensor)] {
    compact(x, y) { x, y in
      let scale = LearnScale()
      let (value, (ofX, ofY)) = valueAndGrad(scale, x, y) { scale, x, y in
        sum(square(scale(x, y)))
      }
      let only = grad(scale, x, y) { scale, x, y in sum(scale(x, y)) }
      return [("0", value), ("1/0", ofX), ("1/1", ofY), ("2/0", only.0), ("2/1", only.1)]
    }
  }
}

/// vjp, jvp, grad and valueAndGrad inside a module.
func vjpJVPGrad(_ run: ProgramRun) throws {
  let (x, y) = (try run.input("x"), try run.input("y"))
  let forms: [(String, (Model) -> [(String, Tensor)])] = [
    ("vjp", { $0.vectorJacobian(x, y) }), ("jvp", { $0.jacobianVector(x, y) }),
    ("grad", { $0.gradient(x, y) }),
  ]
  for (name, call) in forms {
    let variables = try Model().initialize(run.key(0), call)
    run.give("vars_\(name)", variables)
    run.give("out_\(name)", try Model().apply(variables, call))
  }
}
