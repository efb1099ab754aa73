import Autodiff
import Testing

/// Expected numbers are those of jax.lax under jax.vmap(axis_name="i").
@Suite("Collectives")
struct CollectivesTests {
  let x = Tensor([1, 2, 4] as [Float])

  private func expect(
    _ tensor: Tensor, _ expected: [Double], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let values = try tensor.scalars(as: Double.self)
    let close =
      values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }
    #expect(close, "\(values), expected \(expected)", sourceLocation: location)
  }

  @Test("reductions over the members")
  func reductions() throws {
    try expect(vmap(axisName: "i") { psum($0, axisName: "i") }(x), [7, 7, 7])
    try expect(vmap(axisName: "i") { pmean($0, axisName: "i") }(x), [7.0 / 3, 7.0 / 3, 7.0 / 3])
    try expect(vmap(axisName: "i") { pmax($0, axisName: "i") }(x), [4, 4, 4])
    try expect(vmap(axisName: "i") { pmin($0, axisName: "i") }(x), [1, 1, 1])
    try expect(
      vmap(axisName: "i") { $0 * 0 + axisIndex("i").cast(to: .float32) }(x), [0, 1, 2])
  }

  @Test("values that are the same for all members")
  func unmapped() throws {
    try expect(vmap(axisName: "i") { $0 * 0 + psum(Tensor(1.0), axisName: "i") }(x), [3, 3, 3])
    try expect(vmap(axisName: "i") { $0 * 0 + pmean(Tensor(2.0), axisName: "i") }(x), [2, 2, 2])
    try expect(vmap(axisName: "i") { $0 * 0 + pmax(Tensor(2.0), axisName: "i") }(x), [2, 2, 2])
    let gathered = try vmap(axisName: "i") { (x: Tensor) in
      sum(allGather(Tensor(2.0), axisName: "i")) + x * 0
    }(x)
    try expect(gathered, [6, 6, 6])
  }

  @Test("gathering")
  func gather() throws {
    let y = try vmap(axisName: "i") { allGather($0, axisName: "i") }(x)
    #expect(y.shape == [3, 3])
    try expect(y, [1, 2, 4, 1, 2, 4, 1, 2, 4])
    let matrix = Tensor.ones([3, 2])
    let behind = try vmap(axisName: "i") { allGather($0, axisName: "i", axis: 1) }(matrix)
    #expect(behind.shape == [3, 2, 3])
    let tiled = try vmap(axisName: "i") { allGather($0, axisName: "i", tiled: true) }(matrix)
    #expect(tiled.shape == [3, 6])
  }

  @Test("derivatives inside the mapped function")
  func innerGradients() throws {
    try expect(vmap(axisName: "i", grad { psum($0, axisName: "i") })(x), [3, 3, 3])
    try expect(vmap(axisName: "i", grad { psum($0, axisName: "i") * $0 })(x), [14, 14, 14])
    try expect(
      vmap(axisName: "i", grad { square(pmean($0, axisName: "i")) * $0 })(x),
      [16.333334, 16.333334, 16.333334])
    let weights = Tensor([1, 2, 3] as [Float])
    try expect(
      vmap(axisName: "i", grad { sum(allGather($0, axisName: "i") * weights) * $0 })(x),
      [24, 31, 38])
    try expect(
      vmap(axisName: "i", grad { sum(allGather($0, axisName: "i") * weights) })(x), [3, 6, 9])
  }

  @Test("derivatives of the mapped function")
  func outerGradients() throws {
    let weights = Tensor([1, 10, 100] as [Float])
    let gradient = try grad(x) { x in
      sum(try vmap(axisName: "i") { psum($0, axisName: "i") * $0 }(x) * weights)
    }
    try expect(gradient, [428, 491, 1121])
    let tangent = try jvp(
      { try vmap(axisName: "i") { psum($0, axisName: "i") * $0 }($0) }, x, Tensor.ones([3])
    ).tangent
    try expect(tangent, [10, 13, 19])
  }

  @Test("inside compiled functions, loops, branches, checkpoints and custom rules")
  func nested() throws {
    let compiled = jit { (x: Tensor) in psum(x, axisName: "i") * 2 }
    try expect(vmap(axisName: "i") { try compiled($0) }(x), [14, 14, 14])
    try expect(
      vmap(axisName: "i") { try compiled($0) }(Tensor([1, 2] as [Float])), [6, 6])
    let looped = try vmap(axisName: "i") { (x: Tensor) in
      try foriLoop(0, 2, x) { _, x in psum(x, axisName: "i") }
    }(x)
    try expect(looped, [21, 21, 21])
    let remade = vmap(
      axisName: "i", grad(checkpoint { (x: Tensor) in square(psum(x, axisName: "i")) }))
    try expect(remade(x), [42, 42, 42])
    let custom = customVJP(
      { (x: Tensor) in psum(x, axisName: "i") }, forward: { (psum($0, axisName: "i"), $0) },
      backward: { x, cotangent in cotangent * psum(x, axisName: "i") })
    try expect(vmap(axisName: "i", grad { try custom($0) })(x), [7, 7, 7])
    try expect(
      grad(x) { x in sum(try vmap(axisName: "i") { try custom($0) }(x)) }, [7, 7, 7])
  }

  @Test("two axes, of which the rules of one don't touch the other")
  func twoAxes() throws {
    let matrix = Tensor([[1, 2, 3], [4, 5, 6]] as [[Float]])
    func mapped(_ name: String) throws -> Tensor {
      try vmap(axisName: "rows") { (row: Tensor) in
        try vmap(axisName: "columns") { psum($0, axisName: name) }(row)
      }(matrix)
    }
    try expect(mapped("rows"), [5, 7, 9, 5, 7, 9])
    try expect(mapped("columns"), [6, 6, 6, 15, 15, 15])
    let inner = try vmap { (row: Tensor) in
      try vmap(axisName: "columns") { (x: Tensor) in
        try foriLoop(0, 1, x) { _, x in psum(x, axisName: "columns") }
      }(row)
    }(matrix)
    try expect(inner, [6, 6, 6, 15, 15, 15])
    let gathered = try vmap { (row: Tensor) in
      try vmap(axisName: "c", grad { sum(allGather($0, axisName: "c") * row) })(row)
    }(matrix)
    try expect(gathered, [3, 6, 9, 12, 15, 18])
  }

  @Test("an axis that is not there is an error")
  func unbound() {
    func text(_ body: () throws -> Tensor) -> String {
      do {
        _ = try withErrors(body)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      text { psum(x, axisName: "i") }
        == "psum: unbound axis name: i\nhint: call it inside vmap(axisName: \"i\")")
    #expect(
      text { try vmap(axisName: "j") { pmean($0, axisName: "i") }(x) }
        == "pmean: unbound axis name: i\nhint: the axes here are \"j\"")
    #expect(
      text { try vmap(axisName: "i", grad { pmax($0, axisName: "i") })(x) }
        .hasPrefix("pmax: there is no jvp rule"))
  }
}
