import Linen
import Testing

private final class Perturbed: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = perturb("before_multiply", Dense(10)(x))
      return perturb("after_multiply", 4 * h)
    }
  }
}

private final class PerturbedSetup: Module, @unchecked Sendable {
  @Setup var a: Dense
  override func setup() { a = Dense(10) }
  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      let h = perturb("before_multiply", a(x))
      return perturb("after_multiply", 4 * h)
    }
  }
}

/// What linen_module_test.py tests of variables, `sow`, `perturb` and intermediates.
@Suite struct FlaxVariablesTests {
  @Test func sowForms() throws {
    let foo = Model { module, x in
      module.sow("intermediates", "h", x)
      module.sow("intermediates", "h", 2 * x)
      return 3 * x
    }
    let one = Tensor(1)
    // Intermediates are not gathered by initialization, unless it is asked to.
    #expect(try foo.initialize(Key(0)) { $0(one) }.isEmpty)
    let all = try foo.initialize(Key(0), mutable: true) { $0(one) }
    let state = try foo.apply([:], mutable: ["intermediates"]) { $0(one) }.variables
    for variables in [all, state] {
      #expect(variables.keys == ["intermediates"])
      let sown = variables["intermediates"]["h"].elements ?? []
      #expect(try sown.map { try $0.tensor?.item(as: Int.self) } == [1, 2])
    }
    let summing = Model { module, x in
      for value in [x, 2 * x] {
        module.sow("intermediates", "h", value, initial: { Tensor(0) }) { $0 + $1 }
      }
      return 3 * x
    }
    let sum = try summing.apply([:], mutable: ["intermediates"]) { $0(one) }.variables
    try expectScalars(sum["intermediates"]["h"], [3])
    try expectScalars(foo.apply([:]) { $0(one) }, [3])
  }

  @Test func captureIntermediates() throws {
    final class Bar: Module, @unchecked Sendable {
      func test(_ x: Tensor) -> Tensor { method(x) { x in x + 1 } }
    }
    let foo = Model { _, x in Bar().test(x) + 1 }
    let calls = try foo.apply([:], captureIntermediates: true) { $0(Tensor(1)) }.variables
    #expect(calls.shapesDescription == "{'intermediates': {'__call__': ((),)}}")
    #expect(
      try calls["intermediates"]["__call__"].elements?.first?.tensor?.item(as: Int.self) == 3)
    let some = try foo.apply([:], captureIntermediates: .matching { module, _ in module is Bar }) {
      $0(Tensor(1))
    }.variables
    #expect(some.shapesDescription == "{'intermediates': {'Bar_0': {'test': ((),)}}}")
    let captured = some["intermediates"]["Bar_0"]["test"].elements?.first?.tensor
    #expect(try captured?.item(as: Int.self) == 2)
  }

  private func gradients<M: Module>(
    _ model: M, _ call: @escaping (M, Tensor) -> Tensor
  ) throws -> Variables {
    let x = Random.uniform(Key(1), [10])
    let y = Random.uniform(Key(2), [10])
    let variables = try model.initialize(Key(0)) { call($0, x) }
    return try grad { (perturbations: Variables) in
      let given = variables.merging(["perturbations": perturbations])
      let error = try model.apply(given) { call($0, x) } - y
      return mean(error * error)
    }(variables["perturbations"])
  }

  /// What is behind a product with 4 has a quarter of the gradient.
  @Test func perturbGradients() throws {
    let gradients = try gradients(Perturbed()) { $0($1) }
    try expectEqual(gradients["after_multiply"] * 4, gradients["before_multiply"])
    let after: Tensor = gradients["after_multiply"]
    try expectScalars(
      after,
      [
        -1.2655416, 0.042550422, -0.12131836, 0.1452734, 0.75831527, 0.28306746, 0.036070671,
        -0.088505857, 0.06513989, -0.62227029,
      ])
  }

  @Test func perturbSetup() throws {
    let gradients = try gradients(PerturbedSetup()) { $0($1) }
    try expectEqual(gradients["after_multiply"] * 4, gradients["before_multiply"])
    let after: Tensor = gradients["after_multiply"]
    try expectScalars(
      after,
      [
        0.51709062, -0.19553536, -0.24112001, -1.006256, -0.66973954, 0.31113994, -0.28110975,
        0.3195397, 0.41018707, -0.1501302,
      ])
  }

  @Test func perturbNoop() throws {
    let x = Random.uniform(Key(1), [10])
    let model = Perturbed()
    let variables = try model.initialize(Key(0)) { $0(x) }
    let params = variables["params"]
    let y = try model.apply(["params": params]) { $0(x) }
    let text = errorText {
      _ = try model.apply(["params": params, "perturbations": Variables()]) { $0(x) }
    }
    #expect(
      text.hasPrefix(
        "Perturbation collection perturbations present, but missing perturbation variable "
          + "before_multiply"), "\(text)")
    try expectEqual(model.apply(variables) { $0(x) }, y)
  }

  @Test func getPutHasVariable() throws {
    @Sendable func exchange(_ module: Module, _ x: Tensor) -> Tensor {
      module.putVariable("test_col", "a", x)
      #expect(module.hasVariable("test_col", "a"))
      return module.getVariable("test_col", "a") ?? Tensor(0)
    }
    final class InSetup: Module, @unchecked Sendable {
      override func setup() {
        putVariable("test_col", "a", Tensor.ones([2]))
        #expect(hasVariable("test_col", "a"))
      }
      func callAsFunction() -> Tensor { method { getVariable("test_col", "a") ?? Tensor(0) } }
    }
    let x = Tensor.ones([2])
    for model in [Model { exchange($0, $1) }, Model(isCompact: false) { exchange($0, $1) }] {
      let (y, variables) = try model.apply([:], mutable: ["test_col"]) { $0(x) }
      try expectEqual(y, x)
      try expectEqual(variables["test_col"]["a"], x)
    }
    let (y, variables) = try InSetup().apply([:], mutable: ["test_col"]) { $0() }
    try expectEqual(y, x)
    try expectEqual(variables["test_col"]["a"], x)
  }

  @Test func isMutableCollection() throws {
    final class Empty: Module, @unchecked Sendable {
      func callAsFunction() -> Bool { method { isMutableCollection("test") } }
    }
    #expect(try Empty().apply([:], mutable: ["test"]) { $0() }.output)
    #expect(try !Empty().apply([:], mutable: false) { $0() }.output)
    #expect(try !Empty().apply([:]) { $0() })
  }

  @Test func isInitializing() throws {
    final class Foo: Module, @unchecked Sendable {
      func callAsFunction() -> Bool { method { isInitializing } }
    }
    #expect(try Foo().initializeWithOutput(Key(0)) { $0() }.output)
    #expect(try !Foo().apply([:]) { $0() })
    #expect(try !Foo().apply([:], mutable: true) { $0() }.output)
  }
}
