import Linen

private final class Layer: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in x + tanh(Dense(4)(x)) } }
}

private final class Big: Module, @unchecked Sendable {
  let lengths: [Int]

  init(_ lengths: [Int]) {
    self.lengths = lengths
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in rematScan(lengths: lengths, name: "stack") { Layer() }(x) }
  }
}

/// rematScan: stacks of layers with stacked parameters, in one and two loops.
func rematScanBig(_ run: ProgramRun) throws {
  let x = try run.input("x")
  for (name, lengths) in [("one", [6]), ("two", [3, 2])] {
    let model = Big(lengths)
    let variables = try model.initialize(run.key(0)) { $0(x) }
    run.give("vars_\(name)", variables)
    run.give("out_\(name)", try model.apply(variables) { $0(x) })
    run.give(
      "grad_\(name)",
      try grad(variables) { sum(square(try model.apply($0) { $0(x) })) })
  }
}
