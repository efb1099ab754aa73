import Linen
import Tensor

private final class Foo: Module, @unchecked Sendable {
  @Setup var a: Dense
  @Setup var b: Dense

  override func setup() {
    a = Dense(4)
    b = Dense(3)
  }

  func encode(_ x: Tensor) -> Tensor { method(x) { x in a(x) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in b(encode(x)) } }
}

/// Functions of a module as functions that initialize and apply, and apply with any method.
func functionalInitApply(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let (foo, key) = (Foo(), run.key(0))
  func f(_ foo: Foo, _ x: Tensor) -> (Tensor, Tensor) {
    let z = foo.encode(x)
    return (foo.b(z), z)
  }
  let initialize = outputInitializer(of: foo) { (foo: Foo, x: Tensor) in f(foo, x) }
  let (output, variables) = try initialize(key, x)
  run.give("vars", variables)
  run.give("out", list: [output.0, output.1])
  let makeVariables = initializer(of: foo) { (foo: Foo, x: Tensor) in f(foo, x) }
  run.give("vars_init", try makeVariables(key, x))
  run.give("vars_lazy", try foo.lazyInitialize(key) { $0(Tensor(x.type)) })
  let call = applier(of: foo) { (foo: Foo, x: Tensor) in f(foo, x) }
  let applied = try call(variables, x)
  run.give("out_apply", list: [applied.0, applied.1])
  run.give("vars_encode", try foo.initialize(key) { $0.encode(x) })
  // A method by its name, as it is bound, and a function are all closures here.
  run.give("out_method_name", try foo.apply(variables) { $0.encode(x) })
  run.give("out_method_function", try foo.apply(variables) { $0.a(x) * 2 })
  let encode = Foo.encode
  run.give("out_method_bound", try foo.apply(variables) { encode($0)(x) })
}
