import CKernels

/// Uniform random bits: key data `uint32[batch..., 2]` to unsigned integers `[batch..., shape...]`.
///
/// As `jax.random.bits`; of a batch of keys each gives its own `shape`. `width` is 8, 16, 32 or 64.
package struct RandomBits: NonDifferentiable {
  package static let name = "random_bits"
  package let shape: Shape
  package let width: Int
  package let layout: ThreefryLayout

  package init(_ shape: Shape, width: Int, layout: ThreefryLayout) {
    self.shape = shape
    self.width = width
    self.layout = layout
  }

  private var dtype: DType {
    switch width {
    case 8: .uint8
    case 16: .uint16
    case 64: .uint64
    default: .uint32
    }
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let batch = try KeyData.batch(Self.name, inputs[0], sampling: shape)
    return [ShapeDtype(Shape(batch.dimensions + shape.dimensions), dtype)]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let count = shape.elementCount
    let step = count * result.dtype.byteSize
    for (member, key) in KeyData.words(inputs[0]).enumerated() {
      let target = result.data + member * step
      Sampling.fill(count, width: width, layout) { layout, begin, end in
        ck_random_bits(key.0, key.1, Int32(width), layout, target, count, begin, end)
      }
    }
    return [result]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, [moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)]), [0])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
