import Testing

@testable import Autodiff

/// The texts and figures of `lower`.
@Suite("Lowered functions")
struct LoweredTests {
  private let x = Tensor(ShapeDtype([2, 3]))

  @Test("the text of a graph")
  func text() throws {
    let lowered = try jit { (x: Tensor, y: Tensor) in sum(x * y + x, axes: [0]) }.lower(x, x)
    #expect(
      lowered.description == """
        { lambda ; a:f32[2,3] b:f32[2,3]. let
            c:f32[2,3] = mul a b
            d:f32[2,3] = add c a
            e:f32[3] = reduce_sum[axes=[0]] d
          in (e,) }
        """)
  }

  @Test("equal and unused equations are dropped from the simplified text alone")
  func simplification() throws {
    let lowered = try jit { (x: Tensor) -> Tensor in
      _ = cos(x)
      return sin(x) * sin(x)
    }.lower(x)
    #expect(
      lowered.tracedDescription == """
        { lambda ; a:f32[2,3]. let
            _:f32[2,3] = cos a
            b:f32[2,3] = sin a
            c:f32[2,3] = sin a
            d:f32[2,3] = mul b c
          in (d,) }
        """)
    #expect(
      lowered.description == """
        { lambda ; a:f32[2,3]. let
            b:f32[2,3] = sin a
            c:f32[2,3] = mul b b
          in (c,) }
        """)
    #expect(lowered.tracedEquationCount == 4)
    #expect(lowered.equationCount == 2)
  }

  @Test("literals, constants and several results")
  func constants() throws {
    let table = Tensor([1.0, 2, 3])
    let lowered = try jit { (x: Tensor) in [x * 2 + table, x .> 0, Tensor(7)] }.lower(
      Tensor(ShapeDtype([3])))
    #expect(
      lowered.description == """
        { lambda a:f32[3]; b:f32[3]. let
            c:f32[3] = mul b 2.0:f32[3]
            d:f32[3] = add c a
            e:bool[3] = gt b 0.0:f32[3]
          in (d, e, 7:i32[]) }
        """)
  }

  @Test("graphs inside graphs")
  func nested() throws {
    let lowered = try jit { (x: Tensor) in
      let w = x + 1
      return try scan(x[0], x) { c, x in
        (try cond(sum(c) .> 0, c, then: { $0 * w[0] }, else: { $0 + x }), EmptyTree())
      }.carry
    }.lower(x)
    #expect(
      lowered.description == """
        { lambda ; a:f32[2,3]. let
            b:f32[2,3] = add a 1.0:f32[2,3]
            c:f32[1,3] = slice[start=[0, 0] limit=[1, 3] step=[1, 1]] a
            d:f32[3] = reshape[shape=[3]] c
            e:f32[1,3] = slice[start=[0, 0] limit=[1, 3] step=[1, 1]] b
            f:f32[3] = reshape[shape=[3]] e
            g:f32[3] = scan[
              body={ lambda ; a:f32[3] b:f32[3] c:f32[3]. let
                  d:f32[] = reduce_sum[axes=[0]] b
                  e:bool[] = gt d 0.0:f32[]
                  f:i32[] = convert_element_type[dtype=i32 isWeak=false] e
                  g:f32[3] = cond[
                    branches=(
                      { lambda ; a:f32[3] b:f32[3] c:f32[3]. let
                          d:f32[3] = add a b
                        in (d,) }
                      { lambda ; a:f32[3] b:f32[3] c:f32[3]. let
                          d:f32[3] = mul a c
                        in (d,) }
                    )
                  ] f b c a
                in (g,) }
              length=2
              isReversed=false
              constantCount=1
              carryCount=1
            ] f d a
          in (g,) }
        """)
  }

  @Test("the text is the same for each trace")
  func stability() throws {
    func text() throws -> String {
      try jit(
        grad { (w: Tensor) in
          let f = checkpoint(policy: .names(["b", "a"])) { (w: Tensor) in
            checkpointName(tanh(w), "a") * checkpointName(sin(w), "b")
          }
          return sum(try scan(w, w) { c, x in (try f(c) + x, x) }.carry)
        }
      ).lower(x).tracedDescription
    }
    let first = try text()
    #expect(try text() == first)
    #expect(first.contains("policy=names([\"a\", \"b\"])"))
  }

  @Test("figures of a program")
  func figures() throws {
    // x [64,32] @ w [32,16] + b, relu: a product and a loop.
    let f = jit { (x: Tensor, w: Tensor, b: Tensor) in relu(matmul(x, w) + b) }
    let lowered = try f.lower(
      Tensor(ShapeDtype([64, 32])), Tensor(ShapeDtype([32, 16])), Tensor(ShapeDtype([16])))
    #expect(lowered.flops == 2 * 64 * 32 * 16 + 2 * 64 * 16)
    #expect(lowered.memoryPasses == 2)
    let (xBytes, wBytes, bBytes, yBytes) = (4 * 64 * 32, 4 * 32 * 16, 4 * 16, 4 * 64 * 16)
    #expect(lowered.bytesAccessed == xBytes + wBytes + yBytes + yBytes + bBytes + yBytes)
    #expect(lowered.argumentBytes == xBytes + wBytes + bBytes)
    #expect(lowered.peakBytes == xBytes + wBytes + bBytes + yBytes + yBytes)
    #expect(
      lowered.programDescription == """
        dot_general -> f32[64,16]
        loop [64,16]: add, relu -> f32[64,16]
        """)
    // Lowering has compiled the signature, and computed nothing.
    #expect(f.cacheCount == 1)
  }

  @Test("which donated arguments can be used")
  func donation() throws {
    let step = jit { (p: [Tensor], x: Tensor) in (p.map { $0 * 0.9 + sum(x) }, matmul(x, x)) }
    let square = Tensor(ShapeDtype([8, 8]))
    let lowered = try step.lower([square, Tensor(ShapeDtype([3]))], square)
    // The product can't be computed in the memory of its operands.
    #expect(lowered.reusableArguments == [0, 1])
  }

  @Test("a predicate that vmap maps becomes a selection")
  func batchedPredicates() throws {
    func branch(_ x: Tensor) throws -> Tensor {
      try cond(x .> 0, x, then: { sin($0) }, else: { $0 * 2 })
    }
    let text = try jit(vmap(branch)).lower(Tensor(ShapeDtype([3]))).description
    #expect(
      text == """
        { lambda ; a:f32[3]. let
            b:bool[3] = gt a 0.0:f32[3]
            c:i32[3] = convert_element_type[dtype=i32 isWeak=false] b
            d:f32[3] = mul a 2.0:f32[3]
            e:bool[3] = ge c 1:i32[3]
            f:f32[3] = sin a
            g:f32[3] = select_n e f d
          in (g,) }
        """)
  }

  @Test("what is captured from another transform is an argument")
  func captured() throws {
    var text = ""
    _ = try grad { (w: Tensor) in
      let f = jit { (x: Tensor) in x * w }
      text = try f.lower(Tensor(1.0)).description
      return w
    }(Tensor(2.0))
    #expect(text.contains("c:f32[] = mul a b"))
  }
}
