/// New keys from a key: data `uint32[batch..., 2]` to `uint32[batch..., shape..., 2]`.
///
/// As `jax.random.split`; of a batch of keys each is split.
package struct RandomSplit: NonDifferentiable {
  package static let name = "random_split"
  package let shape: Shape
  package let layout: ThreefryLayout

  package init(_ shape: Shape, layout: ThreefryLayout) {
    self.shape = shape
    self.layout = layout
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let batch = try KeyData.batch(Self.name, inputs[0], sampling: shape)
    return [ShapeDtype(Shape(batch.dimensions + shape.dimensions + [2]), .uint32)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let words = result.pointer(as: UInt32.self)
    let count = shape.elementCount
    for (member, key) in KeyData.words(inputs[0]).enumerated() {
      for index in 0..<count {
        let new = Threefry.split(key, index, of: count, layout)
        let place = 2 * (member * count + index)
        words[place] = new.0
        words[place + 1] = new.1
      }
    }
    return [result]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, [moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)]), [0])
  }

  /// What XLA counts for its threefry.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let each = layout == .partitionable ? 28 : 25
    return Cost(flops: inputs[0].elementCount / 2 * (each * shape.elementCount + 10))
  }
}
