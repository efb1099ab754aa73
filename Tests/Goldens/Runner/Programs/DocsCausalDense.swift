import Linen

/// Output i depends on inputs up to i: the kernel is masked to its upper triangle when applied.
private final class CausalDense: Module, @unchecked Sendable {
  let features: Int
  @Setup var dense: Lifted<Dense, MapVariables>

  init(_ features: Int) {
    self.features = features
    super.init()
  }

  override func setup() {
    let isInitializing = isInitializing
    dense = mapVariables(
      "params", transIn: { isInitializing ? $0 : treeMap($0) { triu($0) } }, init: isInitializing
    ) {
      Dense(features, useBias: false)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
}

/// mapVariables: the CausalDense of the documentation, applied and differentiated.
func docsCausalDense(_ run: ProgramRun) throws {
  let (x, cot) = (try run.input("x"), try run.input("cot"))
  let module = CausalDense(5)
  let variables = try module.initialize(run.key(0)) { $0(Tensor.ones([1, 5])) }
  let (y, pullback) = try vjp(
    { (point: Variables) in
      let x: Tensor = point["x"]
      let variables: Variables = point["variables"]
      return try module.apply(variables) { $0(x) }
    }, ["x": x, "variables": variables] as Variables)
  let gradients = try pullback(cot)
  let (ofVariables, ofX): (Variables, Tensor) = (gradients["variables"], gradients["x"])
  run.give("vars", variables)
  run.give("out", y)
  run.give("grad", ofVariables)
  run.give("grad_in", [("x", ofX)])
}
