import Testing

@testable import Autodiff

/// The memory of reverse mode through loops, computed and counted; and that nothing is left behind.
///
/// What counts allocations runs in a process of its own: other tests allocate at the same time.
@Suite("Memory")
struct MemoryTests {
  /// A loss of `length` steps of a carry of 32 KiB, which each step needs for its derivative.
  static func loss(_ length: Int, segments: Int? = nil) -> (Tensor) throws -> Tensor {
    { x in
      let (carry, _) = try scan(
        x, EmptyTree(), length: length, checkpointSegments: segments
      ) { c, _ in (sin(c) * x, EmptyTree()) }
      return sum(carry)
    }
  }

  static let carryBytes = 4 * 8192
  static let type = ShapeDtype([8192])

  /// The peak of a gradient's program, in carries.
  private func computed(_ length: Int, segments: Int? = nil) throws -> Double {
    let lowered = try jit(grad(Self.loss(length, segments: segments))).lower(Tensor(Self.type))
    return Double(lowered.peakBytes) / Double(Self.carryBytes)
  }

  @Test("reverse mode through scan: linear in the steps")
  func linear() throws {
    let peaks = try [64, 128, 256].map { try computed($0) }
    let slope = (peaks[2] - peaks[1]) / 128
    #expect(abs((peaks[1] - peaks[0]) / 64 - slope) < 0.01, "\(peaks)")
    // What one step stacks: the carry, and at most its sine and cosine.
    #expect(slope <= 3, "\(slope) carries a step")
  }

  @Test("in checkpointed segments: with the square root of the steps")
  func squareRoot() throws {
    let lengths = [64, 256, 1024]
    let peaks = try lengths.map { length in
      try computed(length, segments: Int(Double(length).squareRoot()))
    }
    // Four times the steps, twice the memory (and a constant).
    let growth = (peaks[2] - peaks[1]) / (peaks[1] - peaks[0])
    #expect(growth > 1.8 && growth < 2.2, "\(peaks)")
    #expect(peaks[2] < 5 * 32 + 20, "\(peaks)")
    #expect(try computed(1024) > 1024)
  }

  @Test("the computed peak is what a run allocates")
  func counted() async {
    await #expect(processExitsWith: .success) {
      for segments in [nil, 16] as [Int?] {
        let gradient = jit(grad(MemoryTests.loss(256, segments: segments)))
        let x = Tensor.ones(MemoryTests.type.shape) * 0.5
        let computed = try gradient.lower(x).peakBytes
        _ = try gradient(x)
        let before = TensorMemory.liveBytes
        TensorMemory.resetPeak()
        _ = try gradient(x)
        let used = TensorMemory.peakBytes - before + x.array!.byteCount
        #expect(used <= computed + 16 * MemoryTests.carryBytes, "\(used), computed \(computed)")
        #expect(used >= computed / 2, "\(used), computed \(computed)")
        #expect(TensorMemory.liveBytes == before)
      }
    }
  }

  @Test("eager reverse mode needs the memory of its residuals too")
  func eager() async {
    await #expect(processExitsWith: .success) {
      func peak(_ length: Int, _ segments: Int?) throws -> Int {
        let x = Tensor.ones(MemoryTests.type.shape) * 0.5
        let before = TensorMemory.liveBytes
        TensorMemory.resetPeak()
        _ = try grad(MemoryTests.loss(length, segments: segments))(x)
        return (TensorMemory.peakBytes - before) / MemoryTests.carryBytes
      }
      let linear = try [128, 256].map { try peak($0, nil) }
      #expect(linear[1] > linear[0] + 100, "\(linear)")
      #expect(linear[1] < 4 * 256, "\(linear)")
      #expect(try peak(256, 16) < 120)
    }
  }

  private static func f(_ x: Tensor) -> Tensor { sum(tanh(matmul(x, x)) * sin(x)) }

  /// Every transform, by name, on a matrix.
  static let transforms: KeyValuePairs<String, @Sendable (Tensor) throws -> Void> = [
    "grad": { _ = try grad { f($0) }($0) },
    "jvp": { _ = try jvp({ f($0) }, $0, $0) },
    "vjp": { _ = try vjp({ f($0) }, $0).pullback(Tensor(1.0)) },
    "linearize": { _ = try linearize({ f($0) }, $0).pushforward($0) },
    "linearTranspose": { _ = try linearTranspose({ $0 * 2 }, $0)($0) },
    "vmap": { _ = try vmap { (r: Tensor) in try grad { sum($0 * $0 * r) }(r) }($0) },
    "collectives": { _ = try vmap(axisName: "i") { psum($0, axisName: "i") }($0) },
    "jit": { _ = try jit { (x: Tensor) in f(x) }($0) },
    "jit of grad": { _ = try jit(grad { f($0) })($0) },
    "hessian": { _ = try hessian { sum($0 * $0 * $0) }($0[0, 0..<8]) },
    "jacrev": { _ = try jacrev { sum($0 * $0, axes: [1]) }($0[0..<4, 0..<4]) },
    "scan": { x in
      _ = try grad { (x: Tensor) in
        let (c, _) = try scan(x[0], x, unroll: 2, checkpointSegments: 4) { c, r in
          (sin(c * r), c)
        }
        return sum(c)
      }(x)
    },
    "cond": { x in
      _ = try jit { (x: Tensor) in
        try grad { (x: Tensor) in
          try cond(sum(x) .> 0, x, then: { sum(sin($0)) }, else: { sum($0 * $0) })
        }(x)
      }(x)
    },
    "whileLoop": { x in
      _ = try whileLoop((x, Tensor(0)), while: { $0.1 .< 3 }) { ($0.0 * 0.5, $0.1 + 1) }
    },
    "checkpoint": { _ = try grad(checkpoint { f($0) })($0) },
    "customVJP": { x in
      let sine = customVJP({ sin($0) }, forward: { (sin($0), cos($0)) }) { $0 * $1 }
      _ = try grad { sum(try sine($0)) }(x)
    },
    "customJVP, compiled": { x in
      let sine = customJVP({ sin($0) }) { x, t in (sin(x), cos(x) * t) }
      _ = try jit(grad { sum(try sine($0)) })(x)
    },
    "map": { _ = try map($0, batchSize: 24) { sum($0) } },
    "associativeScan": { _ = try associativeScan($0) { $0 + $1 } },
    "evalShape": { _ = try evalShape({ (x: Tensor) in f(x) }, $0) },
    "an error": { x in _ = try? jit { (x: Tensor) in try x.item(as: Float.self) > 0 ? x : -x }(x) },
    "a tensor that escapes": { x in
      var leaked: Tensor?
      _ = try grad { (x: Tensor) in
        leaked = x
        return f(x)
      }(x)
      _ = leaked?.shape
    },
  ]

  @Test("no transform keeps an array alive")
  func leaks() async {
    await #expect(processExitsWith: .success) {
      let x = Random.normal(Key(0), [64, 64])
      var leaking: [String] = []
      for (name, transform) in MemoryTests.transforms {
        try transform(x)
        let before = TensorMemory.liveBytes
        for _ in 0..<3 { try transform(x) }
        if TensorMemory.liveBytes != before {
          leaking.append("\(name): \(TensorMemory.liveBytes - before) bytes")
        }
      }
      #expect(leaking == [])
    }
  }

  @Test("a scan of 1,000 steps is traced and compiled as one of a single step")
  func longLoops() throws {
    func lowered(_ length: Int) throws -> (lowered: Lowered, traces: Int) {
      var traces = 0
      let f = grad { (x: Tensor) in
        let (c, ys) = try scan(x, EmptyTree(), length: length) { c, _ in
          traces += 1
          return (sin(c) * x, c)
        }
        return sum(c) + sum(ys)
      }
      return (try jit(f).lower(Tensor(ShapeDtype([8]))), traces)
    }
    let (short, long) = (try lowered(1), try lowered(1000))
    #expect(short.traces == 1 && long.traces == 1)
    #expect(long.lowered.tracedEquationCount == short.lowered.tracedEquationCount)
    #expect(long.lowered.equationCount == short.lowered.equationCount)
    #expect(long.lowered.memoryPasses == short.lowered.memoryPasses)
    // Bodies and all, the graphs are the same but for sizes.
    func lines(_ lowered: Lowered) -> Int { lowered.description.split(separator: "\n").count }
    #expect(lines(long.lowered) == lines(short.lowered))
  }
}
