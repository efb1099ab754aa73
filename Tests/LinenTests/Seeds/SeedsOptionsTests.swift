import Linen
import Testing

/// What the documentation of `flax.linen.Module` says of methods by name, of collections that are
/// mutable, of copies, boxes and names, and of what can't be intercepted.
@Suite struct SeedsOptionsTests {
  private let x = Tensor.ones([16, 9])

  private final class Transformer: Module, @unchecked Sendable {
    func encode(_ x: Tensor) -> Tensor { compact(x) { x in Dense(4)(x) } }

    override class var methods: [String: NamedMethod] {
      ["encode": NamedMethod(Transformer.encode)]
    }
  }

  /// `method='encode'`.
  @Test func aMethodByItsName() throws {
    let model = Transformer()
    let variables = try model.initialize(Key(0), method: "encode", x)
    #expect(variables == (try model.initialize(Key(0)) { $0.encode(x) }))
    let encoded: Tensor = try model.apply(variables, method: "encode", x)
    try expectEqual(encoded, try model.apply(variables) { $0.encode(x) })
  }

  private final class Counted: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let count = variable("stats", "count") { Tensor(0) }
        if isMutableCollection("stats") { count.value = count.value + 1 }
        sow("intermediates", "x", x)
        return Dense(2)(x)
      }
    }
  }

  /// `mutable` of `apply` as a bool, a string, a list and a deny list.
  @Test func mutableCollectionsOfApply() throws {
    let model = Counted()
    let variables = try model.initialize(Key(0)) { $0(x) }
    func collections(_ mutable: CollectionFilter) throws -> [String] {
      try model.apply(variables, mutable: mutable) { $0(x) }.variables.keys.sorted()
    }
    #expect(try collections(true) == ["intermediates", "params", "stats"])
    #expect(try collections(false) == [])
    #expect(try collections("stats") == ["stats"])
    #expect(try collections(["stats", "intermediates"]) == ["intermediates", "stats"])
    #expect(try collections(.deny("intermediates")) == ["params", "stats"])
    #expect(try collections(.deny(["intermediates", "params"])) == ["stats"])
  }

  /// `mutable` and `capture_intermediates` of `init`, which by default keeps no intermediates.
  @Test func mutableCollectionsOfInitialize() throws {
    let model = Counted()
    func collections(_ mutable: CollectionFilter) throws -> [String] {
      try model.initialize(Key(0), mutable: mutable) { $0(x) }.keys.sorted()
    }
    #expect(try model.initialize(Key(0)) { $0(x) }.keys.sorted() == ["params", "stats"])
    #expect(try collections(true) == ["intermediates", "params", "stats"])
    #expect(try collections(["params", "stats"]) == ["params", "stats"])
    let captured = try model.initialize(Key(0), captureIntermediates: true) { $0(x) }
    #expect(captured["intermediates"].keys.sorted() == ["Dense_0", "__call__", "x"])
    let run = outputInitializer(of: model, mutable: true, captureIntermediates: true) {
      (model: Counted, x: Tensor) in model(x)
    }
    #expect(try run(Key(0), x).variables["intermediates"] == captured["intermediates"])
  }

  /// `copy` and `clone` with updates, a name, and the module that runs as the parent.
  @Test func copiesAndClones() throws {
    let dense = Dense(4)
    let model = Model { _, x in
      let wide = dense.copy { $0.features = 5 }
      let named = dense.copy(name: "named")
      return wide(named(x))
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (5,), 'kernel': (4, 5)}, "
        + "'named': {'bias': (4,), 'kernel': (9, 4)}}}")
    let clone = dense.clone { $0.useBias = false }
    #expect(clone == Dense(4, useBias: false) && clone.parent == nil && dense.useBias)
  }

  /// `get_variable` gives "the default value if the variable does not exist in this scope".
  @Test func aVariableOrItsDefault() throws {
    let model = Model { module, x in
      let scale = module.getVariable("stats", "scale") ?? Tensor(3.0)
      #expect(module.hasVariable("stats", "scale") == (module.getVariable("stats", "scale") != nil))
      return x * scale
    }
    try expectScalars(try model.apply([:]) { $0(Tensor.ones([1])) }, [3])
    let variables: Variables = ["stats": ["scale": Variables(Tensor(2.0))]]
    try expectScalars(try model.apply(variables) { $0(Tensor.ones([1])) }, [2])
  }

  /// "Throws an error if the parameter (or variable) exists already"; a variable without a first value
  /// "must already be initialized".
  @Test func declarationsThatFail() throws {
    let twice = Model { $1 * $0.param("w", .ones, [9]) * $0.param("w", .ones, [9]) }
    #expect(
      errorText { _ = try twice.initialize(Key(0)) { $0(x) } }
        .hasPrefix("Could not create param \"w\" in Module M: Name in use."))
    let variableTwice = Model { module, x in
      let first = module.variable("stats", "v") { Tensor(1.0) }.value
      return x * first * module.variable("stats", "v") { Tensor(2.0) }.value
    }
    #expect(
      errorText { _ = try variableTwice.initialize(Key(0)) { $0(x) } }
        .hasPrefix("Could not create variable \"v\" in Module M: Name in use."))
    let required = Model { module, x in
      x * module.variable("stats", "v", as: Tensor.self).value
    }
    #expect(
      errorText { _ = try required.apply(["stats": ["w": Variables(x)]]) { $0(x) } }
        .hasPrefix("No Variable named \"v\" for collection \"stats\" exists in \"/\"."))
    let variables: Variables = ["stats": ["v": Variables(Tensor(2.0))]]
    try expectEqual(try required.apply(variables) { $0(x) }, x * 2)
  }

  /// `unbox` of `param` and `variable`: what is in a box of metadata, or the box.
  @Test func boxesOfParametersAndVariables() throws {
    let boxed = withPartitioning(.ones, ["in"])
    let model = Model { module, x in
      let whole: Variables = module.param("whole", unbox: false) { boxed.variables($0, [9]) }
      #expect(whole != whole.unboxed)
      let inner: Variables = module.param("inner") { boxed.variables($0, [9]) }
      #expect(inner == inner.unboxed)
      let variable: Variable<Variables> = module.variable("stats", "v", unbox: false) {
        boxed.variables(Key(0), [9])
      }
      #expect(variable.value != variable.value.unboxed)
      return x
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["whole", "inner"])
    #expect(variables["params"] != variables.unboxed["params"])
    #expect(variables.unboxed["params"]["inner"].tensor?.shape == [9])
  }

  /// "Every call returns a new RNG key", and "true if running under init".
  @Test func keysAndInitialization() throws {
    let model = Model { module, x in
      let keys = (0..<3).map { _ in module.makeRNG() }
      let words = keys.map { (try? $0.data.scalars(as: Int.self)) ?? [] }
      #expect(Set(words).count == 3)
      return module.isInitializing ? x : x * 2
    }
    try expectEqual(try model.initializeWithOutput(Key(0)) { $0(x) }.output, x)
    try expectEqual(try model.apply([:], rngs: Key(0)) { $0(x) }, x * 2)
    let initialize = initializer(of: model) { (model: Model, x: Tensor) in model(x) }
    #expect(try initialize(Key(0), x).isEmpty)
  }

  /// `show_repeated` and `mutable` of `tabulate` and `module_paths`.
  @Test func repeatedCallsAndCollectionsOfTheTable() throws {
    let model = Model { module, x in
      let dense = Dense(9, name: "d")
      let y = dense(dense(x))
      module.sow("intermediates", "y", y)
      return y
    }
    #expect(try model.moduleTable(Key(0), x) { $0($1) }.rows.map(\.path) == [[], ["d"]])
    #expect(
      try model.moduleTable(Key(0), x, showRepeated: true) { $0($1) }.rows.map(\.path)
        == [[], ["d"], ["d"]])
    let all = try model.tabulate(Key(0), x, mutable: true, style: .plain()) { $0($1) }
    #expect(all.contains("intermediates") && all.contains("params"))
    #expect(
      try !model.tabulate(Key(0), x, style: .plain()) { $0($1) }.contains("intermediates"))
  }

  /// What can't be intercepted: equality, description, hash and initializers, properties.
  @Test func whatIsNotIntercepted() throws {
    var calls: [String] = []
    interceptMethods({ next, arguments, context in
      calls.append(context.methodName)
      return next(arguments)
    }) {
      let (dense, other) = (Dense(2), Dense(2))
      #expect(dense == other && dense.hashValue == other.hashValue)
      #expect("\(dense)" == "\(other)" && dense.features == 2)
    }
    #expect(calls == [])
  }
}
