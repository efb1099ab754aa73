import Testing

@testable import Linen

/// Logical names of axes and the older way of keeping them: as tests/linen/partitioning_test.py of
/// google/flax.
@Suite struct LogicalAxesTests {
  private let rules1: LogicalRules = ["foo": "data", "bar": "model", "baz": nil]
  private let rules2: LogicalRules = ["foo": "model", "bar": nil, "baz": "data"]

  @Test func axisRules() {
    #expect(getLogicalAxisRules() == [:])
    logicalAxisRules(rules1) { #expect(getLogicalAxisRules() == rules1) }
    #expect(getLogicalAxisRules() == [:])
  }

  @Test func axisRulesContext() throws {
    logicalAxisRules(rules1) {
      logicalAxisRules(rules2) { #expect(getLogicalAxisRules() == rules2) }
      #expect(getLogicalAxisRules() == rules1)
    }
  }

  @Test func logicalToMeshAxesResolvesToNoneOrUnconstrained() {
    let rules: LogicalRules = [
      "foo": nil, "bad": nil, "bar": .unconstrained, "baz": .unconstrained,
    ]
    #expect(
      logicalToMeshAxes(["foo", "bad", "bar", "baz"], rules: rules)
        == [nil, nil, .unconstrained, .unconstrained])
  }

  @Test func logicalToMeshAxesFromRules() {
    #expect(logicalToMeshAxes(["foo", "bar"], rules: rules1) == ["data", "model"])
    #expect(
      logicalToMeshAxes(["foo", .unconstrained, .unconstrained, nil, nil], rules: rules1)
        == ["data", .unconstrained, .unconstrained, nil, nil])
    logicalAxisRules(rules1) {
      #expect(logicalToMeshAxes(["foo", "bar"]) == ["data", "model"])
      logicalAxisRules(rules2) { #expect(logicalToMeshAxes(["foo", "bar"]) == ["model", nil]) }
    }
    let text = errorText {
      try withErrors { _ = logicalToMeshAxes(["foo", "foo", "baz"], rules: rules1) }
    }
    #expect(
      text.hasPrefix("Unsupported: Dimensions ('foo',) occur more than once in array names.\n"))
  }

  @Test func logicalToMeshAxesPriorities() {
    logicalAxisRules(["foo": "model", "bar": "model", "baz": "data"]) {
      #expect(logicalToMeshAxes(["foo", "bar", "baz"]) == ["model", nil, "data"])
      #expect(logicalToMeshAxes(["bar", "foo", "baz"]) == [nil, "model", "data"])
      #expect(logicalToMeshAxes(["baz", "bar", "foo"]) == ["data", nil, "model"])
      #expect(
        logicalToMeshAxes(["baz", "bar", "foo", "unassigned"]) == ["data", nil, "model", nil])
    }
  }

  static let cases: [(LogicalRules, PartitionSpec, PartitionSpec)] = [
    (["a": ["model", "data"], "b": "data"], ["a", "b"], [["model", "data"], nil]),
    (["a": ["model", "replica"], "b": "data"], ["a", "b"], [["model", "replica"], "data"]),
    (
      ["a": ["model", "replica"], "b": ["data", "model"]], ["a", "b"],
      [["model", "replica"], nil]
    ),
    (
      ["a": ["model", "replica"], "b": "model"], ["a", "b", "c"],
      [["model", "replica"], nil, nil]
    ),
    ([:], ["a", "b", "c"], [nil, nil, nil]),
    (["a": nil, "a": "model"], ["a", "b"], [nil, nil]),
    (
      ["baz": "data", "bar": nil, "foo": "model", "foo": "data"], ["baz", "bar", "foo"],
      ["data", nil, "model"]
    ),
    (
      ["baz": "data", "foo": ["model", "emb"]], ["baz", .unconstrained, "foo"],
      ["data", .unconstrained, ["model", "emb"]]
    ),
  ]

  @Test(arguments: cases) func logicalToMeshAxesCases(
    _ rules: LogicalRules, _ axes: PartitionSpec, _ expected: PartitionSpec
  ) {
    logicalAxisRules(rules) { #expect(logicalToMeshAxes(axes) == expected) }
  }

  @Test func withShardingConstraint() throws {
    #expect(logicalConstraint(["foo", "bar"], rules: nil, fallback: .axisIsUnsharded) == nil)
    let x = Tensor.ones([2, 2])
    try logicalAxisRules(rules1) {
      #expect(logicalConstraint(nil, rules: nil, fallback: .axisIsUnsharded) == nil)
      #expect(
        logicalConstraint(["foo", "bar"], rules: nil, fallback: .axisIsUnsharded)
          == ["data", "model"])
      #expect(
        logicalConstraint(["foo", .unconstrained], rules: nil, fallback: .axisIsUnsharded)
          == ["data", .unconstrained])
      try expectEqual(withLogicalConstraint(x, ["foo", "bar"]), x)
    }
  }

  @Test func withShardingConstraintFallback() {
    let axes: PartitionSpec = ["foo", "not_recognized"]
    logicalAxisRules(rules1) {
      #expect(logicalConstraint(axes, rules: nil, fallback: .axisIsUnsharded) == ["data", nil])
      #expect(logicalConstraint(axes, rules: nil, fallback: .noConstraint) == nil)
      let text = errorText {
        try withErrors {
          _ = withLogicalConstraint(Tensor.ones([2, 2]), axes, fallback: .raiseError)
        }
      }
      #expect(text.hasPrefix("Axis names ('foo', 'not_recognized') did not match a rule\n"))
    }
  }

  // MARK: Collections of names

  private let rules3: LogicalRules = ["foo": "model", "bar": "data", "baz": nil]
  private let x = Tensor.ones([2, 2])

  private func initialized(_ model: Model) throws -> Variables {
    try logicalAxisRules(rules3) { try model.initialize(Key(0)) { $0(x) } }
  }

  @Test(arguments: [nil, []] as [PartitionSpec?])
  func paramWithAxesNoAxes(_ axes: PartitionSpec?) throws {
    let variables = try Model { module, x in
      x + module.paramWithAxes("foo", .zeros, [2, 2], axes: axes)
    }.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].contains("foo"))
  }

  @Test func paramWithAxes() throws {
    let variables = try initialized(
      Model { module, x in
        x + module.paramWithAxes("foo", .zeros, [2, 2], axes: ["foo", "bar"])
      })
    #expect(variables.contains("params"))
    let names: Variables = variables["params_axes"]
    #expect(names["foo_axes"].value(as: AxisNames.self) == ["foo", "bar"])
    #expect("\(getAxisNames(names))" == "{'foo': P('foo', 'bar')}")
  }

  @Test func paramPytreeWithAxes() throws {
    let axes: AxisNames = .dictionary([
      "a": ["foo", "bar"], "b": .tuple([["foo", "bar"], ["bar", "foo"]]),
    ])
    let variables = try initialized(
      Model { module, x in
        let foo = module.paramWithAxes("foo", axes: axes) { _ -> Variables in
          ["a": Tensor.zeros([2, 2]), "b": [Tensor.zeros([2, 2]), Tensor.zeros([2, 2])]]
        }
        return x + foo["a"]
      })
    let names: Variables = variables["params_axes"]
    #expect(names["foo_axes"].value(as: AxisNames.self) == axes)
    #expect(
      "\(getAxisNames(names))"
        == "{'foo': {'a': P('foo', 'bar'), 'b': (P('foo', 'bar'), P('bar', 'foo'))}}")
  }

  @Test(arguments: [nil, []] as [PartitionSpec?])
  func variableWithAxesNoAxes(_ axes: PartitionSpec?) throws {
    let variables = try Model { module, x in
      x + module.variableWithAxes("test", "foo", axes: axes) { Tensor.zeros([2, 2]) }.value
    }.initialize(Key(0)) { $0(x) }
    #expect(variables["test"].contains("foo"))
    #expect(variables.contains("test_axes") == (axes != nil))
  }

  @Test func variableWithEmptyTupleHasEmptyAxes() throws {
    let variables = try Model { module, x in
      x + module.variableWithAxes("test", "foo", axes: []) { Tensor.zeros([2, 2]) }.value
    }.initialize(Key(0)) { $0(x) }
    #expect("\(getAxisNames(variables["test_axes"]))" == "{'foo': P()}")
  }

  @Test func variableWithAxes() throws {
    let variables = try initialized(
      Model { module, x in
        x
          + module.variableWithAxes("test", "foo", axes: ["foo", "bar"]) {
            Tensor.zeros([2, 2])
          }.value
      })
    #expect(variables.contains("test"))
    #expect(
      variables["test_axes"]["foo_axes"].value(as: AxisNames.self) == ["foo", "bar"])
    #expect("\(getAxisNames(variables["test_axes"]))" == "{'foo': P('foo', 'bar')}")
  }

  @Test func variableWithAxesFallback() throws {
    let model = Model { module, x in
      x
        + module.variableWithAxes(
          "test", "foo", axes: ["foo", "bar"], fallback: .noConstraint
        ) { Tensor.zeros([2, 2]) }.value
    }
    // There is no rule for foo.
    let variables = try logicalAxisRules(["bar": "data", "baz": nil]) {
      try model.initialize(Key(0)) { $0(x) }
    }
    #expect("\(getAxisNames(variables["test_axes"]))" == "{'foo': P('foo', 'bar')}")
  }

  @Test func namesSownTwiceMustAgree() {
    let model = Model { module, x in
      let first = module.paramWithAxes("w", .ones, [2], axes: ["a"])
      module.sow("params_axes", "w_axes", 1, initial: { 1 }) { old, _ in old }
      return x * first
    }
    let text = errorText { _ = try model.initialize(Key(0)) { $0(x) } }
    #expect(text.hasPrefix("Variable \"w_axes\" of collection \"params_axes\" is AxisNames"))
  }

  private final class SinDot: Module, @unchecked Sendable {
    let depth: Int

    init(_ depth: Int) {
      self.depth = depth
      super.init()
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let features = x.shape[-1]
        let w1 = paramWithAxes("W1", .xavierNormal(), [features, depth], axes: ["emb", "mlp"])
        let w2 = paramWithAxes("W2", .xavierNormal(), [depth, features], axes: ["mlp", "emb"])
        let y = matmul(sin(matmul(x, w1)), w2)
        _ = variableWithAxes("stats", "y_st", axes: ["batch", "emb"]) { y }
        return y
      }
    }
  }

  private final class Scanned: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let layers = scanWithAxes(
          variableAxes: ["params": 0, "stats": 1], splitRNGs: ["params": true], length: 4,
          axisName: "layer", axesCollections: ["params", "stats"], name: "scanned_layer"
        ) { SinDot(32) }
        let y = layers(x) { layer, x in layer(x) }
        // Called again, the names are already there.
        _ = layers(x) { layer, x in layer(x) }
        return y
      }
    }
  }

  @Test func scanWithAxesCollections() throws {
    let x = Tensor.ones([8, 32])
    let rules: LogicalRules = ["emb": "data", "mlp": "model", "batch": "data"]
    let variables = try logicalAxisRules(rules) {
      let variables = try Scanned().initialize(Key(0)) { $0(x) }
      // The names need not be mutable.
      _ = try Scanned().apply(variables) { $0(x) }
      return variables
    }
    #expect(
      variables["params_axes"]["scanned_layer"]["W1_axes"].value(as: AxisNames.self)
        == ["layer", "emb", "mlp"])
    #expect(
      "\(getAxisNames(variables["params_axes"]))"
        == "{'scanned_layer': {'W1': P('layer', 'emb', 'mlp'), 'W2': P('layer', 'mlp', 'emb')}}")
    #expect(
      "\(getAxisNames(variables["stats_axes"]))"
        == "{'scanned_layer': {'y_st': P('batch', 'layer', 'emb')}}")
    #expect(
      variables["params"].shapesDescription
        == "{'scanned_layer': {'W1': (4, 32, 32), 'W2': (4, 32, 32)}}")
    #expect(variables["stats"].shapesDescription == "{'scanned_layer': {'y_st': (8, 4, 32)}}")
  }

  private final class Product: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let w = paramWithAxes("w", .uniform(), [4, 3], axes: ["out", "in"])
        return matmul(w, x)
      }
    }
  }

  private final class Vmapped: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let mapped = vmapWithAxes(
          variableAxes: ["params": 1], splitRNGs: ["params": true],
          partitioningAxisNames: ["params": "vmap_axis"], name: "foo_vmapped"
        ) { Product() }
        return mapped(x) { product, x in product(x) }
      }
    }
  }

  @Test func vmapWithAxesCollections() throws {
    try logicalAxisRules(["out": nil, "in": "data", "vmap_axis": "model"]) {
      let single = try Product().initialize(Key(0)) { $0(Tensor([1.0, 2.0, 3.0])) }
      #expect(single["params"].shapesDescription == "{'w': (4, 3)}")
      #expect(
        single["params_axes"]["w_axes"].value(as: AxisNames.self) == ["out", "in"])
      let x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
      let mapped = try Vmapped().initialize(Key(0)) { $0(x) }
      #expect(mapped["params"].shapesDescription == "{'foo_vmapped': {'w': (4, 2, 3)}}")
      #expect(
        mapped["params_axes"]["foo_vmapped"]["w_axes"].value(as: AxisNames.self)
          == ["out", "vmap_axis", "in"])
    }
  }

  @Test func logicalWithMeshAndRules() throws {
    let mesh = Mesh(["in", "out"])
    let rules: LogicalRules = ["a": "in", "b": "out"]
    let model = Model { module, x in
      let kernelInit = withLogicalPartitioning(.ones, ["a", "b"], mesh: mesh, rules: rules)
      let kernel = module.param("kernel", kernelInit, [x.shape[-1], 2])
      let box = module.getVariable("params", "kernel", as: LogicallyPartitioned.self)
      #expect(box?.names == ["a", "b"])
      return matmul(x, kernel)
    }
    let variables = try jit { (key: Key) in
      try model.initialize(key) { $0(Tensor.zeros([8, 4])) }
    }(Key(0))
    let layouts = logicalToMeshSharding(getPartitionSpec(variables), mesh, rules: rules)
    #expect(
      layouts["params"]["kernel"].value(as: NamedSharding.self)
        == NamedSharding(mesh, ["in", "out"]))
    let specs = logicalToMesh(getPartitionSpec(variables), rules: ["a": "in"])
    #expect("\(specs)" == "{'params': {'kernel': P('in', None)}}")
    let box = variables["params"]["kernel"].value(as: LogicallyPartitioned.self)
    #expect(box?.names == ["a", "b"])
    #expect(box?.mesh == mesh)
    #expect(box?.rules == rules)
  }
}
