import Linen
import Testing

/// How a module's method is compiled: the module is a lifted one, or its method runs in a transform.
enum JITForm: CaseIterable, Sendable { case lifted, method }

private final class Counter: Module, @unchecked Sendable {
  func callAsFunction() -> Tensor { compact { count() } }

  func compiled() -> Tensor { compact { jit()(self, static: 0) { $0.count() } } }

  private func count() -> Tensor {
    let value = variable("counter", "foo") { Tensor([Int32(0)]) }
    value.value += Tensor([Int32(1)])
    return value.value
  }
}

private final class Outer: Module, UnaryLayer, @unchecked Sendable {
  let form: JITForm

  init(_ form: JITForm, name: String? = nil) {
    self.form = form
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      if form == .lifted {
        _ = jit(name: "cntr") { Counter() }(static: 0) { $0() }
        return x
      }
      return jit()(self, x, static: 0) { _, x in
        _ = Counter(name: "cntr").compiled()
        return x
      }
    }
  }
}

private final class Inner: Module, UnaryLayer, @unchecked Sendable {
  let outerModules: [any UnaryLayer]
  let form: JITForm

  init(_ outerModules: [any UnaryLayer], _ form: JITForm, name: String? = nil) {
    self.outerModules = outerModules
    self.form = form
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      form == .lifted ? through(x) : jit()(self, x, static: 0) { $0.through($1) }
    }
  }

  private func through(_ x: Tensor) -> Tensor {
    outerModules.reduce(zeros(like: x)) { $0 + $1(x) }
  }
}

/// Two modules that share others, all compiled.
private final class Sharing: Module, UnaryLayer, @unchecked Sendable {
  let names: [String]
  let form: JITForm
  let isCompiled: Bool

  init(_ names: [String], _ form: JITForm, isCompiled: Bool = false) {
    (self.names, self.form, self.isCompiled) = (names, form, isCompiled)
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      isCompiled ? jit()(self, x, static: 0) { $0.through($1) } : through(x)
    }
  }

  private func through(_ x: Tensor) -> Tensor {
    let outers = names.map { name -> any UnaryLayer in
      if form == .lifted { return jit(name: name) { Outer(form) } }
      return Outer(form, name: name)
    }
    let inners = ["inner1", "inner2"].map { name -> any UnaryLayer in
      if form == .lifted { return jit(name: name) { Inner(outers, form) } }
      return Inner(outers, form, name: name)
    }
    return inners[0](x) + inners[1](x)
  }
}

private final class AliasA: Module, UnaryLayer, @unchecked Sendable {
  let b: AliasB

  init(_ b: AliasB) {
    self.b = b
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self, x, static: 0) { $0.b($1) } }
  }
}

private final class AliasB: Module, UnaryLayer, @unchecked Sendable {
  let c: AliasC

  init(_ c: AliasC) {
    self.c = c
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        _ = AliasC(name: "outer_c")(x)
        return module.c(x)
      }
    }
  }
}

private final class AliasC: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        let isInitialized = module.hasVariable("muts", "v")
        let v = module.variable("muts", "v") { zeros(like: x) }
        if isInitialized { v.value += x }
        return x
      }
    }
  }
}

/// A parameter made in setup, used by a module and by a compiled one that holds it.
private final class OuterSetup: Module, UnaryLayer, @unchecked Sendable {
  @Setup var a: SetupParameter
  @Setup var b: Lifted<Using, JIT>

  override func setup() {
    let shared = SetupParameter()
    a = shared
    b = jit { Using(shared) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      let y = b(x)
      return a(x) + y
    }
  }
}

private final class SetupParameter: Module, UnaryLayer, @unchecked Sendable {
  @Setup var foo: Tensor

  override func setup() { foo = param("foo", .zeros, [2, 2]) }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { _ in foo } }
}

private final class Using: Module, UnaryLayer, @unchecked Sendable {
  let part: SetupParameter

  init(_ part: SetupParameter) {
    self.part = part
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in part(x) } }
}

private final class TwoLayers: Module, @unchecked Sendable {
  let m1: Dense
  let m2: Dense?

  init(_ m1: Dense, _ m2: Dense? = nil) {
    (self.m1, self.m2) = (m1, m2)
    super.init()
  }

  func callAsFunction(_ x: Tensor, _ other: Dense? = nil) -> Tensor {
    compact(x) { x in
      let y = m1(x)
      return (other ?? m2)?(y) ?? y
    }
  }
}

@Suite("Modules that several lifted transforms share, from Flax's tests")
struct SharedModulesTests {
  private func check(_ names: [String], _ form: JITForm, isCompiled: Bool = false) throws {
    let x = Tensor.ones([1, 1])
    let model = Sharing(names, form, isCompiled: isCompiled)
    let variables = try model.initialize(Key(0)) { $0(x) }
    let updates = try model.apply(variables, mutable: ["counter"]) { $0(x) }.variables
    for name in names {
      for (collections, count) in [(variables, 2), (updates, 4)] {
        let value: Tensor = collections["counter"][name]["cntr"]["foo"]
        #expect(try value.scalars(as: Int.self) == [count])
      }
    }
  }

  @Test(arguments: JITForm.allCases) func multiscopeLifting(_ form: JITForm) throws {
    try check(["outer"], form)
  }

  @Test(arguments: JITForm.allCases) func multiscopeLiftingOfAnArray(_ form: JITForm) throws {
    try check(["outer1", "outer2"], form)
  }

  @Test func multiscopeLiftingInsideOfJIT() throws {
    try check(["outer"], .method, isCompiled: true)
  }

  @Test func complicatedAliasMutation() throws {
    let x = Tensor.ones([1])
    let model = AliasA(AliasB(AliasC()))
    let variables = try model.initialize(Key(0)) { $0(x) }
    let updates = try model.apply(variables, mutable: ["muts"]) { $0(x) }.variables
    for name in ["c", "outer_c"] {
      let value: Tensor = updates["muts"]["b"][name]["v"]
      #expect(try value.scalars() == [1])
    }
  }

  @Test func outerSetupIsCalledWithSharingAcrossTransforms() throws {
    let x = Random.randint(Key(0), [2, 2], 0, 10)
    let variables = try OuterSetup().initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'a': {'foo': (2, 2)}}}")
    #expect(try OuterSetup().apply(variables) { $0(x) }.shape == [2, 2])
  }

  @Test func aModuleMayStandInTwoProperties() throws {
    let x = Tensor.zeros([2, 2])
    let model = Lifting { _, x in
      let dense = Dense(2)
      return jit { TwoLayers(dense, dense) }(x, static: 0) { $0($1) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription == "{'params': {'Dense_0': {'bias': (2,), 'kernel': (2, 2)}}}")
  }

  @Test func aModuleMayStandInAPropertyAndBeCaptured() throws {
    let x = Tensor.zeros([2, 2])
    let model = Lifting { _, x in
      let dense = Dense(2)
      return jit { TwoLayers(dense) }(x, static: 0) { $0($1, dense) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription == "{'params': {'Dense_0': {'bias': (2,), 'kernel': (2, 2)}}}")
  }
}
