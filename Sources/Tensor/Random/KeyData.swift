/// The data of keys as the primitives take them: `uint32[batch..., 2]`.
package enum KeyData {
  /// The batch's shape, or what is wrong with the data or the shape to be sampled.
  package static func batch(
    _ operation: String, _ data: ShapeDtype, sampling shape: Shape = .scalar
  ) throws(TensorError) -> Shape {
    guard data.dtype == .uint32, data.rank > 0, data.shape.dimensions.last == 2 else {
      throw TensorError(
        operation, .argumentInvalid(name: "key", value: "\(data)", expected: "u32[...,2]"))
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        operation,
        .argumentInvalid(name: "shape", value: "\(shape)", expected: "sizes of at least 0"))
    }
    return Shape(data.shape.dimensions.dropLast())
  }

  /// The words of each key, in order.
  package static func words(_ data: NDArray) -> [Threefry.Pair] {
    let data = data.contiguous()
    let words = data.pointer(as: UInt32.self)
    return withExtendedLifetime(data) {
      (0..<data.count / 2).map { (words[2 * $0], words[2 * $0 + 1]) }
    }
  }
}
