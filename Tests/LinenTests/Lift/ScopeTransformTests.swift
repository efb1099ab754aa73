import Linen
import Testing

/// A layer of the running branch, which counts its calls.
private func counted(_ name: String, sign: Float = 1) -> (Scope, Tensor) -> Tensor {
  { scope, x in
    let count: Variable<Tensor> = scope.variable("state", "\(name)_count")
    count.value += 1
    return sign * dense(scope.push(prefix: "dense_"), x, 2)
  }
}

private func declare(_ names: [String], _ scope: Scope) {
  for name in names { _ = scope.variable("state", "\(name)_count") { Tensor(Int32(0)) } }
}

@Suite("Lifted transforms of bare scopes, from Flax's tests") struct ScopeTransformTests {
  @Test func scopesKeepTheirPlacesBelowEachOther() throws {
    let calls = TraceCounter()
    _ = try Scope.initialize(Key(0)) { scope in
      vmap()([scope, scope.push("a")], Tensor.ones([1])) { scopes, x in
        calls.add()
        #expect(scopes[1].parent === scopes[0])
        return x
      }
    }
    #expect(calls.value == 1)
  }

  @Test func undefinedParameterInsideOfATransform() {
    let x = Tensor.ones([3, 2])
    let text = errorText {
      _ = try Scope.apply(["params": ["dense": ["abc": Tensor.ones([3, 3])]]]) { scope in
        vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])(scope.push("dense"), x) {
          dense($0, $1, 2)
        }
      }
    }
    #expect(
      text.hasPrefix("Could not find parameter named \"kernel\" in scope \"/vmap(dense)\"."),
      "\(text)")
  }

  @Test func jitCompilesOnceForEachUse() throws {
    let x = Tensor.ones([3, 2])
    let compiles = TraceCounter()
    func model(_ scope: Scope) -> Tensor {
      jit()(scope, x, static: 1) { scope, x in
        compiles.add()
        if scope.isMutableCollection("intermediates"), !scope.isMutableCollection("params") {
          scope.putVariable("intermediates", "x", Variables(x + 1))
        }
        return dense(scope, x, 1)
      }
    }
    let (_, variables) = try Scope.initialize(Key(0)) { model($0) }
    _ = try Scope.initialize(Key(0)) { model($0) }
    #expect(compiles.value == 1)
    _ = try Scope.apply(variables) { model($0) }
    #expect(compiles.value == 2)
    _ = try Scope.apply(variables) { model($0) }
    #expect(compiles.value == 2)
    let updates = try Scope.apply(variables, mutable: ["intermediates"]) { model($0) }.variables
    #expect(compiles.value == 3)
    let seen: Tensor = updates["intermediates"]["x"]
    #expect(try sum(seen).item() == 12)
  }

  @Test func vjpOfAScope() throws {
    let (x, y) = (Tensor([1.0, 2.0, 3.0]), Tensor([4.0, 5.0, 6.0]))
    func model(_ scope: Scope) -> (Variables, (Tensor, Tensor)) {
      let (_, pullback) = vjp(scope, x, y) { scope, x, y in
        let p = scope.param("test", .constant(0.5), [])
        _ = scope.variable("state", "counter") { Tensor(Int32(0)) }
        return p * x * y
      }
      return pullback(ones(like: y))
    }
    let (_, variables) = try Scope.initialize(Key(0)) { model($0) }
    let (ofParams, (ofX, ofY)) = try Scope.apply(variables) { model($0) }.output
    #expect(ofParams.description == "{'params': {'test': 32.0}}")
    try expectScalars(ofX, [2, 2.5, 3])
    try expectScalars(ofY, [0.5, 1, 1.5])
  }

  @Test func jvpOfAScope() throws {
    let x = Tensor.ones([3])
    func model(_ scope: Scope) -> Tensor {
      let params: Variables = scope.variables["params"]
      return jvp(
        scope, x, tangents: zeros(like: x),
        variableTangents: ["params": treeMap(params) { ones(like: $0) }]
      ) { scope, x in
        let p = scope.param("test", .zeros, [])
        _ = scope.variable("state", "counter") { Tensor(Int32(0)) }
        return p * x
      }.tangent
    }
    let (_, variables) = try Scope.initialize(Key(0)) { model($0) }
    try expectEqual(try Scope.apply(variables) { model($0) }.output, x)
  }

  @Test func whileLoopOfAScope() throws {
    let (c, variables) = try Scope.apply(
      [:], rngs: ["params": Key(1), "loop": Key(2)] as RNGs, mutable: true
    ) { scope in
      _ = scope.param("inc") { _ in Tensor(Int32(1)) }
      scope.putVariable("state", "acc", Variables(Tensor(Int32(0))))
      for name in ["rng_params", "rng_loop"] {
        scope.putVariable("state", name, Variables(Tensor.zeros([2, 2], dtype: .uint32)))
      }
      func get(_ scope: Scope, _ name: String) -> Tensor {
        scope.getVariable("state", name)?.tensor ?? Tensor(Int32(0))
      }
      return whileLoop(
        scope, Tensor(Int32(0)), carryVariables: "state",
        splitRNGs: ["params": false, "loop": true]
      ) { scope, _ in
        get(scope, "acc") .< 2
      } body: { scope, c in
        let i = get(scope, "acc")
        for stream in ["params", "loop"] {
          let keys = get(scope, "rng_\(stream)").at[i].set(scope.makeRNG(stream).data)
          scope.putVariable("state", "rng_\(stream)", Variables(keys))
        }
        let increment = scope.getVariable("params", "inc")?.tensor ?? Tensor(Int32(0))
        scope.putVariable("state", "acc", Variables(i + increment))
        return c + 2
      }
    }
    #expect(try c.item(as: Int.self) == 4)
    let (ofParams, ofLoop): (Tensor, Tensor) = (
      variables["state"]["rng_params"], variables["state"]["rng_loop"]
    )
    try expectEqual(ofParams[0], ofParams[1])
    #expect(try ofLoop[0].scalars(as: Int.self) != ofLoop[1].scalars(as: Int.self))
    try expect(variables, "core/while_loop", "vars")
  }

  @Test func condOfAScope() throws {
    let x = Random.normal(Key(26), [1, 3])
    func model(_ scope: Scope, _ predicate: Bool) -> Tensor {
      declare(["a", "b"], scope)
      return cond(
        Tensor(predicate), scope, x, then: counted("a"), else: counted("b", sign: -1))
    }
    let (first, variables) = try Scope.initialize(Key(0)) { model($0, true) }
    try expect(variables, "core/cond", "vars", exactly: true)
    try expect(first, "core/cond", "out")
    let (second, updates) = try Scope.apply(variables, mutable: ["state"]) { model($0, false) }
    try expect(second, "core/cond", "out2")
    try expect(updates, "core/cond", "upd")
    try expectEqual(second, -first)
  }

  @Test func switchOfAScope() throws {
    let x = Random.normal(Key(26), [1, 3])
    func model(_ scope: Scope, _ index: Int) -> Tensor {
      declare(["a", "b", "c"], scope)
      return switchCase(
        Tensor(Int32(index)), scope, x, [counted("a"), counted("b", sign: -1), counted("c")])
    }
    let (first, variables) = try Scope.initialize(Key(0)) { model($0, 0) }
    try expect(variables, "core/switch", "vars", exactly: true)
    try expect(first, "core/switch", "out")
    for index in 1...2 {
      let (y, updates) = try Scope.apply(variables, mutable: ["state"]) { model($0, index) }
      try expect(y, "core/switch", "out\(index)")
      try expect(updates, "core/switch", "upd\(index)")
    }
  }

  /// A scope that was made before a transform of the one above still sees the same variables.
  @Test func subscopesSeeTheSameVariablesAfterATransform() throws {
    _ = try Scope.initialize(Key(0)) { scope in
      let below = scope.push("a")
      below.putVariable("state", "x", Variables(Tensor(0.0)))
      _ = whileLoop(scope, Tensor(Int32(0)), carryVariables: "state") { _, _ in
        Tensor(false)
      } body: {
        $1
      }
      below.putVariable("state", "x", Variables(Tensor(1.0)))
      let (above, own): (Tensor, Tensor) = (
        scope.variables["state"]["a"]["x"], below.variables["state"]["x"]
      )
      for value in [above, own] {
        let scalar: Float = try value.item()
        #expect(scalar == 1)
      }
    }
  }
}
