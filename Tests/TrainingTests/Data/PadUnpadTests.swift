import Autodiff
import Testing
import Training

@Suite struct PadUnpadTests {
  @Test func takesSmallerBatches() throws {
    let compiled = jit { (x: Tensor) in 2 * x }
    let double = padUnpad(to: 4) { (x: Tensor) in try compiled(x) }
    for count in 0...4 {
      let x = Tensor((0..<count * 2).map(Float.init), shape: [count, 2])
      let result = try double(x)
      #expect(result.shape == [count, 2])
      #expect(try result.scalars(as: Float.self) == x.scalars(as: Float.self).map { 2 * $0 })
    }
    #expect(compiled.cacheCount == 1)
  }

  @Test func namesWhatDoesNotFit() {
    let pair = padUnpad(to: 4) { (x: [Tensor]) in x }
    for tensors in [[Tensor.zeros([5])], [.zeros([2]), .zeros([3])], [Tensor(1.0)], []] {
      let error = #expect(throws: TensorError.self) { try pair(tensors) }
      #expect(
        error?.description.hasPrefix("padUnpad: numbers of examples differ") == true)
    }
  }
}
