import Tensor

/// A check over all bits of a tensor: the sum of its elements' bits, and the sum weighted by place.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
  package let sum: UInt64
  package let weighted: UInt64

  package init(_ sum: UInt64, _ weighted: UInt64) {
    self.sum = sum
    self.weighted = weighted
  }

  package init(_ tensor: Tensor) {
    var sum: UInt64 = 0
    var weighted: UInt64 = 0
    if let array = tensor.array?.contiguous() {
      for index in 0..<array.count {
        let bits = Digest.bits(array, index)
        sum &+= bits
        weighted &+= bits &* UInt64(index + 1)
      }
    }
    self.init(sum, weighted)
  }

  private static func bits(_ array: NDArray, _ index: Int) -> UInt64 {
    switch array.dtype.byteSize {
    case 1: UInt64(array.pointer(as: UInt8.self)[index])
    case 2: UInt64(array.pointer(as: UInt16.self)[index])
    case 4: UInt64(array.pointer(as: UInt32.self)[index])
    default: array.pointer(as: UInt64.self)[index]
    }
  }

  package var description: String { "(\(sum), \(weighted))" }
}
