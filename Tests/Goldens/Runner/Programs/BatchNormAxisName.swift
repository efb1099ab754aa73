import Linen

private final class Net: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      BatchNorm(useRunningAverage: false, momentum: 0.5, axisName: "batch")(Dense(3)(x))
    }
  }
}

/// BatchNorm with axisName: statistics over a mapped axis, and over each member alone.
func batchNormAxisName(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let plain = Sequential {
    Dense(3)
    BatchNorm(useRunningAverage: false, momentum: 0.5)
  }
  func give<M: Module>(_ name: String, _ model: M, _ call: (M, Tensor) -> Tensor) throws
    -> Variables
  {
    // Initialization does not need the axis.
    let variables = try model.initialize(run.key(0)) { call($0, x[0]) }
    let result = try withoutActuallyEscaping(call) { call in
      try vmap(axisName: "batch") { (x: Tensor) in
        let (y, updates) = try model.apply(variables, mutable: ["batch_stats"]) { call($0, x) }
        return ["y": Variables(y), "updates": updates] as Variables
      }(x)
    }
    let y: Tensor = result["y"]
    let updates: Variables = result["updates"]
    run.give("vars_\(name)", variables)
    run.give("out_\(name)", y)
    run.give("upd_\(name)", updates)
    return variables
  }
  let variables = try give("all", Net()) { $0($1) }
  _ = try give("local", plain) { $0($1) }
  let (params, stats): (Variables, Variables) = (variables["params"], variables["batch_stats"])
  let renamed: Variables = [
    "params": ["layers_0": params["Dense_0"], "layers_1": params["BatchNorm_0"]] as Variables,
    "batch_stats": ["layers_1": stats["BatchNorm_0"]] as Variables,
  ]
  let merged = x.reshaped(to: [12, 2])
  run.give(
    "out_merged", try plain.apply(renamed, mutable: ["batch_stats"]) { $0(merged) }.output)
}
