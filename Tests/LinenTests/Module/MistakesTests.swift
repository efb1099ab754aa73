import Linen
import Testing

/// What is wrong is said in the words of Flax, then where and what there is.
@Suite struct MistakesTests {
  let x = Tensor.ones([2, 3])

  @Test func missingParameter() {
    #expect(
      errorText { _ = try Dense(4).apply(["params": ["bias": Tensor.zeros([4])]]) { $0(x) } } == """
        Could not find parameter named "kernel" in scope "/". (\(documentation)ScopeParamNotFoundError)
        path: /Dense
        present: bias f32[4]
        hint: these variables belong to another model, or to an older one
        """)
    #expect(
      errorText {
        let part: Variables = ["kernal": Tensor.ones([3, 4]), "bias": Tensor.zeros([4])]
        _ = try Simple().apply(["params": ["Dense_0": part]]) { $0(x) }
      } == """
        Could not find parameter named "kernel" in scope "/Dense_0". (\(documentation)ScopeParamNotFoundError)
        path: /Simple/Dense_0 Dense
        present: kernal f32[3,4], bias f32[4]
        hint: did you mean "kernal"?
        """)
  }

  @Test func missingCollection() {
    #expect(
      errorText { _ = try Dense(4).apply(["parms": Variables()]) { $0(x) } } == """
        Tried to access "kernel" from collection "params" in "/" but the collection is empty. \
        (\(documentation)ScopeCollectionNotFound)
        path: /Dense
        present: parms
        hint: did you mean "parms"?
        """)
  }

  @Test func parameterOfAnotherShape() {
    #expect(
      errorText {
        let variables = try Simple().initialize(Key(0)) { $0(Tensor.ones([2, 5])) }
        _ = try Simple().apply(variables) { $0(x) }
      } == """
        For parameter "kernel" in "/Dense_0", the given initializer is expected to generate shape \
        (3, 4), but the existing parameter it received has shape (5, 4). \
        (\(documentation)ScopeParamShapeError)
        path: /Simple/Dense_0 Dense
        stored: f32[5,4]
        axis 0: expected 3, stored 5
        hint: the input has another size than at initialization, or the configuration differs
        """)
  }

  @Test func productOfOtherSizesInANestedModule() {
    let model = Model { _, x in
      Model(name: "inner") { _, x in matmul(x, Tensor.ones([4, 5])) }(x)
    }
    let text = errorText { _ = try model.apply([:]) { $0(x) } }
    #expect(text.contains("f32[2,3] axis 1 = 3"), "\(text)")
    #expect(text.contains("f32[4,5] axis 0 = 4"), "\(text)")
    #expect(text.contains("(in /M/inner M)"), "\(text)")
  }

  @Test func unknownMutableCollection() throws {
    let variables = try Simple().initialize(Key(0)) { $0(x) }
    #expect(
      errorText { _ = try Simple().apply(variables, mutable: ["parms"]) { $0(x) } } == """
        The mutable collection "parms" is not among the variables, and no module uses it.
        path: /Simple
        present: params
        hint: did you mean "params"?
        """)
    #expect(try Simple().apply(variables, mutable: ["intermediates"]) { $0(x) }.variables.isEmpty)
  }

  @Test func nameInUse() {
    #expect(
      errorText {
        _ = try Model { _, x in Dense(2, name: "layer")(Dense(3, name: "layer")(x)) }
          .initialize(Key(0)) { $0(x) }
      } == """
        Could not create submodule "layer" in Module M: Name in use. (\(documentation)NameInUseError)
        path: /M
        hint: give one of them another name
        """)
    for body: @Sendable (Model, Tensor) -> Tensor in [
      { $1 * $0.param("w", .ones, [3]) * $0.param("w", .ones, [3]) },
      { $0.variable("stats", "w") { Tensor(0.0) }.value * Dense(3, name: "w")($1) },
      { Dense(3, name: "w")($1) * $0.param("w", .ones, [3]) },
    ] {
      let text = errorText { _ = try Model(body).initialize(Key(0)) { $0(x) } }
      #expect(text.contains("\"w\" in Module M: Name in use."), "\(text)")
    }
  }

  @Test func variablesOfTwoCollectionsCanShareAName() throws {
    let module = Model { module, x in
      let mean = module.variable("stats", "w") { Tensor.ones([3]) }
      return x * module.param("w", .ones, [3]) * mean.value
    }
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'w': (3,)}, 'stats': {'w': (3,)}}")
  }

  @Test func submoduleOrParameterOutsideOfCompact() {
    #expect(
      errorText {
        _ = try Model(isCompact: false) { _, x in Dense(2)(x) }.initialize(Key(0)) { $0(x) }
      } == """
        Submodule Dense must be defined in `setup()` or in a method wrapped in `@compact` \
        (\(documentation)AssignSubModuleError)
        path: /M
        hint: put the body of the method that makes it in compact { }, or make it in setup()
        """)
    #expect(
      errorText {
        _ = try Model(isCompact: false) { $1 * $0.param("w", .ones, [3]) }
          .initialize(Key(0)) { $0(x) }
      } == """
        Parameters must be initialized in `setup()` or in a method wrapped in `@compact`
        path: /M
        hint: put the body of the method of M that declares "w" in compact { }
        """)
  }

  @Test func compactMethodWithoutVariables() {
    #expect(
      errorText { try withErrors { _ = Dense(3)(x) } } == """
        Can't call compact methods on unbound modules (\(documentation)CallCompactUnboundModuleError)
        path: /Dense
        hint: call it inside: try dense.apply(variables) { $0(x) }
        """)
  }

  @Test func lazyInitializationInANestedModule() {
    let model = Model { _, x in
      Model(name: "inner") { module, x in
        x * module.param("w") { _ in sum(x) * Tensor.ones([3]) }
      }(x)
    }
    #expect(
      errorText {
        _ = try model.lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([2, 3]))) }
      } == """
        Lazy init encountered a value that could with the given inputs (shape: f32[3]). \
        (\(documentation)LazyInitError)
        path: /M/inner M
        variable: ['params']['inner']['w']
        hint: give the input on which it depends with its values
        """)
  }

  @Test func missingStream() {
    let module = Model { module, x in
      _ = module.makeRNG("dropout")
      return x
    }
    #expect(
      errorText { _ = try module.apply([:]) { $0(x) } } == """
        None needs PRNG for "dropout" (\(documentation)InvalidRngError)
        path: /M
        present: nothing
        hint: pass rngs: ["dropout": key]
        """)
    #expect(
      errorText { _ = try module.apply([:], rngs: ["dropuot": Key(0)]) { $0(x) } }
        .hasSuffix("present: dropuot\nhint: did you mean \"dropuot\"?"))
  }

  @Test func variablesOneLevelTooDeep() throws {
    let variables = try Simple().initialize(Key(0)) { $0(x) }
    #expect(
      errorText { _ = try Simple().apply(["params": variables]) { $0(x) } }
        .hasPrefix(
          "Expect the `variables` (first argument) passed to apply() to be a dict with the "
            + "structure {\"params\": ...}, but got a dict with an extra params layer, i.e.  "
            + "{\"params\": {\"params\": ... } }. You should instead pass in your dict's [\"params\"]. "
            + "(\(documentation)ApplyScopeInvalidVariablesStructureError)"))
  }

  @Test func immutableCollection() {
    let module = Model { module, x in
      let count = module.variable("stats", "count") { Tensor.zeros([]) }
      count.value += 1
      return x
    }
    #expect(
      errorText { _ = try module.apply(["stats": ["count": Tensor.zeros([])]]) { $0(x) } } == """
        Cannot update variable "count" in "/" because collection "stats" is immutable. \
        (\(documentation)ModifyScopeVariableError)
        path: /M
        hint: pass mutable: ["stats"]; now it is false
        """)
  }

  @Test func propertiesOfSetupOutsideOfACall() {
    final class M: Module, @unchecked Sendable {
      let spare = Dense(3)
      @Setup var dense: Dense
      override func setup() { dense = Dense(2) }
      func set(_ x: Tensor) -> Tensor {
        method {
          dense = spare
          return x
        }
      }
    }
    #expect(
      errorText { try withErrors { _ = M().dense } } == """
        "M" object has no attribute "dense". If "dense" is defined in '.setup()', remember these \
        fields are only accessible from inside 'init' or 'apply'.
        path: /M
        """)
    #expect(
      errorText { try withErrors { M().setup() } }
        .hasPrefix(
          "Can't call compact methods on unbound modules (\(documentation)CallSetupUnboundModuleError)"
        ))
    let text = errorText { _ = try M().apply([:]) { $0.set(x) } }
    #expect(text.hasPrefix("Can't set dense="), "\(text)")
    #expect(
      text.contains("for Module of type M: Module instance is frozen outside of setup method."))
  }

  @Test func methodThatForgetsCompact() {
    final class Forgetful: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { Dense(2)(x) }
    }
    let text = errorText { _ = try Model { _, x in Forgetful()(x) }.initialize(Key(0)) { $0(x) } }
    #expect(
      text.hasPrefix(
        "Module Forgetful was made in __call__, but none of its methods entered `compact` or `method`."
      ), "\(text)")
    #expect(
      errorText { _ = try Forgetful().initialize(Key(0)) { $0(x) } }
        .hasPrefix("Submodule Dense must be defined in `setup()`"))
  }

  @Test func useOfAnUnboundModule() {
    for (action, use): (String, @Sendable (Module) -> Void) in [
      ("access variables", { _ = $0.variables }),
      ("access variables", { _ = $0.hasVariable("params", "w") }),
      ("use RNGs", { _ = $0.makeRNG() }),
      ("query for RNGs", { _ = $0.hasRNG("params") }),
      ("check mutability", { _ = $0.isMutableCollection("params") }),
      ("check if running under init()", { _ = $0.isInitializing }),
      ("access module paths", { _ = $0.path }),
      ("store variables", { _ = $0.sow("intermediates", "x", Tensor(0.0)) }),
    ] {
      let text = errorText { try withErrors { use(Dense(3)) } }
      #expect(text.hasPrefix("Can't \(action) on unbound modules"), "\(text)")
    }
  }

  @Test func perturbationThatIsMissing() {
    let module = Model { $0.perturb("p", $1) }
    #expect(
      errorText {
        _ = try module.apply(["perturbations": ["other": Tensor.ones([2, 3])]]) { $0(x) }
      }
      .hasPrefix(
        "Perturbation collection perturbations present, but missing perturbation variable p\n"))
  }

  @Test func anErrorDoesNotOutliveItsCall() throws {
    _ = errorText { _ = try Dense(4).apply([:]) { $0(x) } }
    #expect(try Dense(4).initialize(Key(0)) { $0(x) }["params"].keys == ["kernel", "bias"])
  }
}
