import Linen
import Tensor

private final class Child: Module, @unchecked Sendable {
  let dense: Dense
  let other: Dense?

  init(_ dense: Dense, other: Dense? = nil) {
    self.dense = dense
    self.other = other
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = Dense(3)(dense(x))
      return other.map { $0(y) } ?? y
    }
  }
}

private final class Parent: Module, @unchecked Sendable {
  @Setup var shared: Dense
  @Setup var first: Child
  @Setup var second: Child
  @Setup var table: [String: any Sendable]
  @Setup var pair: [Dense]

  override func setup() {
    shared = Dense(3)
    first = Child(shared)
    second = Child(shared, other: Dense(3))
    table = ["a": Dense(3), "b": [Dense(3), Dense(3)]]
    let alias = Dense(3)
    pair = [alias, alias]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      guard let a = table["a"] as? Dense, let b = table["b"] as? [Dense] else { return x }
      return pair[1](pair[0](b[1](a(second(first(x))))))
    }
  }
}

private final class Compact: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let d = Dense(3)
      var y = Dense(3, name: "named")(d(d(x)))
      y = LayerNorm()(Dense(3)(y))
      return Child(Dense(3), other: Dense(2))(y)
    }
  }
}

/// Names: automatic, explicit, shared instances, modules passed in, setup with lists and
/// dictionaries.
func sharedSubmodules(_ run: ProgramRun) throws {
  let x = try run.input("x")
  try give(run, "parent", Parent(), x) { $0(x) }
  try give(run, "compact", Compact(), x) { $0(x) }
  try give(run, "top", Child(Dense(4)), x) { $0(x) }
}

private func give<M: Module>(
  _ run: ProgramRun, _ name: String, _ model: M, _ x: Tensor, _ call: (M) -> Tensor
) throws {
  let variables = try model.initialize(run.key(0), call)
  run.give("vars_\(name)", variables)
  run.give("out_\(name)", try model.apply(variables, call))
}
