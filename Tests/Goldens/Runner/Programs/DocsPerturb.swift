import Autodiff
import Linen
import Training

private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = perturb("dense3", Dense(3)(x))
      return Dense(2)(h)
    }
  }
}

/// perturb, the example of the Flax documentation, in either layout of the keys.
func docsPerturb(_ run: ProgramRun) throws {
  let (x, y) = (try run.input("x"), try run.input("y"))
  let model = Foo()
  func loss(_ variables: Variables) throws -> Tensor {
    mean(square(try model.apply(variables) { $0(x) } - y))
  }
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let gradients = try grad(loss)(variables)
  let params: Variables = variables["params"]
  let paramsOnly: Variables = ["params": params]
  let noOp = try grad(loss)(paramsOnly)
  run.give("vars", variables)
  run.give("out", try model.apply(variables) { $0(x) })
  run.give("out_params_only", try model.apply(paramsOnly) { $0(x) })
  run.give("grad", gradients)
  run.give(
    value: "perturbations_in_params_only_grad", .bool(noOp.contains("perturbations")))
  let perturbations: Variables = gradients["perturbations"]
  let printed: Tensor = perturbations["dense3"]
  run.give(text: "printed", .numbers("\(printed)"))
}
