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

  /// What XLA counts for its threefry, whose rounds are a loop of which one turn counts.
  ///
  /// One more operation is that of a sampler on its bounds, which are constants here.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    let count = shape.elementCount
    let keys = count == 0 ? 0 : outputs[0].elementCount / count
    switch layout {
    case .partitionable:
      // Each further axis costs a product and a sum to number the elements.
      let axes = max(0, shape.count { $0 > 1 } - 1)
      let each = (width == 64 ? 32 : width == 32 ? 29 : 30) + 2 * axes
      // The only element needs no number, and without axes no products for it.
      let spared = count == 1 ? (shape.rank == 0 ? 3 : 1) : 0
      return Cost(flops: keys * (each * count + 11 - spared))
    case .original:
      let words = (count * width + 31) / 32
      let unpacking = width == 8 ? 12 * words + 4 : width == 16 ? 6 * words + 2 : 0
      let joining = width == 64 ? 4 * count : 0
      return Cost(flops: keys * (25 * ((words + 1) / 2) + unpacking + joining + 11))
    }
  }
}
