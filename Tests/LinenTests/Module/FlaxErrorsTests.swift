import Linen
import Testing

/// One mistake for every class of flax.errors that modules, scopes and variables raise: its first line
/// is that which Flax 0.12.8 raises for the same program in Python, then come the place, what there
/// is, and a hint.
///
/// The other classes have no mistake in Swift: the compiler finds it (InvalidFilterError,
/// SetAttributeInModuleSetupError, ReservedModuleAttributeError, ApplyModuleInvalidMethodError,
/// InvalidInstanceModuleError, IncorrectPostInitOverrideError, DescriptorAttributeError), Flax never
/// raises it for Linen (MultipleMethodsCompactError, TraceContextError, ImmutableVariableError), or it
/// is about checkpoints and trees.
@Suite struct FlaxErrorsTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    let name: String
    let sentence: String
    /// What the lines after the first say, in order.
    let rest: [String]
    let program: @Sendable () throws -> Void

    init(
      _ name: String, _ sentence: String, _ rest: [String],
      _ program: @escaping @Sendable () throws -> Void
    ) {
      self.name = name
      self.sentence = sentence
      self.rest = rest
      self.program = program
    }

    var testDescription: String { name }
  }

  @Test(arguments: mistakes) func everyClassHasItsWords(_ mistake: Mistake) {
    let lines = errorText { try withErrors { try mistake.program() } }.split(separator: "\n")
    #expect(lines.first ?? "" == "\(mistake.sentence) (\(documentation)\(mistake.name))")
    #expect(lines.dropFirst().map(String.init) == mistake.rest)
  }

  private static let x = Tensor.ones([2, 3])

  private static let mistakes: [Mistake] = [
    Mistake(
      "LazyInitError",
      "Lazy init encountered a value that could with the given inputs (shape: f32[3]).",
      [
        "path: /M", "variable: ['params']['w']",
        "hint: give the input on which it depends with its values",
      ]
    ) {
      let model = Model { module, x in
        module.param("w") { _ in sum(x) * Tensor.ones([3]) }
      }
      _ = try model.lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([2, 3]))) }
    },
    Mistake(
      "InvalidRngError", "Dropout_0 needs PRNG for \"dropout\"",
      ["path: /M/Dropout_0 Dropout", "present: nothing", "hint: pass rngs: [\"dropout\": key]"]
    ) {
      let model = Model { _, x in Dropout(0.5, deterministic: false)(x) }
      _ = try model.apply([:]) { $0(x) }
    },
    Mistake(
      "ApplyScopeInvalidVariablesTypeError",
      "The first argument passed to an apply function should be a dictionary of collections. Each "
        + "collection should be a dictionary with string keys.",
      ["path: /Dense", "hint: \"params\" is a value"]
    ) { _ = try Dense(3).apply(["params": Tensor.ones([3])]) { $0(x) } },
    Mistake(
      "ApplyScopeInvalidVariablesStructureError",
      "Expect the `variables` (first argument) passed to apply() to be a dict with the structure "
        + "{\"params\": ...}, but got a dict with an extra params layer, i.e.  {\"params\": "
        + "{\"params\": ... } }. You should instead pass in your dict's [\"params\"].",
      ["path: /Dense", "hint: pass variables, or [\"params\": variables[\"params\"]]"]
    ) { _ = try Dense(3).apply(["params": ["params": Variables()]]) { $0(x) } },
    Mistake(
      "ScopeParamNotFoundError", "Could not find parameter named \"kernel\" in scope \"/\".",
      [
        "path: /Dense", "present: bias f32[4]",
        "hint: these variables belong to another model, or to an older one",
      ]
    ) { _ = try Dense(4).apply(["params": ["bias": Tensor.zeros([4])]]) { $0(x) } },
    Mistake(
      "ScopeCollectionNotFound",
      "Tried to access \"kernel\" from collection \"params\" in \"/\" but the collection is empty.",
      [
        "path: /Dense", "present: batch_stats",
        "hint: pass the variables that initialize returned, or make \"params\" mutable",
      ]
    ) { _ = try Dense(2).apply(["batch_stats": Variables()]) { $0(x) } },
    Mistake(
      "ScopeParamShapeError",
      "For parameter \"kernel\" in \"/\", the given initializer is expected to generate shape (3, 4), "
        + "but the existing parameter it received has shape (5, 4).",
      [
        "path: /Dense", "stored: f32[5,4]", "axis 0: expected 3, stored 5",
        "hint: the input has another size than at initialization, or the configuration differs",
      ]
    ) {
      let params: Variables = ["kernel": Tensor.ones([5, 4]), "bias": Tensor.zeros([4])]
      _ = try Dense(4).apply(["params": params]) { $0(x) }
    },
    Mistake(
      "ScopeVariableNotFoundError",
      "No Variable named \"m\" for collection \"stats\" exists in \"/\".",
      [
        "path: /M", "present: key f32[3]",
        "hint: give a first value and make \"stats\" mutable, or take it from initialize",
      ]
    ) {
      let model = Model { module, x in x + module.variable("stats", "m").value }
      _ = try model.apply(["stats": ["key": Tensor.ones([3])]]) { $0(x) }
    },
    Mistake(
      "InvalidScopeError", "The scope \"None\" is no longer valid.",
      ["hint: a scope lives as long as the call that made it"]
    ) {
      let scope = try Scope.apply(["params": Variables()], mutable: true) { $0 }.output
      scope.putVariable("params", "a", Variables(Tensor(1)))
    },
    Mistake(
      "ModifyScopeVariableError",
      "Cannot update variable \"mean\" in \"/\" because collection \"batch_stats\" is immutable.",
      ["path: /BatchNorm", "hint: pass mutable: [\"batch_stats\"]; now it is false"]
    ) {
      let norm = BatchNorm(useRunningAverage: false)
      _ = try norm.apply(norm.initialize(Key(0)) { $0(x) }) { $0(x) }
    },
    Mistake(
      "JaxTransformError", "Jax transforms and Flax models cannot be mixed.",
      [
        "hint: \"m\" of \"stats\" in \"/\" is set inside a transform that began later: use the "
          + "transform's lifted form, such as vmap(variableAxes:), and the module or scope that its "
          + "function gets"
      ]
    ) {
      _ = try Scope.initialize(Key(0)) { scope in
        let total = scope.variable("stats", "m") { Tensor(0.0) }
        let add = vmap { (row: Tensor) in
          total.value = total.value + sum(row)
          return row
        }
        return try add(x)
      }
    },
    Mistake(
      "PartitioningUnspecifiedError",
      "Trying to transform a Partitioned variable but \"partition_name\" is not specified in "
        + "metadata_params: Partitioned(value=1.0, names=('in', 'out'), mesh=None)",
      ["hint: pass metadataParams: [partitionName: \"name\"] to the transform"]
    ) { _ = Partitioned(Tensor(1.0), ["in", "out"]).addingAxis(at: 0, [:]) },
    Mistake(
      "NameInUseError", "Could not create submodule \"layer\" in Module M: Name in use.",
      ["path: /M", "hint: give one of them another name"]
    ) {
      let model = Model { _, x in Dense(2, name: "layer")(Dense(3, name: "layer")(x)) }
      _ = try model.initialize(Key(0)) { $0(x) }
    },
    Mistake(
      "AssignSubModuleError",
      "Submodule Dense must be defined in `setup()` or in a method wrapped in `@compact`",
      [
        "path: /M",
        "hint: put the body of the method that makes it in compact { }, or make it in setup()",
      ]
    ) {
      let model = Model(isCompact: false) { _, x in Dense(2)(x) }
      _ = try model.initialize(Key(0)) { $0(x) }
    },
    Mistake(
      "SetAttributeFrozenModuleError",
      "Can't set w=2.0 for Module of type Late: Module instance is frozen outside "
        + "of setup method.",
      ["path: /Late", "hint: set \"w\" in setup()"]
    ) { _ = try Late().initialize(Key(0)) { $0(x) } },
    Mistake(
      "CallCompactUnboundModuleError", "Can't call compact methods on unbound modules",
      ["path: /Dense", "hint: call it inside: try dense.apply(variables) { $0(x) }"]
    ) { _ = Dense(3)(x) },
    Mistake(
      "CallSetupUnboundModuleError", "Can't call compact methods on unbound modules",
      [
        "path: /Late",
        "hint: setup() of Late runs by itself inside initialize and apply; \"w\" is set there only",
      ]
    ) { Late().setup() },
    Mistake(
      "CallShareScopeOnUnboundModuleError", "Can't call `share_scope` on unbound modules",
      ["path: /Dense", "hint: Dense has variables inside initialize and apply, or after bind"]
    ) { shareScope(Dense(2), Dense(3)) },
    Mistake(
      "TransformedMethodReturnValueError",
      "Transformed module method map_variables cannot return Modules or Variables.",
      ["path: /M", "result: Dense"]
    ) {
      let model = Model { module, x in
        _ = mapVariables("params")(module) { _ in Dense(2) }
        return x
      }
      _ = try model.initialize(Key(0)) { $0(x) }
    },
    Mistake(
      "TransformTargetError",
      "Linen transformations must be applied to Modules classes or functions taking a Module "
        + "instance as the first argument. The provided target is not a Module class or callable: "
        + "3", []
    ) { _ = jit()(Three(), x) { _, x in x } },
  ]

  private final class Late: Module, @unchecked Sendable {
    @Setup var w: Tensor
    override func setup() { w = Tensor(1.0) }
    func callAsFunction(_ x: Tensor) -> Tensor {
      method(x) { x in
        w = Tensor(2.0)
        return x
      }
    }
  }

  private struct Three: LiftTarget, CustomStringConvertible {
    var description: String { "3" }
  }
}
