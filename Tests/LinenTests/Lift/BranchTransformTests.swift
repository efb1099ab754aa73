import Linen
import Testing

/// Layers of one name, each of which counts its calls.
private func counted(_ name: String, sign: Float = 1) -> (Branching, Tensor) -> Tensor {
  { module, x in
    let count: Variable<Tensor> = module.variable("state", "\(name)_count")
    count.value += 1
    return sign * Dense(2, name: "dense")(x)
  }
}

private final class Branching: Module, @unchecked Sendable {
  let isSwitch: Bool

  init(isSwitch: Bool) {
    self.isSwitch = isSwitch
    super.init()
  }

  func callAsFunction(_ x: Tensor, _ index: Tensor) -> Tensor {
    compact(x, index) { x, index in
      for name in isSwitch ? ["a", "b", "c"] : ["a", "b"] {
        _ = variable("state", "\(name)_count") { Tensor(Int32(0)) }
      }
      let (a, b, c) = (counted("a"), counted("b", sign: -1), counted("c"))
      return isSwitch
        ? switchCase(index, self, x, [a, b, c]) : cond(index .== 0, self, x, then: a, else: b)
    }
  }
}

/// Heads of different sizes.
private final class Heads: Module, @unchecked Sendable {
  @Setup var heads: [Module]

  override func setup() {
    heads = [
      Sequential {
        Dense(10); Dense(7); Dense(5)
      },
      Sequential {
        Dense(11); Dense(5)
      },
      Dense(5),
    ]
  }

  func callAsFunction(_ x: Tensor, _ index: Tensor) -> Tensor {
    compact(x, index) { x, index in
      let branches = (0..<3).map { i in
        { (module: Heads, x: Tensor) -> Tensor in
          let count = module.variable("state", "\(i)_count") { Tensor(Int32(-1)) }
          count.value += 1
          return (module.heads[i] as? any UnaryLayer)?(x) ?? x
        }
      }
      if isMutableCollection("params") {
        for branch in branches { _ = branch(self, x) }
      }
      return switchCase(index, self, x, branches)
    }
  }
}

private final class BoundMethods: Module, @unchecked Sendable {
  @Setup var dense: Dense

  override func setup() { dense = Dense(3) }

  func first(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }

  func second(_ x: Tensor) -> Tensor {
    method(x) { x in
      _ = dense(x)
      return x
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      cond(sum(x) .> 0, self, x) {
        $0.first($1)
      } else: {
        $0.second($1)
      }
    }
  }
}

private final class Loop: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      _ = param("inc") { _ in Tensor(Int32(1)) }
      let keys = Tensor.zeros([2, 2], dtype: .uint32)
      putVariable("state", "acc", Tensor(Int32(0)))
      putVariable("state", "rng_params", keys)
      putVariable("state", "rng_loop", keys)
      func get(_ module: Loop, _ name: String) -> Tensor {
        module.getVariable("state", name) ?? Tensor(Int32(0))
      }
      return whileLoop(
        self, Tensor(Int32(0)), carryVariables: "state",
        splitRNGs: ["params": false, "loop": true]
      ) { module, _ in
        get(module, "acc") .< x
      } body: { module, c in
        let i = get(module, "acc")
        for stream in ["params", "loop"] {
          let name = "rng_\(stream)"
          let key = module.makeRNG(stream).data
          module.putVariable("state", name, get(module, name).at[i].set(key))
        }
        let increment: Tensor = module.getVariable("params", "inc") ?? Tensor(Int32(0))
        module.putVariable("state", "acc", i + increment)
        return c + 2
      }
    }
  }
}

@Suite("Lifted loops and branches, from Flax's tests") struct BranchTransformTests {
  let x = Random.normal(Key(15), [1, 3])

  @Test func whileLoopWithStreams() throws {
    let (c, variables) = try Loop().apply(
      [:], rngs: ["params": Key(1), "loop": Key(2)] as RNGs, mutable: true
    ) { $0(Tensor(Int32(2))) }
    #expect(try c.item(as: Int.self) == 4)
    let state: Variables = variables["state"]
    let (acc, ofParams, ofLoop): (Tensor, Tensor, Tensor) = (
      state["acc"], state["rng_params"], state["rng_loop"]
    )
    #expect(try acc.item(as: Int.self) == 2)
    try expectEqual(ofParams[0], ofParams[1])
    #expect(try ofLoop[0].scalars(as: Int.self) != ofLoop[1].scalars(as: Int.self))
    try expect(ofParams, "core/while_loop", "vars", part: "state/rng_params")
    try expect(ofLoop, "core/while_loop", "vars", part: "state/rng_loop")
  }

  @Test func whileLoopWithStreamsByDenial() throws {
    let bound = Lifting { $1 }.bind([:], rngs: ["random": Key(0)] as RNGs)
    let result = try bound { module in
      whileLoop(
        module, Tensor.zeros([]), splitRNGs: ["params": false, .deny("params"): true]
      ) { _, carry in
        carry .< 10
      } body: { module, carry in
        _ = module.makeRNG("random")
        return carry + 1
      }
    }
    #expect(try result.item() == 10)
  }

  @Test func condOfAModule() throws {
    let model = Branching(isSwitch: false)
    let (first, variables) = try model.initializeWithOutput(Key(0)) { $0(x, Tensor(Int32(0))) }
    #expect(variables["state"].description == "{'a_count': 1, 'b_count': 0}")
    let (second, updates) = try model.apply(variables, mutable: ["state"]) {
      $0(x, Tensor(Int32(1)))
    }
    #expect(updates["state"].description == "{'a_count': 1, 'b_count': 1}")
    try expectEqual(second, -first)
  }

  @Test func switchOfAModule() throws {
    let model = Branching(isSwitch: true)
    var (first, variables) = try model.initializeWithOutput(Key(0)) { $0(x, Tensor(Int32(0))) }
    #expect(variables["state"].description == "{'a_count': 1, 'b_count': 0, 'c_count': 0}")
    for (index, counts) in [
      (1, "{'a_count': 1, 'b_count': 1, 'c_count': 0}"),
      (2, "{'a_count': 1, 'b_count': 1, 'c_count': 1}"),
    ] {
      let (y, updates) = try model.apply(variables, mutable: ["state"]) {
        $0(x, Tensor(Int32(index)))
      }
      try expectEqual(y, index == 1 ? -first : first)
      variables = variables.merging(updates)
      #expect(variables["state"].description == counts)
    }
  }

  @Test func switchOfHeads() throws {
    let variables = try Heads().initialize(Key(0)) { $0(x, Tensor(Int32(0))) }
    try expect(variables, "heads_0", "vars", exactly: true)
    for index in 0..<3 {
      let (y, updates) = try Heads().apply(variables, mutable: ["state"]) {
        $0(x, Tensor(Int32(index)))
      }
      try expect(y, "heads_\(index)", "out")
      try expect(updates, "heads_\(index)", "upd")
    }
  }

  @Test func condOfMethods() throws {
    let x = Tensor.ones([3])
    let initialize = jit { (x: Tensor) in try BoundMethods().initialize(Key(0)) { $0(x) } }
    let variables = try initialize(x)
    try expect(variables, "bound_methods", "vars", exactly: true)
    try expect(try BoundMethods().apply(variables) { $0(x) }, "bound_methods", "out")
    try expect(try BoundMethods().apply(variables) { $0(-x) }, "bound_methods", "negative")
  }
}
