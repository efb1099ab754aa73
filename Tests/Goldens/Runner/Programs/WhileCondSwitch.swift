import Linen

private final class While: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      func step(_ module: While, _ c: Tensor) -> Tensor {
        let acc = module.variable("state", "acc") { Tensor(Int32(0)) }
        acc.value = acc.value + 1
        return Dense(c.shape[-1])(c)
      }
      if isMutableCollection("params") { return step(self, x) }
      return whileLoop(self, x, carryVariables: "state") { module, _ in
        let acc: Tensor = module.variables["state"]["acc"]
        return acc .< 10
      } body: { module, c in
        step(module, c)
      }
    }
  }
}

private final class Cond: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ predicate: Tensor) -> Tensor {
    compact(x, predicate) { x, predicate in
      _ = variable("state", "true_count") { Tensor(Int32(0)) }
      _ = variable("state", "false_count") { Tensor(Int32(0)) }
      func count(_ module: Cond, _ name: String) {
        let counter = module.variable("state", name, as: Tensor.self)
        counter.value = counter.value + 1
      }
      return cond(predicate, self, x) { module, x in
        count(module, "true_count")
        return Dense(2, name: "dense")(x)
      } else: { module, x in
        count(module, "false_count")
        return -Dense(2, name: "dense")(x)
      }
    }
  }
}

private final class Switch: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ index: Tensor) -> Tensor {
    compact(x, index) { x, index in
      let branches: [(Switch, Tensor) -> Tensor] = [
        { _, x in Dense(2, name: "a")(x) }, { _, x in Dense(2, name: "b")(relu(x)) },
        { _, x in x },
      ]
      if isMutableCollection("params") { for branch in branches { _ = branch(self, x) } }
      return switchCase(index, self, x, branches)
    }
  }
}

/// whileLoop, cond and switchCase: the examples of the documentation.
func whileCondSwitch(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let ofWhile = try While().initialize(run.key(0)) { $0(x) }
  let (y, updates) = try While().apply(ofWhile, mutable: ["state"]) { $0(x) }
  run.give("vars_while", ofWhile)
  run.give("out_while", y)
  run.give("upd_while", updates)
  let ofCond = try Cond().initialize(run.key(0)) { $0(x, Tensor(true)) }
  run.give("vars_cond", ofCond)
  for (name, predicate) in [("true", true), ("false", false)] {
    let (y, updates) = try Cond().apply(ofCond, mutable: ["state"]) { $0(x, Tensor(predicate)) }
    run.give("out_\(name)", y)
    run.give("upd_\(name)", updates)
  }
  let index = Tensor(Int32(0))
  let ofSwitch = try Switch().initialize(run.key(0)) { $0(x, index) }
  run.give("vars_switch", ofSwitch)
  run.give(
    "out_switch",
    list: try (0..<3).map { index in
      try Switch().apply(ofSwitch) { $0(x, Tensor(Int32(index))) }
    })
}
