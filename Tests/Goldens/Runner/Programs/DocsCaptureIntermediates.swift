import Linen

private final class Block: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { relu(Dense(3)($0)) } }
}

private final class Net: Module, @unchecked Sendable {
  @Setup var blocks: [Block]
  @Setup var head: Dense

  override func setup() {
    blocks = [Block(), Block()]
    head = Dense(2)
  }

  func features(_ x: Tensor) -> Tensor { method(x) { x in blocks.reduce(x) { $1($0) } } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { head(features($0)) } }
}

/// captureIntermediates: of every call, and with filters on module and method.
func docsCaptureIntermediates(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = Net()
  let variables = try model.initialize(run.key(1)) { $0(x) }
  func captured(_ filter: CaptureFilter) throws -> (output: Tensor, variables: Variables) {
    try model.apply(variables, mutable: ["intermediates"], captureIntermediates: filter) { $0(x) }
  }
  let all = try captured(true)
  run.give("vars", variables)
  run.give("out", all.output)
  run.give("upd", all.variables)
  run.give("upd_dense", try captured(.matching { module, _ in module is Dense }).variables)
  run.give("upd_features", try captured(.matching { _, name in name == "features" }).variables)
}
