import Linen

private final class Layer: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ scale: Tensor) -> (Tensor, Tensor) {
    compact(x, scale) { x, scale in
      var y = Dense(4)(x) * scale
      y = Dropout(0.5, deterministic: false)(y)
      sow("intermediates", "norm", sqrt(sum(y * y)))
      return (x + y, sum(y, axes: [-1]))
    }
  }
}

private final class Stack: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> (Tensor, Tensor) {
    compact(x) { x in
      // A carried collection must exist before the scan.
      let count = variable("state", "count") { Tensor(Int32(0)) }
      let loop = scan(
        variableAxes: ["params": 0, "intermediates": 0], variableCarry: "state",
        splitRNGs: ["params": true, "dropout": true], length: 3)
      let (y, ys) = loop(self, x, Tensor([1, 0.5, 0.25] as [Float])) { module, x, scale in
        let old: Tensor = module.getVariable("state", "count") ?? Tensor(Int32(0))
        module.putVariable("state", "count", old + 1)
        return Layer(name: "layer")(x, scale)
      }
      return (y * count.value, ys)
    }
  }
}

/// scan over layers: stacked parameters, keys and intermediates of each, and a carried counter.
func scanStackedLayers(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = Stack()
  let variables = try model.initialize(["params": run.key(0), "dropout": run.key(1)]) { $0(x) }
  let ((y, ys), updates) = try model.apply(
    variables, rngs: ["dropout": run.key(2)], mutable: ["state", "intermediates"]
  ) { $0(x) }
  run.give("vars", variables)
  run.give("out", y)
  run.give("out_ys", ys)
  run.give("upd", updates)
}
