import Linen
import Testing

private final class GradShared: Module, @unchecked Sendable {
  let bar: Dense

  init(_ bar: Dense) {
    self.bar = bar
    super.init()
  }

  func callAsFunction(_ x: Tensor, _ y: Tensor) -> [Tensor] {
    compact(x, y) { x, y in
      let (z, aux, (ofX, ofY)) = valueAndGrad(self, x, y) { module, x, y in
        let delta = y - module.bar(Dense(4)(x))
        return (sum(delta * delta), delta)
      }
      return [z, aux, ofX, ofY]
    }
  }
}

private final class User: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> [Tensor] {
    compact(x, y) { x, y in GradShared(Dense(4))(x, y) }
  }
}

private final class Counting: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> (Tensor, Variables, Tensor, Tensor) {
    compact(x) { x in
      let (y, pullback, aux) = vjp(self, x) { module, x in
        let count = module.variable("state", "count") { Tensor.zeros([]) }
        count.value = count.value + 1
        return (Dense(2)(x), count.value)
      }
      let (ofParams, ofX) = pullback(ones(like: y))
      return (y, ofParams, ofX, aux)
    }
  }
}

@Suite("Lifted derivatives, against Flax")
struct DerivativeTests {
  @Test("gradients through a module of another scope")
  func sharing() throws {
    let (x, y) = (try LiftFixture.input("x4"), try LiftFixture.input("x34")[0])
    let variables = try User().initialize(Key(0)) { $0(x, y) }
    try expect(variables, "grad_sharing", "vars", exactly: true)
    try expect(list: try User().apply(variables) { $0(x, y) }, "grad_sharing", "out")
  }

  @Test("a function that writes to variables and gives an auxiliary result")
  func state() throws {
    let x = try LiftFixture.input("x34")
    let variables = try Counting().initialize(Key(0)) { $0(x) }
    try expect(variables, "vjp_state", "vars", exactly: true)
    let ((y, ofParams, ofX, aux), updates) = try Counting().apply(
      variables, mutable: ["state"]
    ) { $0(x) }
    try expect(y, "vjp_state", "out")
    try expect(ofParams, "vjp_state", "grad")
    try expect(ofX, "vjp_state", "grad_in")
    try expect(aux, "vjp_state", "aux")
    try expect(updates, "vjp_state", "upd")
  }
}
