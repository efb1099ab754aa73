import Linen
import Training

private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = Dense(4)(x)
      sow("intermediates", "h", h)
      return Dense(2)(h)
    }
  }
}

private final class Foo2: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      sow("intermediates", "h", sum(x), initial: { Tensor(0.0) }, reduce: +)
      sow("intermediates", "h", sum(x * 2), initial: { Tensor(0.0) }, reduce: +)
      sow("intermediates", "all", element(of: x, 0))
      sow("intermediates", "all", element(of: x, 1) * 3)
      return x
    }
  }
}

/// sow: tuples by default, a reduction, twice under one name, and without the collection mutable.
func docsSow(_ run: ProgramRun) throws {
  let (x, z) = (try run.input("x"), try run.input("z"))
  let model = Foo()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let (y, state) = try model.apply(variables, mutable: ["intermediates"]) { $0(x) }
  let second = try Foo2().apply([:], mutable: ["intermediates"]) { $0(z) }
  run.give("vars", variables)
  run.give("out", y)
  run.give("upd", state)
  run.give("out_plain", try model.apply(variables) { $0(x) })
  run.give("upd2", second.variables)
  run.give(value: "init_collections", .texts(variables.keys.sorted()))
  let intermediates: Variables = state["intermediates"]
  let sown: Variables = intermediates["h"]
  guard let h = sown.elements?.first?.tensor else { throw GoldenError("h is no tuple of tensors") }
  run.give(text: "h00", .numbers("\(element(of: h, 0))"))
}
