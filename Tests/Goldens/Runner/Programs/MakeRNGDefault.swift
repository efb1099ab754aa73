import Linen

private final class Params: Module, @unchecked Sendable {
  func callAsFunction() -> Key { method { makeRNG("params") } }
}

private final class Other: Module, @unchecked Sendable {
  func callAsFunction() -> Key { method { makeRNG("other") } }
}

private final class Counting: Module, @unchecked Sendable {
  func callAsFunction() -> [Key] {
    compact {
      let (a, b) = (makeRNG("noise"), makeRNG("noise"))
      let c = makeRNG("params")
      let d = Other(name: "child")()
      let e = Other(name: "child2")()
      // Falls back to params, and counts there.
      let f = makeRNG("missing")
      return [a, b, c, d, e, f, makeRNG("params")]
    }
  }
}

/// makeRNG: streams that are missing fall back to params; counters, paths, and the keys they give.
func makeRNGDefault(_ run: ProgramRun) throws {
  let (key, key2) = (run.key(0), run.key(1))
  run.give("out_params", try Params().initializeWithOutput(["params": key]) { $0() }.output)
  run.give("out_other", try Other().initializeWithOutput(["params": key]) { $0() }.output)
  func counting(_ rngs: RNGs) throws -> [Tensor] {
    try Counting().apply([:], rngs: rngs) { $0() }.map(\.data)
  }
  run.give("out_counting", list: try counting(["params": key, "noise": key2]))
  run.give(
    "out_counting_other", list: try counting(["params": key, "noise": key2, "other": key2]))
  run.give("out_default", list: try counting(key.rngs))
}
