import Autodiff
import Testing

/// Calls that show in graphs by their name.
@Suite("namedCall")
struct NamedCallTests {
  private let x = Tensor([0.5, 1.5])

  @Test("the name shows in the traced graph, and the compiler inlines it")
  func text() throws {
    let layer = namedCall(name: "layer") { (x: Tensor) in sin(x) * 2 }
    let lowered = try jit { (x: Tensor) in try layer(x) + x }.lower(x)
    #expect(
      lowered.tracedDescription == """
        { lambda ; a:f32[2]. let
            b:f32[2] = named_call[
              label=layer
              body={ lambda ; a:f32[2]. let
                  b:f32[2] = sin a
                  c:f32[2] = mul b 2.0:f32[2]
                in (c,) }
            ] a
            c:f32[2] = add b a
          in (c,) }
        """)
    #expect(
      lowered.description == """
        { lambda ; a:f32[2]. let
            b:f32[2] = sin a
            c:f32[2] = mul b 2.0:f32[2]
            d:f32[2] = add c a
          in (d,) }
        """)
    #expect(lowered.memoryPasses == 1)
  }

  @Test("outside of jit, values stay visible")
  func eager() throws {
    let f = namedCall(name: "f") { (x: Tensor, y: Tensor) in
      try sum(x).item(as: Double.self) > 0 ? x * y : -x
    }
    try expectEqual(f(x, x), x * x)
    try expectEqual(grad { (x: Tensor) in sum(try f(x, x)) }(x), 2 * x)
  }

  @Test("transforms of a graph with calls")
  func transforms() throws {
    let w = Tensor(3.0)
    let f = jit { (x: Tensor) in
      let scale = x[0] * w
      return try namedCall(name: "f") { (x: Tensor) in sin(x) * scale }(x)
    }
    func plain(_ x: Tensor) -> Tensor { sin(x) * x[0] * 3 }
    try expectEqual(f(x), plain(x))
    try expectEqual(
      grad { (x: Tensor) in sum(try f(x)) }(x), grad { (x: Tensor) in sum(plain(x)) }(x))
    let xs = stack([x, x * 2])
    try expectEqual(vmap { (x: Tensor) in try f(x) }(xs), stack([plain(x), plain(x * 2)]))
    try expectEqual(jit { (xs: Tensor) in try vmap { try f($0) }(xs) }(xs), vmap { plain($0) }(xs))
    let transposed = try linearTranspose(
      { (t: Tensor) in try namedCall(name: "g") { $0 * 2 }(t) }, x)
    try expectEqual(transposed(x), x * 2)
  }
}
