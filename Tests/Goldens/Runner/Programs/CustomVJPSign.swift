import Linen

private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      customVJP(Dense(2), x) { dense, x in
        dense(x)
      } forward: { dense, x in
        vjp(dense, x) { dense, x in dense(x) }
      } backward: { pullback, cotangent in
        let (ofParams, ofX) = pullback(cotangent)
        return (treeMap(ofParams) { sign($0) }, ofX)
      }.reshaped(to: [-1])
    }
  }
}

/// customVJP: the example of the documentation, signs of the gradients of parameters.
func customVJPSign(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = Foo()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let gradients = try grad(["x": x, "variables": variables] as Variables) { point in
    let x: Tensor = point["x"]
    let variables: Variables = point["variables"]
    return sum(sin(try model.apply(variables) { $0(x) }))
  }
  let (ofVariables, ofX): (Variables, Tensor) = (gradients["variables"], gradients["x"])
  run.give("vars", variables)
  run.give("out", try model.apply(variables) { $0(x) })
  run.give("grad", ofVariables)
  run.give("grad_in", [("x", ofX)])
}
