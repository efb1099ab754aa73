import Linen
import Testing

private final class Seen: @unchecked Sendable {
  weak var module: Module?
  weak var scope: Scope?
  var count = 0
}

/// What linen_module_test.py tests by JAX's leak checker: that nothing outlives a transform.
@Suite struct FlaxLeakTests {
  @Test func tracerLeaks() throws {
    let seen = Seen()
    let model = Model { model, x in
      let dense = Dense(50)
      seen.module = dense
      seen.scope = model.scope
      seen.count += 1
      return dense(x)
    }
    let mapped = vmap(inAxes: [0, nil]) { (key: Key, x: Tensor) in
      let variables = try model.initialize(key) { $0(Tensor.zeros([10, 50])) }
      return try model.apply(variables) { $0(x) }
    }
    let sample = jit { (keys: Key, x: Tensor) in try mapped(keys, x) }
    for _ in 0..<5 {
      let y = try sample(Key(23).split(into: [100]), Tensor.ones([4, 50]))
      #expect(y.shape == [100, 4, 50])
    }
    // Traced once: for the variables and for the result.
    #expect(seen.count == 2)
    #expect(seen.module == nil)
    #expect(seen.scope == nil)
  }
}
