/// The key that belongs to a key and a number: `uint32[batch..., 2]` and `uint32[batch...]` to
/// `uint32[batch..., 2]`, as `jax.random.fold_in`.
package struct RandomFoldIn: NonDifferentiable {
  package static let name = "random_fold_in"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let batch = try KeyData.batch(Self.name, inputs[0])
    guard inputs[1].dtype == .uint32, inputs[1].shape == batch else {
      throw TensorError(
        Self.name,
        .argumentInvalid(
          name: "number", value: "\(inputs[1])", expected: "\(ShapeDtype(batch, .uint32))"),
        [.init("key", inputs[0])], placeholders: [inputs[0]])
    }
    return [inputs[0].with(dtype: .uint32)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let words = result.pointer(as: UInt32.self)
    let numbers = inputs[1].contiguous()
    for (member, key) in KeyData.words(inputs[0]).enumerated() {
      let new = Threefry.hash(key, (0, numbers.pointer(as: UInt32.self)[member]))
      words[2 * member] = new.0
      words[2 * member + 1] = new.1
    }
    return [result]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let aligned = zip(inputs, axes).map { input, axis in
      guard let axis else { return insertAxis(input, at: 0, size: size) }
      return moveAxis(input, from: axis, to: 0)
    }
    return (bind(self, aligned), [0])
  }

  /// What XLA counts for its threefry.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    Cost(flops: 37 * inputs[1].elementCount)
  }
}
