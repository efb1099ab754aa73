import CKernels

/// Copies and fills of strided arrays.
package enum Copying {
  /// Copies every element of `source` into a view of the same shape and dtype.
  package static func copy(_ source: NDArray, into target: NDArray) {
    let size = source.dtype.byteSize
    // The axes in the order in which they lie in the target.
    let (from, to) = (source.strides, target.strides)
    let order = source.shape.indices.sorted {
      Swift.abs(to[$0]) != Swift.abs(to[$1]) ? Swift.abs(to[$0]) > Swift.abs(to[$1]) : $0 < $1
    }
    let sizes = Shape(order.map { source.shape.dimensions[$0] })
    let axes = RowLoop.Axes(sizes, [order.map { from[$0] }, order.map { to[$0] }])
    if let plane = PlaneLoop(axes), plane.liesAcross(0), plane.columnStrides[1] == 1 {
      plane.run(tileRows: max(64, 256 / size), tileColumns: 256) { offsets, rows, columns in
        ck_transpose(size)(
          source.data + offsets[0] * size, plane.columnStrides[0], target.data + offsets[1] * size,
          plane.rowStrides[1], rows, columns)
      }
      return
    }
    copy(source, into: target, RowLoop(axes))
  }

  private static func copy(_ source: NDArray, into target: NDArray, _ loop: RowLoop) {
    let size = source.dtype.byteSize
    let (from, to) = (loop.rowStrides[0], loop.rowStrides[1])
    if to == 1 || loop.length == 1, let kernel = ck_copy(source.dtype.code) {
      loop.run { offsets, _, count in
        kernel(source.data + offsets[0] * size, from, target.data + offsets[1] * size, count)
      }
      return
    }
    switch size {
    case 1: scatter(UInt8.self, loop, source, target)
    case 2: scatter(UInt16.self, loop, source, target)
    case 4: scatter(UInt32.self, loop, source, target)
    case 8: scatter(UInt64.self, loop, source, target)
    default: scatter(Complex<Double>.self, loop, source, target)
    }
  }

  /// Writes one element, which `scalar` holds, to all of a contiguous array.
  package static func fill(_ target: NDArray, with scalar: NDArray) {
    let width = target.dtype.byteSize
    parallelRanges(target.count, grain: RowLoop.parallelThreshold) { range in
      ck_fill(target.data + range.lowerBound * width, scalar.data, width, range.count)
    }
  }

  /// Rows whose elements lie apart in the target.
  private static func scatter<Element>(
    _ type: Element.Type, _ loop: RowLoop, _ source: NDArray, _ target: NDArray
  ) {
    let (from, to) = (loop.rowStrides[0], loop.rowStrides[1])
    loop.run { offsets, _, count in
      let x = source.pointer(as: Element.self) + offsets[0]
      let y = target.pointer(as: Element.self) + offsets[1]
      for i in 0..<count { y[i * to] = x[i * from] }
    }
  }
}
