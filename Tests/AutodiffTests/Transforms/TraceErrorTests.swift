import Autodiff
import Testing

/// Errors of tracing: each names the transform, the types, and what to do.
@Suite("Errors of transforms")
struct TraceErrorTests {
  private let x = Tensor([1.0, 2, 3])

  private func expect<R>(
    _ body: @autoclosure () throws -> R, _ text: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(errorText { _ = try body() } == text, sourceLocation: location)
  }

  @Test("reading a value while it is traced")
  func unknownValues() {
    let hint =
      "\nhint: branch with `which` or cond, loop with scan, or pass the value as a static argument"
    func read(_ x: Tensor) throws -> Tensor { try x.scalars(as: Float.self)[0] > 0 ? x : -x }
    expect(
      try jit(read)(x),
      "scalars: the value is read while jit traces, where only shape and dtype are known, "
        + "operand f32[3]" + hint)
    expect(
      try vmap(read)(x),
      "scalars: the value is read while vmap traces, where only shape and dtype are known, "
        + "operand f32[]" + hint)
    expect(
      try scan(x, x) { c, x in (try read(c), x) }.carry,
      "scalars: the value is read while scan traces, where only shape and dtype are known, "
        + "operand f32[3]" + hint)
    expect(
      try evalShape(read, x),
      "scalars: the value is read while a shape-only evaluation traces, where only shape and dtype "
        + "are known, operand f32[3]" + hint)
    // Under jvp and grad the value is known.
    #expect(errorText { _ = try jvp(read, self.x, self.x) } == "no error")
  }

  @Test("branches of other types or structures")
  func branches() {
    let index = Tensor(1)
    expect(
      try jit { (i: Tensor) in
        try switchCase(i, self.x, [{ $0 }, { $0[0..<2] }])
      }(index),
      "switchCase: the branches return different types, branch 0 f32[3], branch 1 f32[2]\n"
        + "hint: convert one with cast(to:) or give it the other's shape")
    expect(
      try jit { (p: Tensor) in
        try cond(p, self.x, then: { ["a": $0, "b": $0] }, else: { ["a": $0, "c": $0] })
      }(Tensor(true)),
      "cond: the branches return different structures: branch 0 has ['c'], branch 1 has ['b']\n"
        + "hint: return trees of the same keys from all branches")
    expect(
      try jit { (p: Tensor) in
        try cond(p, self.x, then: { ["a": $0] }, else: { ["a": $0.cast(to: .int32)] })
      }(Tensor(true)),
      "cond: the branches return different types at ['a'], branch 0 i32[3], branch 1 f32[3]\n"
        + "hint: convert one with cast(to:) or give it the other's shape")
  }

  @Test("a carry that changes its type or structure")
  func carries() {
    let hint =
      "\nhint: make the first carry of the type that the body returns, or convert with cast(to:)"
    expect(
      try scan(["h": self.x], self.x) { c, x in
        (treeMap(c) { concatenate([$0, $0]) }, x)
      }.carry,
      "scan: the carry['h'] changes its type, before f32[3], after f32[6]" + hint)
    expect(
      try whileLoop(self.x, while: { sum($0) .< 5 }, { $0.cast(to: .float64) }),
      "whileLoop: the carry changes its type, before f32[3], after f64[3]" + hint)
    expect(
      try foriLoop(0, 3, self.x) { i, c in c[0..<2] },
      "scan: the carry changes its type, before f32[3], after f32[2]" + hint)
    expect(
      try scan(["h": self.x], self.x) { c, x in (["g": x], x) }.carry,
      "scan: the trees' structures differ: ['h'] and ['g']")
  }

  @Test("tensors that outlive their transform")
  func escaped() throws {
    let hint =
      "\nhint: return it from the function that is transformed, instead of storing it outside"
    var leaked: Tensor?
    func keep(_ x: Tensor) -> Tensor {
      leaked = x * 2
      return x
    }
    func use() throws -> Tensor {
      let tensor = try #require(leaked)
      return try withErrors { tensor + 1 }
    }
    _ = try jit { keep($0) }(x)
    expect(try use(), "add: a tensor of jit is used after jit has ended, tensor f32[3]" + hint)
    expect(
      try leaked?.scalars(as: Float.self),
      "scalars: a tensor of jit is used after jit has ended, operand f32[3]" + hint)
    _ = try vmap { keep($0) }(x)
    expect(try use(), "add: a tensor of vmap is used after vmap has ended, tensor f32[]" + hint)
    _ = try grad { sum(keep($0)) }(x)
    expect(try use(), "add: a tensor of grad is used after grad has ended, tensor f32[3]" + hint)
    _ = try jvp({ keep($0) }, x, x)
    expect(try use(), "add: a tensor of jvp is used after jvp has ended, tensor f32[3]" + hint)
    _ = try scan(x, x) { c, x in (keep(c), x) }
    expect(try use(), "add: a tensor of scan is used after scan has ended, tensor f32[3]" + hint)
    // In another trace, too.
    _ = try jit { keep($0) }(x)
    let tensor = try #require(leaked)
    expect(
      try jit { (y: Tensor) in y + tensor }(x),
      "add: a tensor of jit is used after jit has ended, tensor f32[3]" + hint)
  }

  @Test("loops without a length or of wrong lengths")
  func lengths() {
    expect(
      try scan(self.x, EmptyTree()) { c, e in (c, e) }.carry,
      "scan: there are no inputs and no length\nhint: pass length: to say how often to go round")
    expect(
      try scan(self.x, self.x, length: 2) { c, x in (c, x) }.carry,
      "scan: lengths: length 2 and the leading axis differ, inputs f32[3] axis 0 = 3")
    expect(
      try scan(self.x, self.x, unroll: 0) { c, x in (c, x) }.carry,
      "scan: unroll is 0, expected at least 1")
    expect(
      try map(self.x, batchSize: 0) { $0 },
      "map: batchSize is 0, expected at least 1")
    expect(
      try associativeScan(["a": self.x, "b": Tensor([1.0])]) { a, _ in a },
      "associativeScan: sizes differ, elements['a'] f32[3] axis 0 = 3, "
        + "elements['b'] f32[1] axis 0 = 1")
  }
}
