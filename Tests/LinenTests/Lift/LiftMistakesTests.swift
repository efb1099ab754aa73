import Linen
import Testing

/// A layer that counts its calls in `state`.
private final class Counting: Module, UnaryLayer, @unchecked Sendable {
  override class var linenName: String { "Cnt" }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let count = variable("state", "n") { Tensor.zeros([]) }
      count.value += 1
      return Dense(3)(x)
    }
  }
}

/// What a mistake is reported as; the first lines are those of Flax and JAX.
@Suite("Mistakes in the use of lifts") struct LiftMistakesTests {
  private let x = Tensor.ones([3, 4])

  /// The message of the error of a compact method, called `M` as in Flax's.
  private func text(_ body: @escaping @Sendable (Model, Tensor) -> Tensor) -> String {
    errorText { _ = try Model(body).initialize(Key(0)) { $0(x) } }
  }

  private func expect(
    _ expected: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable (Model, Tensor) -> Tensor
  ) {
    let found = text(body)
    #expect(found == expected, sourceLocation: sourceLocation)
  }

  /// Checks the beginning of the message, and that it has the path of the transform and a hint.
  private func expect(
    first: String, path: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable (Model, Tensor) -> Tensor
  ) {
    let found = text(body)
    #expect(found.hasPrefix(first + "\n"), "\(found)", sourceLocation: sourceLocation)
    #expect(found.contains("path: \(path)\n"), "\(found)", sourceLocation: sourceLocation)
    #expect(found.contains("\nhint: "), "\(found)", sourceLocation: sourceLocation)
  }

  private func vmapped<M: Module>(_ make: () -> M) -> Lifted<M, VMap> {
    vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], make)
  }

  // MARK: Collections and streams that are not passed on

  @Test func collectionsThatAreNotLifted() {
    expect(
      """
      Tried to access "kernel" from collection "params" in "/vmap(VmapDense_0)" but the collection \
      is empty. (\(documentation)ScopeCollectionNotFound)
      path: /M/vmap(VmapDense_0) Dense
      present: nothing
      hint: pass the variables that initialize returned, or make "params" mutable
      """
    ) { _, x in vmap(splitRNGs: ["params": true]) { Dense(3) }(x) }
    expect(
      first: "Tried to access \"n\" from collection \"state\" in \"/vmap(VmapCnt_0)\" but the "
        + "collection is empty. (\(documentation)ScopeCollectionNotFound)",
      path: "/M/vmap(VmapCnt_0) Cnt"
    ) { _, x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Counting() }(x)
    }
    expect(
      first: "Tried to access \"n\" from collection \"state\" in \"/remat(CheckpointCnt_0)\" but "
        + "the collection is empty. (\(documentation)ScopeCollectionNotFound)",
      path: "/M/remat(CheckpointCnt_0) Cnt"
    ) { _, x in remat(variables: "params") { Counting() }(x) }
    expect(
      first: "Tried to access \"kernel\" from collection \"params\" in \"/scan()/Dense_0\" but the "
        + "collection is empty. (\(documentation)ScopeCollectionNotFound)",
      path: "/M/scan()/Dense_0 Dense"
    ) { module, x in
      scan(splitRNGs: ["params": true], length: 2)(module, x) { Dense(4)($1) }
    }
  }

  /// A collection that is there outside is said to have been held back.
  @Test func collectionsThatAreHeldBack() throws {
    let variables: Variables = ["params": ["VmapDense_0": ["kernel": Tensor.ones([3, 4, 3])]]]
    let model = Model { _, x in vmap(variableAxes: ["state": 0]) { Dense(3) }(x) }
    let found = errorText { _ = try model.apply(variables) { $0(x) } }
    #expect(
      found.contains("\nvmap does not pass \"params\" on: add it to variableAxes\n"), "\(found)")
  }

  @Test func streamsThatAreNotLifted() {
    expect(
      """
      VmapDense_0 needs PRNG for "params" (\(documentation)InvalidRngError)
      path: /M/vmap(VmapDense_0) Dense
      vmap does not pass "params" on: add it to splitRNGs
      present: nothing
      hint: pass rngs: ["params": key]
      """
    ) { _, x in vmap(variableAxes: ["params": 0]) { Dense(3) }(x) }
    expect(
      first: "Dense_0 needs PRNG for \"params\" (\(documentation)InvalidRngError)",
      path: "/M/scan()/Dense_0 Dense"
    ) { module, x in
      scan(variableAxes: ["params": 0], length: 2)(module, x) { Dense(4)($1) }
    }
  }

  // MARK: Sizes and axes

  @Test func sizesThatAreNotKnown() {
    expect(
      """
      axis_size should be specified manually.
      path: /M/vmap(VmapDense_0)
      hint: no argument or variable is mapped over an axis: pass axisSize
      """
    ) { _, x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], inAxes: nil) { Dense(3) }(x)
    }
    expect(
      """
      length should be specified manually.
      path: /M/scan()
      hint: there is no argument or variable to loop over: pass length
      """
    ) { module, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true])(module, x) { Dense(4)($1) }
    }
  }

  @Test func sizesThatDiffer() {
    expect(
      """
      vmap got inconsistent sizes for array axes to be mapped:
      path: /M/vmap(VmapDense_0)
      axisSize: 5
      argument[0] f32[3,4] axis 0 = 3
      hint: give what is the same for all of them the axis nil
      """
    ) { _, x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], axisSize: 5) { Dense(3) }(x)
    }
    expect(
      """
      vmap got inconsistent sizes for array axes to be mapped:
      path: /M/vmap()
      argument[0] f32[3,4] axis 0 = 3
      argument[1] f32[4,4] axis 0 = 4
      hint: give what is the same for all of them the axis nil
      """
    ) { module, x in vmap()(module, x, Tensor.ones([4, 4])) { $1 + $2 } }
    expect(
      """
      scan got `length` argument of 5 which disagrees with leading axis sizes [3].
      path: /M/scan()
      length: 5
      argument[0] f32[3,4] axis 0 = 3
      hint: give what is the same for all of them the axis nil
      """
    ) { module, x in scan(length: 5)(module, x, x) { _, c, _ in c } }
    expect(
      first: "scan got values with different leading axis sizes: 3, 3, 5.", path: "/M/scan()"
    ) { module, x in
      scan()(module, x, x, x, Tensor.ones([5])) { _, c, _, _, _ in c }
    }
  }

  @Test func variablesOfOtherSizes() {
    let part: Variables = ["kernel": Tensor.ones([4, 4, 3]), "bias": Tensor.ones([3, 3])]
    let model = Model { _, x in
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(3) }(x)
    }
    let found = errorText { _ = try model.apply(["params": ["VmapDense_0": part]]) { $0(x) } }
    #expect(
      found == """
        vmap got inconsistent sizes for array axes to be mapped:
        path: /M/vmap(VmapDense_0)
        argument[0] f32[3,4] axis 0 = 3
        variable params/bias f32[3,3] axis 0 = 3
        variable params/kernel f32[4,4,3] axis 0 = 4
        hint: give what is the same for all of them the axis nil
        """)
  }

  @Test func axesThatDoNotFit() {
    expect(
      """
      pytree structure error: different lengths of tuple at key path
      path: /M/vmap()
      inAxes: [0, 0]
      no axis for: there are axes for 2, and 1 to have them
      hint: give inAxes one axis for all, or one for each argument
      """
    ) { module, x in vmap(inAxes: [0, 0])(module, x) { $1 } }
    expect(
      """
      pytree structure error: different lengths of tuple at key path
      path: /M/vmap()
      inAxes: [0]
      no axis for: argument[1]
      hint: give inAxes one axis for all, or one for each argument
      """
    ) { module, x in vmap(inAxes: [0])(module, x, x) { $1 + $2 } }
    expect(
      first: "vmap out_axes specification must be a tree prefix of the corresponding value; ",
      path: "/M/vmap()"
    ) { module, x in vmap(outAxes: [0, 0, 0])(module, x) { _, x in (x, x) }.0 }
    expect(
      first: "pytree structure error: different lengths of tuple at key path", path: "/M/scan()"
    ) { module, x in scan(inAxes: [0, 0])(module, x, x) { _, c, _ in c } }
    let found = text { module, x in vmap(inAxes: 2)(module, x) { $1 } }
    #expect(
      found == "vmap: axis 2 is out of range for rank 2, argument[0] f32[3,4] (in /M/vmap())")
  }

  @Test func resultsThatDifferFromMemberToMember() {
    expect(
      """
      at vmap out_axes[0], got axis spec None but output was batched on axis 0
      path: /M/vmap()
      result: f32[4]
      hint: give it an axis, or make it the same for all members by psum or pmean over an axisName
      """
    ) { module, x in vmap(outAxes: nil)(module, x) { $1 } }
    expect(
      first: "at vmap out_axes of variable state/n, got axis spec None but output was batched on "
        + "axis 0", path: "/M/vmap()"
    ) { module, x in
      vmap(variableAxes: ["state": nil])(module, x) { module, x in
        module.variable("state", "n") { Tensor.zeros([]) }.value = sum(x)
        return x
      }
    }
  }

  // MARK: Carries

  @Test func carriesThatChangeTheirType() {
    expect(
      """
      scan body function carry input and carry output must have equal types, but they differ:
      path: /M/scan()
      carry input: carry f32[3,4]
      carry output: carry f32[3,5]
      hint: keep its shape from step to step
      """
    ) { module, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 2)(module, x) {
        Dense(5)($1)
      }
    }
    expect(
      """
      while_loop body function carry input and carry output must have equal types, but they differ:
      path: /M/while_loop()
      carry input: carry f32[3,4]
      carry output: carry i32[3,4]
      hint: convert it with cast(to: .float32)
      """
    ) { module, x in
      whileLoop(module, x) {
        sum($1) .< 10
      } body: {
        $1.cast(to: .int32)
      }
    }
    expect(
      first: "scan body function carry input and carry output must have equal types, but they "
        + "differ:", path: "/M/scan()"
    ) { module, x in
      _ = module.variable("state", "n") { Tensor.zeros([]) }
      return scan(variableCarry: "state", length: 2)(module, x) { module, x in
        module.variable("state", "n") { Tensor.zeros([]) }.value = Tensor.zeros([2])
        return x
      }
    }
  }

  @Test func carriesThatChangeTheirStructure() {
    expect(
      """
      scan body function carry input and carry output must have the same pytree structure, but they \
      differ:
      path: /M/scan()
      only in the carry input: nothing
      only in the carry output: carry[1] f32[3,4]
      hint: give the carry the same parts after each step
      """
    ) { module, x in scan(length: 2)(module, [x]) { _, c in c + c }[0] }
    expect(
      """
      scan body function carry input and carry output must have the same pytree structure, but they \
      differ:
      path: /M/scan()
      only in the carry input: carry['a'] f32[3,4]
      only in the carry output: carry['b'] f32[3,4]
      hint: give the carry the same parts after each step
      """
    ) { module, x in
      scan(length: 2)(module, ["a": x]) { _, c in ["b": c["a"] ?? x] }["a"] ?? x
    }
    expect(
      """
      scan body function carry input and carry output must have the same pytree structure, but they \
      differ:
      path: /M/scan()
      only in the carry input: nothing
      only in the carry output: variable state/n f32[]
      hint: make variables before the loop, or take their collection out of what it carries
      """
    ) { module, x in
      scan(variableCarry: "state", length: 2)(module, x) { module, x in
        module.variable("state", "n") { Tensor.zeros([]) }.value += 1
        return x
      }
    }
    expect(
      first: "while_loop body function carry input and carry output must have the same pytree "
        + "structure, but they differ:", path: "/M/while_loop()"
    ) { module, x in
      whileLoop(module, x, carryVariables: "params", splitRNGs: ["params": true]) {
        sum($1) .< 30
      } body: {
        Dense(4)($1)
      }
    }
  }

  @Test func loopsOfVariablesThatAreOnlyRead() {
    expect(
      first:
        "Tried to access \"kernel\" from collection \"params\" in \"/while_loop()/Dense_0\" but "
        + "the collection is empty. (\(documentation)ScopeCollectionNotFound)",
      path: "/M/while_loop()/Dense_0 Dense"
    ) { module, x in
      whileLoop(module, x) {
        sum($1) .< 30
      } body: {
        Dense(4)($1)
      }
    }
    let set: @Sendable (Model) -> Void = { $0.putVariable("state", "n", Tensor.ones([])) }
    let first =
      "Cannot update variable \"n\" in \"/while_loop()\" because collection \"state\" is immutable. "
      + "(\(documentation)ModifyScopeVariableError)"
    expect(first: first, path: "/M/while_loop() M") { module, x in
      _ = module.variable("state", "n") { Tensor.zeros([]) }
      return whileLoop(module, x) {
        sum($1) .< 30
      } body: { module, c in
        set(module)
        return c + 1
      }
    }
    expect(first: first, path: "/M/while_loop() M") { module, x in
      _ = module.variable("state", "n") { Tensor.zeros([]) }
      return whileLoop(module, x, carryVariables: "state") { module, c in
        set(module)
        return sum(c) .< 30
      } body: {
        $1 + 1
      }
    }
  }

  @Test func conditionsThatAreNone() {
    expect(
      """
      cond_fun must return a boolean scalar, but got output type(s) [bool[3,4]].
      path: /M/while_loop()
      hint: compare the carry with something, as in carry .< 10
      """
    ) { module, x in
      whileLoop(module, x) {
        $1 .< 10
      } body: {
        $1
      }
    }
    expect(
      first: "cond_fun must return a boolean scalar, but got output type(s) [float32[]].",
      path: "/M/while_loop()"
    ) { module, x in
      whileLoop(module, x) {
        sum($1)
      } body: {
        $1
      }
    }
  }

  // MARK: What steps share

  @Test func sharedValuesThatDependOnTheStep() {
    expect(
      """
      broadcasted variable has a data dependency on the scan body.
      path: /M/scan()
      shared by all steps: state/n
      hint: it must not depend on the carry or the inputs: give it an axis
      """
    ) { module, x in
      scan(variableBroadcast: "state")(module, sum(x), x) { module, c, x in
        _ = module.variable("state", "n") { sum(x) }
        return c
      }
    }
    expect(
      """
      broadcasted variable has a data dependency on the scan body.
      path: /M/scan()
      shared by all steps: output
      hint: it must not depend on the carry or the inputs: give it an axis
      """
    ) { module, x in scan(outAxes: nil)(module, sum(x), x) { ($1, $2) }.outputs }
    expect(
      first: "broadcasted variable has a data dependency on the scan body.", path: "/M/scan()"
    ) { module, x in
      scan(variableBroadcast: "params", splitRNGs: ["params": true], length: 2)(module, x) {
        Dense(4)($1)
      }
    }
    expect(first: "variableAxes of a scan must be integers.", path: "/M/scan()") { module, x in
      scan(variableAxes: ["params": nil], splitRNGs: ["params": false], length: 2)(module, x) {
        Dense(4)($1)
      }
    }
  }

  // MARK: Branches

  @Test func branchesThatDiffer() {
    expect(
      """
      cond branches must have equal output types but they differ.
      path: /M/cond()
      branch 0: result f32[3,4]
      branch 1: result f32[2,4]
      hint: convert one with cast(to:), or give it the other's shape
      """
    ) { module, x in
      cond(Tensor(true), module, x) {
        $1
      } else: {
        $1[0..<2]
      }
    }
    expect(
      """
      cond branch outputs must have the same pytree structure, but they differ:
      path: /M/cond()
      only in branch 0: variable params/a/bias f32[4], variable params/a/kernel f32[4,4]
      only in branch 1: variable params/b/bias f32[4], variable params/b/kernel f32[4,4]
      hint: call all branches once when initializing, if isMutableCollection("params")
      """
    ) { module, x in
      cond(Tensor(true), module, x) {
        Dense(4, name: "a")($1)
      } else: {
        Dense(4, name: "b")($1)
      }
    }
    expect(
      first: "switch branch outputs must have the same pytree structure, but they differ:",
      path: "/M/switch()"
    ) { module, x in
      switchCase(
        Tensor(Int32(0)), module, x, [{ Dense(4, name: "a")($1) }, { Dense(4, name: "b")($1) }])
    }
    expect(
      first: "cond branch outputs must have the same pytree structure, but they differ:",
      path: "/M/cond()"
    ) { module, x in
      cond(Tensor(true), module, x) {
        [$1]
      } else: {
        [$1, $1]
      }[0]
    }
  }

  @Test func choicesThatAreNone() {
    expect(
      """
      Pred must be a scalar, got [1. 1.] of shape (2,).
      path: /M/cond()
      hint: reduce it with all or any
      """
    ) { module, x in
      cond(Tensor.ones([2]), module, x) {
        $1
      } else: {
        $1
      }
    }
    expect(
      first: "Index type must be an integer, got 0.5 as float32[]", path: "/M/switch()"
    ) { module, x in switchCase(Tensor(0.5), module, x, [{ $1 }, { $1 }]) }
    let found = text { module, x in switchCase(Tensor(Int32(0)), module, x, []) }
    #expect(found.hasPrefix("Expected at least one branch, got none."), "\(found)")
  }

  // MARK: Derivatives

  private final class Holding: Module, @unchecked Sendable {
    let other: Dense

    init(_ other: Dense) {
      self.other = other
      super.init()
    }

    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in other(x) + Dense(3)(x) } }
  }

  @Test func derivativesOfSeveralScopes() {
    let first =
      "This transform does not yet support Modules that include other Modules passed as arguments."
    for found in [
      text { _, x in vjp(Holding(Dense(3)), x) { $0($1) }.value },
      text { _, x in jvp(Holding(Dense(3)), x, tangents: x) { $0($1) }.value },
    ] {
      #expect(found.hasPrefix(first + "\npath: /M\n"), "\(found)")
    }
  }

  @Test func cotangentsAndTangentsOfOtherTypes() {
    expect(
      """
      unexpected JAX type (e.g. shape/dtype) for argument to VJP function: got float32[2,2], but \
      expected float32[3,3] because the corresponding output of the differentiated function had JAX \
      type float32[3,3]
      path: /M/vjp(Dense_0)
      cotangent: f32[2,2]
      value: f32[3,3]
      hint: give the cotangent the type of the value, as ones(like: y) has
      """
    ) { _, x in
      let (_, pullback) = vjp(Dense(3), x) { $0($1) }
      return pullback(Tensor.ones([2, 2])).arguments
    }
    expect(
      """
      jvp called with different primal and tangent shapes;Got primal shape (3, 4) and tangent shape \
      as (2, 4)
      path: /M/jvp(Dense_0)
      tangent[0]: f32[2,4]
      value: f32[3,4]
      hint: give the tangent the type of the argument, as ones(like: x) has
      """
    ) { _, x in jvp(Dense(3), x, tangents: x[0..<2]) { $0($1) }.value }
    expect(
      first: "grad can only work on functions with scalar-valued outputs. out shape=(3, 4)",
      path: "/M/value_and_grad()"
    ) { module, x in valueAndGrad(module, x) { $1 }.value }
  }

  // MARK: Others

  @Test func variablesOfMappedCollectionsAreReadOnly() {
    expect(
      first: "Tried to access \"n\" from collection \"state\" in "
        + "\"/map_variables(Map_variablesCnt_0)\" but the collection is empty. "
        + "(\(documentation)ScopeCollectionNotFound)",
      path: "/M/map_variables(Map_variablesCnt_0) Cnt"
    ) { _, x in mapVariables("state") { Counting() }(x) }
  }

  @Test func layersThatCannotBeRepeated() {
    expect(
      """
      remat_scan: the function must give what it takes.
      path: /M/remat_scan()
      takes: argument[0] f32[3,4]
      gives: result[0] f32[3,4], result[1] f32[3,4]
      hint: it takes one carry and gives the next
      """
    ) { module, x in rematScan(lengths: [2])(module, x) { _, x in [x, x] }[0] }
  }

  @Test func liftedModulesWithoutVariables() {
    let found = errorText { try withErrors { _ = vmapped { Dense(3) }(x) } }
    #expect(found.hasPrefix("Can't call lifted modules on unbound modules"), "\(found)")
    let function = errorText { try withErrors { _ = vmap()(Dense(3), x) { $0($1) } } }
    #expect(function.hasPrefix("Can't use lifted transforms on unbound modules"), "\(function)")
  }

  @Test func namesInUse() {
    let found = text { _, x in
      let first = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], name: "a") {
        Dense(3)
      }(x)
      return first
        + vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], name: "a") { Dense(3) }(x)
    }
    #expect(
      found.hasPrefix("Could not create submodule \"a\" in Module M: Name in use."), "\(found)")
  }
}
