import Linen
import Testing

/// What core_scope_test.py of Flax tests.
@Suite struct FlaxScopeTests {
  @Test func scopeRNG() throws {
    _ = try Scope.initialize(Key(0)) { scope in
      #expect(scope.hasRNG("params"))
      #expect(!scope.hasRNG("dropout"))
      // LazyRng.create(key(0), 1).as_jax_rng(): the key with the counter folded in.
      #expect(scope.makeRNG("params").description == "Key([1428664606, 3351135085])")
    }
  }

  @Test func inFilter() {
    #expect((true as CollectionFilter).contains("any"))
    #expect(!(false as CollectionFilter).contains("any"))
    #expect(("match" as CollectionFilter).contains("match"))
    #expect(!("one" as CollectionFilter).contains("two"))
    #expect((["one", "two"] as CollectionFilter).contains("one"))
    #expect(!(["one", "two"] as CollectionFilter).contains("three"))
    #expect(!([] as CollectionFilter).contains("one"))
  }

  @Test(
    arguments: [
      (["a", "b"], ["b", "c"], ["a", "b", "c"]),
      (true, false, true), (false, false, []), (true, true, true),
      (.deny(["a", "b"]), .deny(["b", "c"]), .deny("b")),
      (.deny(["a", "b"]), ["b", "c"], .deny("a")),
    ] as [(CollectionFilter, CollectionFilter, CollectionFilter)])
  func unionFilter(a: CollectionFilter, b: CollectionFilter, both: CollectionFilter) {
    #expect(a.union(b) == both)
    #expect(b.union(a) == both)
  }

  @Test(
    arguments: [
      (["a", "b"], ["b", "c"], "b"),
      (true, false, false), (false, false, []), (true, true, true),
      (.deny(["a", "b"]), .deny(["b", "c"]), .deny(["a", "b", "c"])),
      (.deny(["a", "b"]), ["b", "c"], "c"),
    ] as [(CollectionFilter, CollectionFilter, CollectionFilter)])
  func intersectFilter(a: CollectionFilter, b: CollectionFilter, both: CollectionFilter) {
    #expect(a.intersection(b) == both)
    #expect(b.intersection(a) == both)
  }

  @Test(
    arguments: [
      (["a", "b"], ["b", "c"], "a"),
      (true, false, .deny(false)), (false, false, []), (true, true, false),
      (true, "a", .deny("a")),
      (.deny(["a", "b"]), .deny(["b", "c"]), "c"),
      (.deny(["a", "b"]), ["b", "c"], .deny(["a", "b", "c"])),
    ] as [(CollectionFilter, CollectionFilter, CollectionFilter)])
  func subtractFilter(a: CollectionFilter, b: CollectionFilter, rest: CollectionFilter) {
    #expect(a.subtracting(b) == rest)
  }

  @Test func groupCollections() {
    let variables: Variables = [
      "params": ["dense1": ["x": [Tensor(10), Tensor(20)]] as Variables] as Variables,
      "batch_stats": ["dense1": ["ema": Tensor(5)]],
    ]
    // Each collection goes to the first group that takes it.
    #expect(variables.grouped(by: ["params", "params"]).map(\.keys) == [["params"], []])
    #expect(variables.grouped(by: ["vars"]).map(\.keys) == [[]])
    #expect(
      variables.grouped(by: [false, true, true]).map(\.keys)
        == [[], ["params", "batch_stats"], []])
    let params = variables.grouped(by: ["params"])[0]
    #expect(params.description == ("\(["params": variables["params"]] as Variables)"))
  }

  @Test func inconsistentParamShapes() {
    let text = errorText {
      _ = try Scope.apply(["params": ["test": Tensor.ones([2])]]) { $0.param("test", .ones, [4]) }
    }
    #expect(
      text.hasPrefix(
        "For parameter \"test\" in \"/\", the given initializer is expected to generate shape (4,), "
          + "but the existing parameter it received has shape (2,)."), "\(text)")
  }

  @Test func applyVariablesOneLevelTooDeep() throws {
    let params: Variables = ["params": ["kernel": Tensor.ones([4])]]
    let kernel = try Scope.apply(params) { $0.param("kernel", .ones, [4]) }.output
    try expectScalars(kernel, [1, 1, 1, 1])
    #expect(
      errorText {
        _ = try Scope.apply(["params": params]) { $0.param("kernel", .ones, [4]) }
      }.contains("but got a dict with an extra params layer"))
  }

  @Test func mutateUndefinedCollection() {
    let text = errorText {
      _ = try Scope.initialize(Key(0), mutable: "params") {
        $0.putVariable("state", "test", Variables(Tensor(123)))
      }
    }
    #expect(
      text.hasPrefix(
        "Cannot update variable \"test\" in \"/\" because collection \"state\" is immutable."),
      "\(text)")
  }

  @Test func undefinedParam() {
    let text = errorText {
      _ = try Scope.apply(["params": ["abc": Tensor(1)]]) {
        dense($0.push("dense"), Tensor.ones([1, 2]), 2)
      }
    }
    #expect(
      text.hasPrefix("Could not find parameter named \"kernel\" in scope \"/dense\"."), "\(text)")
  }

  @Test func variableIsMutable() throws {
    func isMutable(_ scope: Scope) -> Bool { scope.variable("state", "test") { 1 }.isMutable }
    let (first, variables) = try Scope.apply([:], mutable: "state", isMutable)
    #expect(first)
    #expect(try !Scope.apply(variables, mutable: false, isMutable).output)
  }

  /// Flax takes frozen and ordinary dictionaries of keys: here one key, a dictionary, or `RNGs`.
  @Test func rngsOfAllForms() throws {
    let forms: [any RNGConvertible] = [
      Key(3), ["params": Key(3)], RNGs(["params": Key(3)]), ["params": Key(3)] as RNGs,
    ]
    for rngs in forms {
      let key = try Scope.apply([:], rngs: rngs) { $0.makeRNG() }.output
      #expect(try key == Scope.apply([:], rngs: Key(3)) { $0.makeRNG() }.output)
    }
  }

  @Test func rngIsASingleKey() throws {
    let data = Tensor([UInt32(0), UInt32(7)])
    #expect(try Scope.apply([:], rngs: Key(data: data)) { $0.hasRNG("params") }.output)
    let text = errorText { _ = try Scope.apply([:], rngs: Key(7).split(into: [2])) { _ in } }
    #expect(
      text.hasPrefix(
        "RNGs should be of shape (2,) or PRNGKey, but rngs are: Key(u32[2,2]) "
          + "(\(documentation)InvalidRngError)"), "\(text)")
    // A mapped batch is a single key for each member.
    let keys = try vmap { (key: Key) in
      try Scope.apply([:], rngs: key) { $0.makeRNG() }.output.data
    }(Key(7).split(into: [2]))
    let one = try Scope.apply([:], rngs: Key(7).split(2)[1]) { $0.makeRNG() }.output
    try expectEqual(keys.indexed([1]), one.data)
  }

  /// What a scope hands to its children is a key that is still to be made.
  @Test func rngOfAChildScope() throws {
    let key = try Scope.apply([:], rngs: Key(0)) { scope in
      scope.push("a").push("b").makeRNG()
    }.output
    let inner = try Scope.apply([:], rngs: Key(0)) { scope in
      try Scope.apply([:], rngs: scope.push("a").makeRNG()) { $0.makeRNG() }.output
    }.output
    #expect(key != inner)
  }

  @Test func rngCounterReuse() throws {
    let root = Scope.bind([:], rngs: ["dropout": Key(0)])
    func draw(_ scope: Scope) -> Key { scope.makeRNG("dropout") }
    let a = root.child(draw)()
    let b = root.rewound().child(draw)()
    #expect(a != b)
  }

  @Test func emptyCollectionError() {
    for variables in [[:], ["params": Variables()]] as [Variables] {
      let text = errorText { _ = try Scope.apply(variables) { $0.param("test", .zeros, []) } }
      #expect(
        text.hasPrefix(
          "Tried to access \"test\" from collection \"params\" in \"/\" but the collection is empty."
        ), "\(text)")
    }
    for variables in [["params": ["abc": Tensor(1)]], ["state": Variables()]] as [Variables] {
      let text = errorText {
        _ = try Scope.apply(variables) { $0.variable("state", "test") { Tensor.zeros([]) }.value }
      }
      #expect(text.hasPrefix("Tried to access \"test\" from collection \"state\""), "\(text)")
    }
  }

  @Test func variableNoInit() throws {
    let empty = errorText {
      _ = try Scope.apply([:], mutable: "state") { $0.variable("state", "test").value }
    }
    #expect(empty.contains("#flax.errors.ScopeCollectionNotFound"), "\(empty)")
    let state: Variables = ["state": ["abc": Tensor(1)]]
    let value = try Scope.apply(state, mutable: "state") { $0.variable("state", "abc").value }
    try expectScalars(value.output, [1])
    let missing = errorText {
      _ = try Scope.apply(state, mutable: "state") { $0.variable("state", "test").value }
    }
    #expect(missing.contains("#flax.errors.ScopeVariableNotFoundError"), "\(missing)")
  }

  @Test func variableAlias() throws {
    let scope = Scope.bind([:], mutable: "state")
    let below = scope.push("a")
    below.putVariable("state", "x", Variables(Tensor(0.0)))
    scope.putVariable("state", "a", ["x": Tensor(1.0)])
    try expectScalars(scope.variables["state"]["a"]["x"], [1])
    try expectScalars(below.variables["state"]["x"], [1])
  }

  @Test func scopeLazyInit() throws {
    func square(_ scope: Scope, _ x: Tensor) -> Tensor {
      matmul(x, scope.param("kernel", .lecunNormal(), [x.shape[-1], x.shape[-1]]))
    }
    // 512 GiB, if it had values.
    let x = Tensor(ShapeDtype([1024 * 1024 * 1024, 128]))
    let variables = try Scope.lazyInitialize(Key(0)) { square($0, x) }
    let eager = try Scope.initialize(Key(0)) { square($0, Tensor.ones([1, 128])) }.variables
    try expectEqual(variables["params"]["kernel"], eager["params"]["kernel"])
  }

  @Test func scopeLazyInitFailsOnDataDependence() {
    let text = errorText {
      _ = try Scope.lazyInitialize(Key(0)) { scope in
        let x = Tensor(ShapeDtype([8, 4]))
        return x * scope.push("inner").param("kernel") { _ in x }
      }
    }
    #expect(text.contains("#flax.errors.LazyInitError"), "\(text)")
    #expect(text.contains("\npath: /inner\nvariable: ['params']['inner']['kernel']\n"), "\(text)")
  }

  /// Keys of `LazyRng(key(0), ('ab', 'c', 1))` and `('a', 'bc', 1)` without and with
  /// `flax_fix_rng_separator`.
  @Test func foldInStaticSeparator() throws {
    func keys(_ separation: RNGs.Separation) throws -> [String] {
      let rngs = RNGs(["params": Key(0)], separation: separation)
      return try Scope.apply([:], rngs: rngs) { scope in
        [scope.push("ab").push("c"), scope.push("a").push("bc")].map { "\($0.makeRNG())" }
      }.output
    }
    #expect(
      try keys(.none) == ["Key([3394364501, 2580993835])", "Key([3394364501, 2580993835])"])
    #expect(
      try keys(.zeroByte) == ["Key([3130352501, 2989065533])", "Key([3904010616, 1658867355])"])
  }

  @Test func compiledScopesLeaveNothingBehind() throws {
    var kept: Scope?
    let start = jit { (key: Key) in
      try Scope.initialize(key) { scope in
        kept = scope
        scope.child({ (scope: Scope) in _ = scope.param("w", .ones, [2]) }, name: "a")()
      }.variables
    }
    let variables = try start(Key(0))
    try expectScalars(variables["params"]["a"]["w"], [1, 1])
    // The scope of the trace has ended with it, and its values can't be used any more.
    let scope = try #require(kept)
    #expect(scope.isInvalid)
    #expect(errorText { try withErrors { _ = scope.push("b") } }.contains("no longer valid"))
  }
}
