import Linen

private class Nested: Module, @unchecked Sendable {
  override class var linenName: String { "Nested" }

  func a(_ x: Tensor) -> Tensor { compact(x) { Dense(3)($0) } }
  func b(_ x: Tensor) -> Tensor { compact(x) { Dense(3)($0) } }
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { b(a(Dense(3)($0))) } }
}

private final class Sequence: Nested, @unchecked Sendable {
  override func callAsFunction(_ x: Tensor) -> Tensor { method(x) { b(a($0)) } }
}

private final class WithSetup: Module, @unchecked Sendable {
  @Setup var d: Dense

  override func setup() { d = Dense(3) }
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { Dense(2)(d($0)) } }
}

/// Several compact methods: names go on counting within a call and start again at the next.
func compactMethods(_ run: ProgramRun) throws {
  let x = try run.input("x")
  func give<M: Module>(_ name: String, _ model: M, _ call: (M) -> Tensor) throws {
    let variables = try model.initialize(run.key(0), call)
    run.give("vars_\(name)", variables)
    run.give("out_\(name)", try model.apply(variables, call))
  }
  try give("nested", Nested()) { $0(x) }
  try give("sequence", Sequence()) { $0(x) }
  try give("setup", WithSetup()) { $0(x) }
}
