import Autodiff
import Testing

@testable import Tensor

/// Bytes by the allocator's counters, each test in a process of its own, since the counters are the
/// process's.
@Suite struct MemoryTests {
  /// The bytes beyond what is live at the beginning that `body` takes at most.
  static func peak(_ body: () throws -> Void) rethrows -> Int {
    Memory.resetPeak()
    let before = Memory.liveBytes
    try body()
    return Memory.peakBytes - before
  }

  /// Elements of an array of 4 MB, a size class of the allocator.
  static let count = 1 << 20
  static let bytes = 4 << 20
  /// Small arrays: headers of operations, scalars.
  static let slack = 256 << 10

  @Test func chainsOfOperations() async {
    await #expect(processExitsWith: .success) {
      let (x, y) = (Tensor.ones([Self.count]) + 0, Tensor.ones([Self.count]) * 2)
      // The result alone.
      var peak = Self.peak { _ = x + y }
      #expect(peak <= Self.bytes + Self.slack)
      // A result and the operand that it is made of.
      peak = Self.peak { _ = (x + y) * y - x }
      #expect(peak <= 2 * Self.bytes + Self.slack)
      peak = Self.peak { _ = exp(x) * 3 + 1 }
      #expect(peak <= 2 * Self.bytes + Self.slack)
      // A literal or a row needs no array of the other's size.
      peak = Self.peak { _ = x + 1 }
      #expect(peak <= Self.bytes + Self.slack)
      let (column, row) = (x[0..<1024].reshaped(to: [1024, 1]), y[0..<1024])
      peak = Self.peak { _ = column * row }
      #expect(peak <= Self.bytes + Self.slack)
    }
  }

  @Test func viewsTakeNothing() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.ones([1024, 1024]) + 0
      let peak = Self.peak {
        let views = [
          x.transposed(), x.reshaped(to: [64, 64, 256]), x.expandingAxis(0), x[5..<900, 3...],
          x.broadcast(to: [16, 1024, 1024]), flip(x, axes: [0]), x[TensorIndex.ellipsis, 7],
          x.transposed().reshaped(to: [64, 16, 1024]), Tensor.zeros([4096, 4096]),
        ]
        _ = views
      }
      #expect(peak <= Self.slack)
    }
  }

  /// Products, sums and windows read views where they lie.
  @Test func viewsAreReadInPlace() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.ones([1024, 1024]) + 0
      var peak = Self.peak { _ = matmul(x.transposed(), x[0..<1024, 0..<512]) }
      #expect(peak <= Self.bytes / 2 + Self.slack)
      for axes in [[0], [1], [0, 1]] {
        peak = Self.peak { _ = sum(x.transposed(), axes: axes) }
        #expect(peak <= Self.slack, "\(axes)")
      }
      peak = Self.peak { _ = sum(x.reshaped(to: [64, 16, 1024]), axes: [0, 2]) }
      #expect(peak <= Self.slack)
      peak = Self.peak { _ = x + x.transposed() }
      #expect(peak <= Self.bytes + Self.slack)
    }
  }

  /// Nothing stays behind a derivative.
  @Test func derivativesGiveAllBack() async throws {
    await #expect(processExitsWith: .success) {
      let x = Tensor.ones([Self.count]) + 0
      let f = grad { (x: Tensor) in sum(tanh(x * x) + x) }
      _ = try f(x)
      let before = Memory.liveBytes
      for _ in 0..<3 { _ = try f(x) }
      #expect(Memory.liveBytes <= before + Self.slack)
    }
  }

  @Test func trimming() async {
    await #expect(processExitsWith: .success) {
      do { _ = Tensor.ones([Self.count]) + Tensor.ones([Self.count]) }
      #expect(Memory.cachedBytes >= Self.bytes)
      Memory.trim()
      #expect(Memory.cachedBytes < Self.slack)
      #expect(Memory.liveBytes < Self.slack)
      #expect(Memory.peakBytes >= Self.bytes)
      Memory.resetPeak()
      #expect(Memory.peakBytes < Self.slack)
    }
  }
}
