import Linen
import Tensor

private final class Block: Module, @unchecked Sendable {
  let features: Int

  init(_ features: Int, name: String? = nil) {
    self.features = features
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    compact(x, train) { x, train in
      let y = Conv(features, [3, 3], useBias: false, name: "conv")(x)
      return relu(BatchNorm(useRunningAverage: !train, name: "bn")(y))
    }
  }
}

private final class Net: Module, @unchecked Sendable {
  @Setup var block1: Block
  @Setup var block2: Block
  @Setup var head: Dense

  override func setup() {
    block1 = Block(4)
    block2 = Block(8)
    head = Dense(10)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in run(x, train: false) } }

  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    method(x, train) { x, train in run(x, train: train) }
  }

  private func run(_ x: Tensor, train: Bool) -> Tensor {
    head(mean(block2(block1(x, train: train), train: train), axes: [1, 2]))
  }
}

private final class Shared: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let dense = Dense(3, name: "shared")
      return dense(dense(x))
    }
  }
}

/// tabulate: nested modules, shared calls, depth, batch_stats, labelled arguments.
func tabulateNested(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let key = run.key(0)
  let flat = Tensor(ShapeDtype([x.shape[0], x.shape[-1]], x.dtype))
  func give(_ name: String, _ table: ModuleTable) { run.give(text: name, .table(table, .plain())) }
  give("table", try Net().moduleTable(key, x) { $0($1, train: true) })
  give(
    "table_flops",
    try Net().moduleTable(key, x, computeFlops: true, computeVJPFlops: true) {
      $0($1, train: true)
    })
  give("table_depth1", try Net().moduleTable(key, x, depth: 1) { $0($1) })
  give("table_depth0", try Net().moduleTable(key, x, depth: 0) { $0($1) })
  give("table_shared", try Shared().moduleTable(key, flat) { $0($1) })
  give(
    "table_shared_repeated", try Shared().moduleTable(key, flat, showRepeated: true) { $0($1) })
}
