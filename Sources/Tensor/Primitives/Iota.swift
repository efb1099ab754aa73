import CKernels

/// The indices along one axis, the same along all others; without operands.
///
/// https://openxla.org/stablehlo/spec#iota
package struct Iota: NonDifferentiable {
  package static let name = "iota"
  package let dtype: DType
  package let shape: Shape
  package let axis: Int

  package init(_ dtype: DType, _ shape: Shape, axis: Int) {
    self.dtype = dtype
    self.shape = shape
    self.axis = axis
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let output = ShapeDtype(shape, dtype)
    guard shape.indices.contains(axis) else {
      throw TensorError(
        Self.name, .axisOutOfRange(axis: axis, rank: shape.rank), placeholders: [output])
    }
    guard dtype != .bool else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: dtype, expected: "a number type"),
        placeholders: [output])
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        Self.name,
        .argumentInvalid(name: "shape", value: "\(shape)", expected: "sizes of at least 0"),
        placeholders: [ShapeDtype(.scalar, dtype)])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let line = NDArray(uninitialized: dtype, [shape.dimensions[axis]])
    if let kernel = ck_iota(dtype.code) { kernel(line.data, line.count, 0) }
    return [shape.rank == 1 ? line : line.broadcast(to: shape, axes: [axis])]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, inputs), [nil])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// The indices along `axis` of a tensor of `shape`.
package func iota(_ dtype: DType, _ shape: Shape, axis: Int = 0) -> Tensor {
  bind(Iota(dtype, shape, axis: axis), [])[0]
}
