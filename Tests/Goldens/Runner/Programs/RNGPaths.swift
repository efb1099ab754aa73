import Linen

private final class Leaf: Module, @unchecked Sendable {
  func callAsFunction() -> [Tensor] {
    compact {
      let a = param("a", .normal(stddev: 1), [2])
      // The second draw of this scope: counter 2.
      let b = param("b", .normal(stddev: 1), [2])
      let mask = Dropout(0.5, deterministic: false)(Tensor.ones([8]))
      let again = Dropout(0.5, deterministic: false)(Tensor.ones([8]))
      return [a, b, mask, again]
    }
  }
}

private final class Tree: Module, @unchecked Sendable {
  func callAsFunction() -> [(String, Tensor)] {
    compact {
      let own = param("own", .normal(stddev: 1), [2])
      let first = Leaf()()
      let second = Leaf(name: "leaf")()
      let late = param("late", .normal(stddev: 1), [2])
      return [("0", own)] + numbered("1", first) + numbered("2", second) + [("3", late)]
    }
  }

  private func numbered(_ name: String, _ parts: [Tensor]) -> [(String, Tensor)] {
    parts.enumerated().map { ("\(name)/\($0)", $1) }
  }
}

/// Keys by path: equal shapes in different scopes, masks in nested scopes, the order of draws.
func rngPaths(_ run: ProgramRun) throws {
  let model = Tree()
  let rngs: RNGs = ["params": run.key(0), "dropout": run.key(1)]
  let (out, variables) = try model.initializeWithOutput(rngs) { $0() }
  run.give("vars", variables)
  run.give("out", out)
  // Applying draws no parameters, but the same masks.
  run.give("out_apply", try model.apply(variables, rngs: ["dropout": run.key(1)] as RNGs) { $0() })
}
