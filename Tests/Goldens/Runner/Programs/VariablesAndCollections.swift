import Linen
import Training

private final class EMA: Module, @unchecked Sendable {
  let decay = 0.75

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let size = x.shape[1..<x.rank]
      let isReady = hasVariable("ema", "mean")
      let average = variable("ema", "mean") { Tensor.zeros(size) }
      let count = variable("counts", "calls") { Tensor(0, dtype: .int32) }
      let bias = param("bias", .normal(stddev: 0.1), size)
      if isReady && isMutableCollection("ema") {
        average.value = decay * average.value + (1 - decay) * mean(x, axes: [0])
      }
      if isMutableCollection("counts") && !isInitializing { count.value = count.value + 1 }
      if isMutableCollection("extra") {
        putVariable("extra", "last", element(of: x, x.shape[0] - 1))
      }
      return x - average.value + bias
    }
  }
}

/// Variables of several collections, and which of them apply gives back.
func variablesAndCollections(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = EMA()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  run.give("vars", variables)
  run.give("out", try model.apply(variables) { $0(x) })
  var collections: [JSON.Member] = []
  let filters: [(String, CollectionFilter)] = [
    ("ema", ["ema"]), ("all", true), ("deny", .deny(["ema", "params"])), ("single", "counts"),
  ]
  for (name, mutable) in filters {
    let (output, updates) = try model.apply(variables, mutable: mutable) { $0(x) }
    run.give("out_\(name)", output)
    run.give("upd_\(name)", updates)
    if name != "ema" { collections.append(.init(name, .texts(updates.keys.sorted()))) }
  }
  run.give(value: "collections", .object(collections))
}
