import Linen
import Testing

/// A variable of a module, changed by another of its methods.
private final class PassesVariable: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        let baz = module.variable("test", "baz") { zeros(like: x) }
        return module.change(baz, x)
      }
    }
  }

  private func change(_ baz: Variable<Tensor>, _ x: Tensor) -> Tensor {
    method(x) { x in
      jit()(self, x, static: 0) { _, x in
        baz.value += x
        return baz.value
      }
    }
  }
}

/// A counter of what it was given.
private final class Inner: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        let baz = module.variable("test", "baz") { zeros(like: x) }
        baz.value += x
        return baz.value
      }
    }
  }
}

private final class PassesModule: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in module.call(Inner(name: "inner"), x) }
    }
  }

  private func call(_ inner: Inner, _ x: Tensor) -> Tensor {
    method(x) { x in jit()(self, x, static: 0) { inner($1) } }
  }
}

private final class Outer: Module, @unchecked Sendable {
  func callAsFunction(_ inner: Inner, _ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0, including: [inner]) { module, x in module.call(inner, x) }
    }
  }

  private func call(_ inner: Inner, _ x: Tensor) -> Tensor {
    method(x) { x in jit()(self, x, static: 0, including: [inner]) { inner($1) } }
  }
}

private final class PassesModuleDown: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { _, x in
        let inner = Inner(name: "inner")
        return Outer(name: "outer")(inner, x)
      }
    }
  }
}

/// Changes a variable of another module that it holds.
private final class NestedVariableUser: Module, UnaryLayer, @unchecked Sendable {
  let some: Variable<Tensor>

  init(_ some: Variable<Tensor>) {
    self.some = some
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        module.some.value += x
        return x
      }
    }
  }
}

private final class VariableUser: Module, UnaryLayer, @unchecked Sendable {
  let some: Variable<Tensor>

  init(_ some: Variable<Tensor>) {
    self.some = some
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { NestedVariableUser($0.some)($1) }
    }
  }
}

@Suite("Variables and modules passed into lifted transforms, from Flax's tests")
struct PassedReferencesTests {
  private func check<M: Module>(
    _ model: M, _ path: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ call: (M, Tensor) -> Tensor
  ) throws {
    let x = Tensor.ones([1])
    let variables = try model.initialize(Key(0)) { call($0, x) }
    let updates = try model.apply(variables, mutable: ["test"]) { call($0, x) }.variables
    for (collections, expected) in [(variables, Float(1)), (updates, 2)] {
      let part = path.reduce(collections) { $0[$1] as Variables }
      #expect(try part.tensor?.scalars() == [expected], sourceLocation: sourceLocation)
    }
  }

  @Test func variableInTheArgumentsOfATransform() throws {
    try check(PassesVariable(), ["test", "baz"]) { $0($1) }
  }

  @Test func moduleInTheArgumentsOfATransform() throws {
    try check(PassesModule(), ["test", "inner", "baz"]) { $0($1) }
  }

  @Test func moduleInTheArgumentsOfNestedTransforms() throws {
    try check(PassesModuleDown(), ["test", "inner", "baz"]) { $0($1) }
  }

  @Test func variableInTheProperties() throws {
    let model = Lifting { module, x in
      jit()(module, x, static: 0) { module, x in
        let baz = module.variable("test", "baz") { zeros(like: x) }
        return VariableUser(baz)(x)
      }
    }
    try check(model, ["test", "baz"]) { $0($1) }
  }

  /// Its values would be those of one member.
  @Test func variableOfAnotherScopeCantBeSet() {
    let model = Lifting { module, x in
      let count = module.variable("test", "count") { Tensor.zeros([]) }
      let layer = Lifting(name: "layer") { layer, x in
        vmap()(layer, x) { _, x in
          count.value = sum(x)
          return x
        }
      }
      return layer(x)
    }
    let text = errorText { _ = try model.initialize(Key(0)) { $0(Tensor.ones([2, 3])) } }
    #expect(text.hasPrefix("Jax transforms and Flax models cannot be mixed."), "\(text)")
  }

  @Test func returnedModule() {
    let model = Lifting { module, x in foldRNGs()(module) { _ in Simple() }(x) }
    let text = errorText { _ = try model.apply([:]) { $0(Tensor.ones([2])) } }
    #expect(
      text.hasPrefix("Transformed module method fold_rngs cannot return Modules or Variables."),
      "\(text)")
  }

  @Test func returnedVariable() {
    let model = Lifting { module, x in
      foldRNGs()(module) { $0.variable("test", "baz") { x } }.value
    }
    let text = errorText { _ = try model.initialize(Key(0)) { $0(Tensor.ones([2])) } }
    #expect(
      text.hasPrefix("Transformed module method fold_rngs cannot return Modules or Variables."),
      "\(text)")
  }

  @Test func liftOfSomethingElse() {
    struct Nothing: LiftTarget {}
    let model = Lifting { _, x in remat()(Nothing(), x) { $1 } }
    let text = errorText { _ = try model.apply([:]) { $0(Tensor.ones([2])) } }
    #expect(
      text.hasPrefix(
        "Linen transformations must be applied to Modules classes or functions taking a Module "
          + "instance as the first argument. The provided target is not a Module class or "
          + "callable: Nothing()"), "\(text)")
  }

  /// A method without `compact` or `method` runs as a part of the one that calls it.
  @Test func methodsThatAreNotWrapped() throws {
    final class Bar: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in helper(x) } }
      func helper(_ x: Tensor) -> Tensor {
        #expect(isInitializing == false)
        #expect(path == [])
        return x
      }
    }
    let seen = TraceCounter()
    _ = try interceptMethods { next, arguments, _ in
      seen.add()
      return next(arguments)
    } _: {
      try Bar().apply([:]) { $0(Tensor.ones([2])) }
    }
    #expect(seen.value == 1)
  }
}
