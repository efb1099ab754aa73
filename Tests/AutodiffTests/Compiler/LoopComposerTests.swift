import Testing

@testable import Autodiff

/// Operations of a loop that one kernel does together.
@Suite("Compositions in loops")
struct LoopComposerTests {
  private let type = ShapeDtype([4, 96])

  /// The number of compositions in the only loop, and of equations in it.
  private func counts(
    _ operands: Int = 1, _ function: ([Tensor]) -> [Tensor]
  ) -> (compositions: Int, left: Int)? {
    let graph = Graph.record(name: "test", Array(repeating: type, count: operands), function)
    let compiler = Compiler.plan(graph).compiler
    guard compiler.units.count == 1, case .loop(let cluster) = compiler.units[0] else { return nil }
    let needed = Set(
      compiler.graph.outputs.compactMap { if case .variable(let v) = $0 { v } else { nil } })
    let composer = LoopComposer(cluster, compiler.graph, isNeeded: needed.contains)
    let found = composer.compositions()
    let replaced = found.reduce(0) { $0 + $1.replaced.count }
    return (found.count, cluster.equations.count - replaced)
  }

  @Test("gelu, silu and the exponential of a difference are one operation")
  func found() throws {
    #expect(try #require(counts { [gelu($0[0])] }) == (1, 1))
    #expect(try #require(counts { [silu($0[0])] }) == (1, 1))
    #expect(try #require(counts(2) { [exp($0[0] - $0[1])] }) == (1, 1))
    #expect(try #require(counts { [gelu(silu($0[0]) * 2)] }) == (2, 3))
    #expect(try #require(counts { [softmax($0[0])] }).compositions == 1)
  }

  @Test("not where a value within is needed, or a number is another")
  func notFound() throws {
    let tapped = try #require(
      counts {
        let difference = $0[0] - 1
        return [exp(difference), difference]
      })
    #expect(tapped.compositions == 0)
    let other = try #require(
      counts { x in [x[0] * ((tanh((x[0] + pow(x[0], 3) * 0.05) * 0.8) + 1.0) * 0.5)] })
    #expect(other.compositions == 0)
  }

  @Test("compiled values are the uncompiled ones, at the ends of the range too")
  func values() throws {
    let functions: [(name: String, body: (Tensor) -> Tensor)] = [
      ("gelu", { gelu($0) }), ("silu", { silu($0) }), ("exp", { exp($0 - $0 * 0.5) }),
      ("softmax", { softmax($0 * 0.1) }),
    ]
    let x = Tensor(
      [
        -200, -104, -89, -88, -87, -10, -9, -5, -1, -1e-3, -1e-30, -0.0, 0, 1e-30, 1e-3, 0.5, 1, 2,
        5, 9, 87, 88, 89, 170,
      ] as [Float])
    let extremes = Tensor([.infinity, -.infinity, .nan] as [Float])
    for (name, body) in functions {
      try expectEqual(jit(body)(x), body(x))
      guard name == "gelu" || name == "silu" else { continue }
      let found: [Float] = try jit(body)(extremes).scalars()
      #expect(found[0] == .infinity, "\(name)")
      #expect(found[1].isNaN && found[2].isNaN, "\(name)")
    }
  }

  /// Results that no cache holds are written past the caches, tile by tile.
  @Test("results of 34 MB are those of their rows")
  func streamed() throws {
    let (rows, columns) = (2_101, 4_096)
    let x = sin(arange(rows * columns, dtype: .float32)).reshaped(to: [rows, columns])
    let f = jit { (x: Tensor) in (softmax(x), x + 1) }
    let (soft, next) = try f(x)
    for row in [0, 1, 1_050, 2_099, 2_100] {
      try expectEqual(soft[row], softmax(x[row]))
      try expectEqual(next[row], x[row] + 1)
    }
    try expectEqual(sum(next), sum(x + 1), tolerance: 1e-5)
  }

  /// The sum may take the memory of `a`, which the exponential must have read before.
  @Test("not where an operand is overwritten before the last of the operations")
  func overwritten() throws {
    let start = sin(arange(96, dtype: .float32))
    let b = Tensor(Float(0.5))
    let step = jit { (a: inout Tensor, b: Tensor) in
      let difference = a - b
      a = a + 1
      return exp(difference) * a
    }
    var a = start + 0
    let found = try step(&a, b)
    try expectEqual(found, exp(start - b) * (start + 1))
    try expectEqual(a, start + 1)
  }
}
