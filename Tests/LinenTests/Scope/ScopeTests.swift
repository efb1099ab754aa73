import Linen
import Testing

@Suite struct ScopeTests {
  let x = Tensor.ones([1, 3])

  @Test func layersWorkOnABareScope() throws {
    let (y, variables) = try Scope.initialize(Key(0)) { scope in
      dense(scope.push("Dense_1"), relu(dense(scope.push("Dense_0"), x, 4)), 2)
    }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (4,), 'kernel': (3, 4)}, "
        + "'Dense_1': {'bias': (2,), 'kernel': (4, 2)}}}")
    // The same keys as modules of these names.
    let module = Model { _, x in
      let h = relu(Dense(4)(x))
      return Dense(2)(h)
    }
    try expectEqual(y, try module.apply(variables) { $0(x) })
    let same = try module.initialize(Key(0)) { $0(x) }
    for (a, b) in zip(treeLeaves(same), treeLeaves(variables)) { try expectEqual(a, b) }
  }

  @Test func childrenShareTheirVariables() throws {
    let (_, variables) = try Scope.initialize(Key(0)) { scope in
      let layer = scope.child(dense, prefix: "layer_")
      return layer(layer(x, 3), 3)
    }
    #expect(variables["params"].keys == ["layer_0"])
  }

  @Test func namesAreReservedOnce() {
    let message = "Duplicate use of scope name: \"a\""
    #expect(
      errorText {
        _ = try Scope.initialize(Key(0)) { scope in
          _ = scope.push("a")
          _ = scope.push("a")
        }
      }.hasPrefix(message))
    #expect(
      errorText {
        _ = try Scope.initialize(Key(0)) { scope in
          _ = scope.variable("state", "a") { 0 }
          _ = scope.push("a")
        }
      }.hasPrefix(message))
    #expect(
      errorText {
        _ = try Scope.initialize(Key(0)) { scope in
          _ = scope.variable("state", "a") { 0 }
          _ = scope.variable("other", "a") { 0 }
          _ = scope.push("b", reuse: true)
          _ = scope.push("b", reuse: true)
          _ = scope.rewound().push("a")
        }
      } == "no error")
  }

  @Test func keysDependOnPathAndCount() throws {
    let keys = try Scope.apply([:], rngs: Key(0)) { scope in
      let first = scope.push("a")
      let again = scope.push("a", reuse: true)
      let rewound = first.rewound(rewindRNGs: true)
      return [
        first.makeRNG(), again.makeRNG(), first.makeRNG(), rewound.makeRNG(), scope.makeRNG(),
      ]
    }.output
    #expect(keys[0] == keys[3])
    #expect(Set(keys.map(\.description)).count == 4)
  }

  @Test func scopesEndWithTheirCall() throws {
    var kept: Scope?
    _ = try Scope.apply([:], rngs: Key(0)) { kept = $0.push("a") }
    let scope = try #require(kept)
    #expect(scope.isInvalid)
    #expect(
      errorText { try withErrors { _ = scope.makeRNG() } }
        .hasPrefix("The scope \"a\" is no longer valid. (\(documentation)InvalidScopeError)"))
    #expect(
      errorText { try withErrors { _ = scope.push("b") } }.hasPrefix("The scope \"a\" is no longer")
    )
  }

  @Test func missingVariables() {
    #expect(
      errorText {
        _ = try Scope.apply(["state": ["count": Tensor(0)]]) { scope in
          scope.variable("state", "cuont", as: Tensor.self).value
        }
      } == """
        No Variable named "cuont" for collection "state" exists in "/". \
        (\(documentation)ScopeVariableNotFoundError)
        present: count i32[]
        hint: did you mean "count"?
        """)
    #expect(
      errorText { _ = try Scope.apply(["state": Tensor(0)]) { _ in } }
        .hasPrefix("The first argument passed to an apply function should be a dictionary of"))
  }

  @Test func flagsAreSeenEverywhere() throws {
    _ = try Scope.apply([:], flags: ["quick": true]) { scope in
      let child = scope.push("a")
      #expect(child.getFlag("quick"))
      #expect(!child.hasFlag("initializing"))
      #expect(child.getFlag("missing", default: true))
    }
    _ = try Scope.initialize(Key(0)) { #expect($0.push("a").getFlag("initializing")) }
  }
}
