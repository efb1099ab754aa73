import Autodiff
import Testing

/// What `jit` keeps, and for what it traces anew.
@Suite("The cache of jit")
struct JITCacheTests {
  @Test("signatures can be counted, read, limited and forgotten")
  func inspection() throws {
    let f = jit { (x: Tensor, n: Int) in x * Double(n) }
    for size in 1...3 { _ = try f(Tensor.ones([size]), 2) }
    #expect(f.cache.count == 3)
    #expect(f.cache.signatures == ["f32[3]; static 2", "f32[2]; static 2", "f32[1]; static 2"])
    _ = try f(Tensor.ones([1]), 2)
    #expect(f.cache.signatures.first == "f32[1]; static 2")
    #expect(f.cache.traceCount == 3)
    f.cache.limit = 2
    #expect(f.cache.signatures == ["f32[1]; static 2", "f32[3]; static 2"])
    _ = try f(Tensor.ones([2]), 2)
    #expect(f.cache.signatures == ["f32[2]; static 2", "f32[1]; static 2"])
    f.cache.clear()
    #expect(f.cacheCount == 0)
    try expectEqual(f(Tensor.ones([2]), 2), Tensor([2.0, 2]))
    #expect(f.cache.traceCount == 5)
    #expect(f.cache.traceSeconds > 0 && f.cache.compileSeconds > 0)
  }

  @Test("the limit is an argument; none is kept with limit 0")
  func limits() throws {
    let one = jit(cacheLimit: 1) { (x: Tensor) in x + 1 }
    let none = jit(cacheLimit: 0) { (x: Tensor) in x + 1 }
    for size in [1, 2, 2, 1] {
      try expectEqual(one(Tensor.zeros([size])), Tensor.ones([size]))
      try expectEqual(none(Tensor.zeros([size])), Tensor.ones([size]))
    }
    #expect(one.cacheCount == 1 && one.cache.traceCount == 3)
    #expect(none.cacheCount == 0 && none.cache.traceCount == 4)
    #expect(jit { (x: Tensor) in x }.cache.limit == JITCache.defaultLimit)
  }

  @Test("optional parts in other places are another structure")
  func optionalParts() throws {
    struct Pair: TensorTree {
      var a: Tensor?
      var b: Tensor?
      mutating func visitTensors(_ visitor: inout TensorVisitor) {
        visitor.visit(.field("a"), &a)
        visitor.visit(.field("b"), &b)
      }
    }
    let f = jit { (p: Pair) in (p.a ?? 10) - (p.b ?? 100) }
    try expectEqual(f(Pair(a: Tensor(1.0), b: nil)), Tensor(-99.0))
    try expectEqual(f(Pair(a: nil, b: Tensor(1.0))), Tensor(9.0))
    #expect(f.cacheCount == 2)
  }

  @Test("keys, fixed values and precision belong to the signature")
  func signature() throws {
    let f = jit { (p: [String: Tensor]) in sum(p["a"] ?? 0) + 0.5 }
    _ = try f(["a": Tensor([1.0])])
    _ = try f(["b": Tensor([1.0])])
    _ = try f(["a": Tensor([1.0])])
    #expect(f.cache.traceCount == 2)
    let g = jit { (x: Tensor) in x * Tensor.ones([2]) }
    #expect(try g(Tensor([1, 2])).dtype == .float32)
    #expect(try withDefaultPrecision(.x64) { try g(Tensor([1, 2])).dtype } == .float64)
    #expect(g.cacheCount == 2)
  }

  @Test("named axes around the call belong to the signature")
  func namedAxes() throws {
    let f = jit { (x: Tensor) in psum(x, axisName: "i") }
    _ = try vmap(axisName: "i") { (x: Tensor) in try f(x) }(Tensor([1.0, 2]))
    #expect(f.cache.signatures == ["f32[]; axis i=2"])
  }
}
