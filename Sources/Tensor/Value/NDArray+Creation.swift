import CKernels

extension NDArray {
  /// One element, repeated to the shape by strides of 0.
  package static func filled(_ value: some Scalar, _ type: ShapeDtype) -> NDArray {
    let element = NDArray(uninitialized: type.dtype, .scalar, isWeak: type.isWeak)
    value.store(type.dtype, to: element.data)
    return type.rank == 0 ? element : element.broadcast(to: type.shape, axes: [])
  }

  /// The values, converted to `dtype`, in row-major order.
  package convenience init<S: Scalar>(
    _ values: [S], _ shape: Shape, _ dtype: DType, isWeak: Bool = false
  ) {
    self.init(uninitialized: dtype, shape, isWeak: isWeak)
    if S.dtype == dtype {
      // The element type's layout is the dtype's.
      values.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { data.copyMemory(from: source, byteCount: bytes.count) }
      }
    } else {
      let width = dtype.byteSize
      for (index, value) in values.enumerated() { value.store(dtype, to: data + index * width) }
    }
  }
}
