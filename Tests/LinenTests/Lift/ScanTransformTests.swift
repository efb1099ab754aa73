import Linen
import Testing

private final class SimpleScan: Module, @unchecked Sendable {
  func callAsFunction(_ c: LSTMCarry, _ xs: Tensor) -> (carry: LSTMCarry, outputs: Tensor) {
    compact(c, xs) { c, xs in
      scan(variableBroadcast: "params", splitRNGs: ["params": false], name: "lstm_cell") {
        LSTMCell(2)
      }(c, xs)
    }
  }
}

private final class MethodScan: Module, @unchecked Sendable {
  func callAsFunction(
    _ c: LSTMCarry, _ b: Tensor, _ xs: Tensor
  ) -> (carry: LSTMCarry, outputs: Tensor) {
    compact(c, b, xs) { c, b, xs in
      let loop = scan(
        variableBroadcast: "params", splitRNGs: ["params": false], inAxes: [nil, 0])
      return loop(self, c, b, xs) { _, c, b, x in
        #expect(b.shape == [4])
        let (next, y) = LSTMCell(2, name: "lstm_cell")(c, x)
        return (next, y)
      }
    }
  }
}

private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(4)(x) } }
}

/// A layer that counts its calls.
private final class CountingLayer: Module, @unchecked Sendable {
  func callAsFunction(_ c: Tensor, _ x: Tensor) -> (Tensor, Tensor) {
    compact(c, x) { c, x in
      let counter = variable("counter", "i") { Tensor.zeros([]) }
      counter.value += 1
      return (c, Dense(1)(x))
    }
  }
}

private final class Pair: Module, @unchecked Sendable {
  let layers: [String: CountingLayer]

  init(_ layers: [String: CountingLayer]) {
    self.layers = layers
    super.init()
  }

  override class var submoduleNames: [String: String] { ["layers": "A"] }

  func callAsFunction(_ c: Tensor, _ x: Tensor) -> (Tensor, Tensor) {
    compact(c, x) { c, x in
      guard let foo = layers["foo"], let bar = layers["bar"] else { return (c, x) }
      let (d, y) = bar(c, x)
      return foo(d, y)
    }
  }
}

@Suite("Lifted scan, from Flax's tests") struct ScanTransformTests {
  /// The steps of a cell one by one.
  private func steps(
    _ variables: Variables, _ carry: LSTMCarry, _ xs: Tensor
  ) throws -> (LSTMCarry, Tensor) {
    var carry = carry
    var outputs: [Tensor] = []
    let params: Variables = variables["params"]["lstm_cell"]
    for i in 0..<xs.shape[0] {
      let (next, y) = try LSTMCell(2).apply(["params": params]) { $0(carry, xs[i]) }
      carry = next
      outputs.append(y)
    }
    return (carry, stack(outputs))
  }

  @Test func scanOfACell() throws {
    let keys = Key(0).split()
    let xs = Random.uniform(keys[0], [5, 3, 2])
    let start = LSTMCell(2).initializeCarry(Key(0), [3, 2])
    let variables = try SimpleScan().initialize(keys[1]) { $0(start, xs) }
    try expect(variables, "scan_class", "vars", exactly: true)
    let (carry, y) = try SimpleScan().apply(variables) { $0(start, xs) }
    try expect(y, "scan_class", "out")
    try expect(list: [carry.c, carry.h], "scan_class", "carry")
    let (last, ys) = try steps(variables, start, xs)
    try expectScalars(y, ys.scalars(as: Double.self), tolerance: 1e-7)
    try expectScalars(carry.c, last.c.scalars(as: Double.self), tolerance: 1e-7)
    try expectScalars(carry.h, last.h.scalars(as: Double.self), tolerance: 1e-7)
  }

  @Test func scanOfAMethod() throws {
    let keys = Key(0).split()
    let xs = Random.uniform(keys[0], [5, 3, 2])[0..<4]
    let b = Tensor.ones([4])
    let start = LSTMCell(2).initializeCarry(Key(0), [3, 2])
    let variables = try MethodScan().initialize(keys[1]) { $0(start, b, xs) }
    try expect(variables, "scan_method", "vars", exactly: true)
    let (carry, y) = try MethodScan().apply(variables) { $0(start, b, xs) }
    try expect(y, "scan_method", "out")
    try expect(list: [carry.c, carry.h], "scan_method", "carry")
    let (_, ys) = try steps(variables, start, xs)
    try expectScalars(y, ys.scalars(as: Double.self), tolerance: 1e-7)
  }

  @Test func scanOfNegativeAxes() throws {
    let x = Random.normal(Key(1), [1, 2, 3])
    let model = Lifting { _, x in
      scan(
        variableBroadcast: "params", splitRNGs: ["params": false], inAxes: 1, outAxes: -1
      ) { Foo() }(EmptyTree(), x) { foo, carry, x in (carry, foo(x)) }.outputs
    }
    let (y, variables) = try model.initializeWithOutput(Key(0)) { $0(x) }
    #expect(y.shape == [1, 4, 2])
    #expect(
      variables.shapesDescription
        == "{'params': {'ScanFoo_0': {'Dense_0': {'bias': (4,), 'kernel': (3, 4)}}}}")
    try expect(variables, "scan_negative_axes", "vars", exactly: true)
    try expect(y, "scan_negative_axes", "out")
  }

  @Test func scanOfAFunctionThatMakesALayer() throws {
    let x = Tensor.ones([3])
    let model = Lifting { module, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 5)(module, x) {
        Dense($1.shape[-1])($1)
      }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (5, 3), 'kernel': (5, 3, 3)}}}")
    try expect(variables, "scan_compact_count", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "scan_compact_count", "out")
  }

  @Test func scanOfModulesAdoptedAtTheTop() throws {
    let x = Random.normal(Key(8), [10, 2])
    let layers = ["foo": CountingLayer(), "bar": CountingLayer()]
    let variables = try Pair(layers).initialize(Key(0)) { $0(x, x) }
    try expect(variables, "scan_adopted", "vars", exactly: true)
    let loop = scan(
      variableBroadcast: "params", variableCarry: "counter", splitRNGs: ["params": false]
    ) { Pair(layers) }
    let ((_, y), updates) = try loop.apply(variables, mutable: ["counter"]) {
      $0(x, x) { $0($1, $2) }
    }
    #expect(updates.description == "{'counter': {'A_bar': {'i': 11.0}, 'A_foo': {'i': 11.0}}}")
    try expect(updates, "scan_adopted", "upd")
    try expect(y, "scan_adopted", "out")
  }
}
