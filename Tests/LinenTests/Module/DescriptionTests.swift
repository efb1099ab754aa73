import Linen
import Testing

private final class Configured: Module, @unchecked Sendable {
  let a: Int
  let b: [Int]
  let longName: String
  let layer: Dropout?

  init(_ a: Int, _ layer: Dropout?) {
    self.a = a
    b = [1, 2]
    longName = "x"
    self.layer = layer
    super.init()
  }
}

@Suite struct DescriptionTests {
  @Test func modulesPrintTheirConfiguration() {
    #expect(
      "\(Configured(3, Dropout(0.5)))" == """
        Configured(
            # attributes
            a = 3
            b = (1, 2)
            long_name = 'x'
            layer = Dropout(
                # attributes
                rate = 0.5
                broadcast_dims = ()
                deterministic = None
                rng_collection = 'dropout'
            )
        )
        """)
    #expect("\(Simple())" == "Simple()")
  }

  @Test func boundModulesPrintTheirSubmodules() throws {
    let text = try Model { module, x in
      _ = Simple(name: "inner")(x)
      return x
    }.bind([
      "params": ["inner": ["Dense_0": ["kernel": Tensor.ones([3, 4]), "bias": Tensor.ones([4])]]]
    ])
    .callAsFunction { module in
      _ = module(Tensor.ones([1, 3]))
      return "\(module)"
    }
    #expect(
      text.contains("# children\n    inner = Simple(\n        # children\n        Dense_0 = Dense(")
    )
  }

  @Test func modulesOfOneConfigurationAreEqual() {
    #expect(Dense(3) == Dense(3, name: "other"))
    #expect(Dense(3) != Dense(4))
    #expect(Dense(3) != Dense(3, kernelInit: .ones))
    #expect(Configured(1, nil) == Configured(1, nil))
    #expect(Configured(1, Dropout(0.5)) == Configured(1, Dropout(0.5)))
    #expect(Configured(1, Dropout(0.5)) != Configured(1, Dropout(0.6)))
    #expect(Set([Dense(3), Dense(3), Dense(4)]).count == 2)
  }

  @Test func pathsNamesAndParents() throws {
    let seen = Seen()
    let model = Model { module, x in
      seen.add(module)
      return Model(name: "inner") { inner, x in
        seen.add(inner)
        #expect(inner.parent === module)
        return Model { deepest, x in
          seen.add(deepest)
          return x
        }(x)
      }(x)
    }
    _ = try model.apply([:]) { $0(Tensor.ones([1])) }
    #expect(seen.paths == [[], ["inner"], ["inner", "M_0"]])
    #expect(seen.names == [nil, "inner", "M_0"])
  }

  @Test func modulePathsComputeNothing() throws {
    let model = Model { _, x in
      let x = Dense(2)(Dense(4)(x))
      return Simple(name: "last")(x)
    }
    let paths = try model.modulePaths(Key(0), Tensor.ones([1, 3])) { $0($1) }
    #expect(paths.map(\.path) == ["", "Dense_1", "Dense_0", "last", "last/Dense_0"])
    #expect(
      paths.map { type(of: $0.module).linenName } == ["M", "Dense", "Dense", "Simple", "Dense"])
    #expect(paths.map { ($0.module as? Dense)?.features } == [nil, 4, 2, nil, 4])
  }

  @Test func functionsOfModulesBecomeFunctionsOfVariables() throws {
    let x = Tensor.ones([1, 3])
    let model = Simple()
    let start = initializer(of: model) { (model: Simple, x: Tensor) in model(x) }
    let run = applier(of: model) { (model: Simple, x: Tensor) in model(x) * 2 }
    let variables = try start(Key(0), x)
    try expectEqual(run(variables, x), try model.apply(variables) { $0(x) } * 2)
    let both = outputInitializer(of: model) { (model: Simple, x: Tensor) in model(x) }
    try expectEqual(both(["params": Key(0)], x).output, try model.apply(variables) { $0(x) })
    let compiled = jit { (variables: Variables, x: Tensor) in try run(variables, x) }
    let (a, b) = (try compiled(variables, x), try run(variables, x))
    try expectScalars(a, b.scalars(as: Double.self))
  }
}

private final class Seen: @unchecked Sendable {
  private(set) var paths: [[String]] = []
  private(set) var names: [String?] = []

  func add(_ module: Module) {
    paths.append(module.path)
    names.append(module.name)
  }
}
