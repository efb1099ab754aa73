import Linen
import Testing

@Suite("Lifted transforms of bare scopes, against Flax")
struct ScopeLiftTests {
  /// Two layers by a transform of a linear map.
  private func check(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ layer: (Scope, Tensor) -> Tensor
  ) throws {
    let x = try LiftFixture.input("x34")
    func mlp(_ scope: Scope) -> Tensor {
      let h = layer(scope.push(prefix: "hidden_"), x)
      return layer(scope.push("out"), tanh(h))
    }
    let (_, variables) = try Scope.initialize(Key(0)) { mlp($0) }
    try expect(variables, name, "vars", exactly: true, sourceLocation: sourceLocation)
    let y = try Scope.apply(variables) { mlp($0) }.output
    try expect(y, name, "out", sourceLocation: sourceLocation)
  }

  @Test("vmap, remat, mapVariables and jit")
  func layers() throws {
    try check("core_vmap") { scope, x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])(scope, x) { dense($0, $1, 3) }
    }
    try check("core_vmap_shared") { scope, x in
      vmap(variableAxes: ["params": nil], splitRNGs: ["params": false])(scope, x) {
        dense($0, $1, 3)
      }
    }
    try check("core_remat") { scope, x in remat()(scope, x) { dense($0, $1, 3) } }
    try check("core_map") { scope, x in
      mapVariables("params", transIn: { treeMap($0) { sign($0) } }, init: true)(scope, x) {
        dense($0, $1, 3)
      }
    }
    try check("core_jit") { scope, x in jit()(scope, x) { dense($0, $1, 3) } }
  }

  @Test("scan with a carried counter", arguments: [("own", false), ("shared", true)])
  func scans(_ name: String, _ isShared: Bool) throws {
    let x = try LiftFixture.input("x34")
    let (y, variables) = try Scope.initialize(Key(1)) { scope in
      let first: Variable<Tensor> = scope.variable("counter", "i") { Tensor.zeros([]) }
      _ = first
      let loop = scan(
        variableAxes: isShared ? [:] : ["params": 0],
        variableBroadcast: isShared ? "params" : false, variableCarry: "counter",
        splitRNGs: ["params": !isShared])
      return loop(scope, EmptyTree(), x) { scope, carry, x in
        let counter: Variable<Tensor> = scope.variable("counter", "i") { Tensor.zeros([]) }
        counter.value = counter.value + 1
        return (carry, dense(scope.push(prefix: "dense_"), x, 1))
      }.outputs
    }
    try expect(variables, "core_scan_\(name)", "vars", exactly: true)
    try expect(y, "core_scan_\(name)", "out")
  }

  @Test("swapped collections")
  func swap() throws {
    let x = try LiftFixture.input("x4")
    let (y, variables) = try Scope.initialize(Key(0)) { scope in
      scope.putVariable("a", "v", Variables(x))
      scope.putVariable("b", "v", Variables(x + 1))
      return swapCollection("a", "b")(scope) { scope -> Tensor in
        let (a, b) = (scope.getVariable("a", "v")?.tensor, scope.getVariable("b", "v")?.tensor)
        guard let a, let b else { return x }
        scope.putVariable("a", "w", Variables(a * 10))
        return a - b
      }
    }
    try expect(variables, "core_swap", "vars", exactly: true)
    try expect(y, "core_swap", "out")
  }

  @Test("two scopes at once, and their places below each other")
  func twoScopes() throws {
    let x = try LiftFixture.input("x34")
    let (y, variables) = try Scope.initialize(Key(0)) { scope in
      let scopes = [scope.push("a"), scope.push("b")]
      return vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])(scopes, x) {
        dense($0[0], $1, 3) + dense($0[1], $1, 3)
      }
    }
    try expect(variables, "core_two", "vars", exactly: true)
    try expect(y, "core_two", "out")
    _ = try Scope.initialize(Key(0)) { scope in
      vmap()([scope, scope.push("a")], x) { scopes, x in
        #expect(scopes[1].parent === scopes[0])
        return x
      }
    }
  }
}
