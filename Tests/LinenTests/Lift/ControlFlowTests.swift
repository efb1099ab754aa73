import Linen
import Testing

private final class Loop: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      _ = variable("state", "i") { Tensor(Int32(0)) }
      _ = variable("state", "masks") { Tensor.zeros([3, 4]) }
      func index(_ module: Loop) -> Tensor { module.getVariable("state", "i") ?? Tensor(Int32(0)) }
      return whileLoop(
        self, x, carryVariables: "state", splitRNGs: ["params": false, "loop": true]
      ) { module, _ in
        index(module) .< 3
      } body: { module, c in
        let i = index(module)
        let a = Random.uniform(module.makeRNG("params"), c.shape)
        let b = Random.uniform(module.makeRNG("loop"), c.shape)
        let masks = module.getVariable("state", "masks") ?? c
        module.putVariable("state", "masks", masks.at[i].set(a + b))
        module.putVariable("state", "i", i + 1)
        return c + a
      }
    }
  }
}

private final class Branches: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ index: Tensor) -> [Tensor] {
    compact(x, index) { x, index in
      func noise(_ module: Branches, _ x: Tensor) -> Tensor {
        Random.uniform(module.makeRNG("dropout"), x.shape)
      }
      func a(_ module: Branches, _ x: Tensor) -> Tensor {
        Dense(4, name: "dense")(x) + noise(module, x)
      }
      func b(_ module: Branches, _ x: Tensor) -> Tensor {
        -Dense(4, name: "dense")(x) + noise(module, x)
      }
      let y = cond(index .== 0, self, x, then: a, else: b)
      let z = switchCase(index, self, x, [a, b, a])
      return [y, z, noise(self, x)]
    }
  }
}

@Suite("Lifted loops and branches, against Flax")
struct ControlFlowTests {
  @Test("a loop with variables that it carries and streams of each step")
  func loop() throws {
    let x = try LiftFixture.input("x4")
    let (y, updates) = try Loop().apply(
      [:], rngs: ["params": Key(1), "loop": Key(2)] as RNGs, mutable: ["state"]
    ) { $0(x) }
    try expect(y, "while_loop", "out")
    try expect(updates, "while_loop", "upd")
  }

  @Test("branches draw their keys in order, whichever is taken", arguments: 0..<3)
  func branches(_ which: Int) throws {
    let x = try LiftFixture.input("x4")
    let index = Tensor(Int32(which))
    let name = "branches_\(which)"
    let variables = try Branches().initialize(["params": Key(0), "dropout": Key(1)] as RNGs) {
      $0(x, index)
    }
    try expect(variables, name, "vars", exactly: true)
    let rngs: RNGs = ["dropout": Key(2)]
    try expect(
      list: try Branches().apply(variables, rngs: rngs) { $0(x, index) }, name, "out")
    let compiled = jit { (index: Tensor) in
      try Branches().apply(variables, rngs: rngs) { $0(x, index) }
    }
    try expect(list: try compiled(index), name, "out")
  }
}
