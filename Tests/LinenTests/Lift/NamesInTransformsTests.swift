import Linen
import Testing

private final class HelperOfSubmodule: Module, @unchecked Sendable {
  let isCompiled: Bool
  @Setup var inner: Dense

  init(isCompiled: Bool) {
    self.isCompiled = isCompiled
    super.init()
  }

  override func setup() { inner = Dense(2) }

  private func helper(_ x: Tensor, _ layer: Dense) -> Tensor {
    method(x) { x in isCompiled ? jit()(self, x, static: 0) { layer($1) } : layer(x) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      isCompiled
        ? jit()(self, x, static: 0) { $0.helper($1, $0.inner) } : helper(x, inner)
    }
  }
}

private final class TakesNames: Module, @unchecked Sendable {
  private func helper(_ x: Tensor, _ layer: Dense) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { _, x in
        _ = Dense(2, name: "a")
        return layer(x)
      }
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        let layer = Dense(2, name: "a")
        return module.helper(x, layer)
      }
    }
  }
}

private final class Identity: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in x } }
}

private final class SetsTwice: Module, @unchecked Sendable {
  @Setup var sub: Identity

  override func setup() {
    sub = Identity()
    sub = Identity()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in jit()(self, x, static: 0) { $1 } }
  }
}

private final class SetsArrayTwice: Module, @unchecked Sendable {
  @Setup var subs: [Identity]

  override func setup() {
    subs = [Identity(), Identity()]
    subs = [Identity(), Identity()]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in jit()(self, x, static: 0) { $1 } }
  }
}

@Suite("Names inside of lifted transforms, from Flax's tests") struct NamesInTransformsTests {
  let x = Tensor.ones([2])

  @Test func jitWithSetupAndMethodsOnSubmodules() throws {
    let x = Random.normal(Key(10), [2, 2])
    let plain = try HelperOfSubmodule(isCompiled: false).initialize(Key(0)) { $0(x) }
    let model = HelperOfSubmodule(isCompiled: true)
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(plain.shapesDescription == variables.shapesDescription)
    try expect(variables, "jit_nested_methods", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "jit_nested_methods", "out")
  }

  @Test func methodsOnSubmodulesStillReserveNames() {
    let text = errorText { _ = try TakesNames().initialize(Key(0)) { $0(x) } }
    #expect(
      text.hasPrefix("Could not create submodule \"a\" in Module TakesNames: Name in use."),
      "\(text)")
  }

  @Test func setupStillReservesNames() {
    let text = errorText { _ = try SetsTwice().initialize(Key(0)) { $0(x) } }
    #expect(
      text.hasPrefix("Could not create submodule \"sub\" in Module SetsTwice: Name in use."),
      "\(text)")
  }

  @Test func setupStillReservesNamesOfArrays() {
    let text = errorText { _ = try SetsArrayTwice().initialize(Key(0)) { $0(x) } }
    #expect(
      text.hasPrefix(
        "Could not create submodule \"subs_0\" in Module SetsArrayTwice: Name in use."),
      "\(text)")
  }
}
