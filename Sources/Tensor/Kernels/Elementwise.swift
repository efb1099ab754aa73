import CKernels

/// Runs C kernels over arrays: straight through where all are contiguous or one repeated element,
/// by rows otherwise, over threads where there is enough to do.
package enum Elementwise {
  package static func unary(_ kernel: ck_unary_fn, _ x: NDArray, into y: NDArray) {
    let size = x.dtype.byteSize
    let width = y.dtype.byteSize
    if let stride = x.uniformStride {
      split(y, width) { first, count, target in
        kernel(x.data + first * stride * size, stride, target, count)
      }
      return
    }
    let axes = RowLoop.Axes(x.shape, [x.strides, x.shape.rowMajorStrides])
    if let plane = PlaneLoop(axes) {
      plane.run(.init([x])) { operands, strides, first, count in
        kernel(operands[0], strides[0], y.data + first * width, count)
      }
      return
    }
    let loop = RowLoop(axes)
    let stride = loop.rowStrides[0]
    loop.run { offsets, first, count in
      kernel(x.data + offsets[0] * size, stride, y.data + first * width, count)
    }
  }

  /// An operand of one element stands for any number of it.
  package static func binary(_ kernel: ck_binary_fn, _ a: NDArray, _ b: NDArray, into y: NDArray) {
    let size = a.dtype.byteSize
    let width = y.dtype.byteSize
    if let sa = a.count == 1 ? 0 : a.uniformStride, let sb = b.count == 1 ? 0 : b.uniformStride {
      split(y, width) { first, count, target in
        kernel(
          a.data + first * sa * size, sa, b.data + first * sb * size, sb, target, count)
      }
      return
    }
    func strides(_ x: NDArray) -> [Int] {
      x.count == 1 ? Array(repeating: 0, count: y.shape.rank) : x.strides
    }
    let axes = RowLoop.Axes(y.shape, [strides(a), strides(b), y.shape.rowMajorStrides])
    if let plane = PlaneLoop(axes) {
      plane.run(.init([a, b])) { operands, strides, first, count in
        kernel(operands[0], strides[0], operands[1], strides[1], y.data + first * width, count)
      }
      return
    }
    let loop = RowLoop(axes)
    let (sa, sb) = (loop.rowStrides[0], loop.rowStrides[1])
    loop.run { offsets, first, count in
      kernel(
        a.data + offsets[0] * size, sa, b.data + offsets[1] * size, sb, y.data + first * width,
        count)
    }
  }

  package static func ternary(
    _ kernel: ck_ternary_fn, _ p: NDArray, _ a: NDArray, _ b: NDArray, into y: NDArray
  ) {
    if let sp = p.uniformStride, let sa = a.uniformStride, let sb = b.uniformStride {
      let (size, width) = (p.dtype.byteSize, y.dtype.byteSize)
      split(y, width) { first, count, target in
        kernel(
          p.data + first * sp * size, sp, a.data + first * sa * width, sa,
          b.data + first * sb * width, sb, target, count)
      }
      return
    }
    let axes = RowLoop.Axes(
      y.shape, [p.strides, a.strides, b.strides, y.shape.rowMajorStrides])
    if let plane = PlaneLoop(axes) {
      plane.run(.init([p, a, b])) { operands, strides, first, count in
        kernel(
          operands[0], strides[0], operands[1], strides[1], operands[2], strides[2],
          y.data + first * y.dtype.byteSize, count)
      }
      return
    }
    let loop = RowLoop(axes)
    let strides = loop.rowStrides
    loop.run { offsets, first, count in
      kernel(
        p.data + offsets[0] * p.dtype.byteSize, strides[0],
        a.data + offsets[1] * a.dtype.byteSize, strides[1],
        b.data + offsets[2] * b.dtype.byteSize, strides[2],
        y.data + first * y.dtype.byteSize, count)
    }
  }

  /// Calls `body` for pieces of a result; it writes `count` elements to `target`.
  @inline(__always)
  private static func split(
    _ y: NDArray, _ width: Int,
    _ body: (_ first: Int, _ count: Int, _ target: UnsafeMutableRawPointer) -> Void
  ) {
    if y.count <= RowLoop.parallelThreshold {
      body(0, y.count, y.data)
    } else {
      splitOverThreads(y, width, body)
    }
  }

  /// Results of this many bytes, which no cache holds, are written past the caches.
  package static let streamThreshold = 32 << 20

  /// The elements that lie in the first cache until they are written past it.
  private static let streamTile = 1 << 11

  @inline(never)
  private static func splitOverThreads(
    _ y: NDArray, _ width: Int,
    _ body: (_ first: Int, _ count: Int, _ target: UnsafeMutableRawPointer) -> Void
  ) {
    let streams = y.count * width >= streamThreshold
    parallelRanges(y.count, grain: RowLoop.parallelThreshold / 2) { range in
      guard streams else {
        body(range.lowerBound, range.count, y.data + range.lowerBound * width)
        return
      }
      withUnsafeTemporaryAllocation(byteCount: streamTile * width, alignment: 64) { tile in
        guard let address = tile.baseAddress else { return }
        var first = range.lowerBound
        while first < range.upperBound {
          let count = min(streamTile, range.upperBound - first)
          body(first, count, address)
          ck_stream(y.data + first * width, address, count * width)
          first += count
        }
        ck_stream_end()
      }
    }
  }
}

extension NDArray {
  /// The same elements in row-major order: this array if it is so already, else a copy.
  package func contiguous() -> NDArray {
    isContiguous ? self : copied()
  }

  /// The same elements in row-major order in memory of their own.
  package func copied() -> NDArray {
    let copy = NDArray(uninitialized: type)
    Copying.copy(self, into: copy)
    return copy
  }

  /// The same elements as another type.
  package func converted(to dtype: DType, isWeak: Bool = false) -> NDArray {
    let result = NDArray(uninitialized: dtype, shape, isWeak: isWeak)
    convert(into: result)
    return result
  }

  /// Writes the elements into an array of the same shape, as its type.
  package func convert(into result: NDArray) {
    if let kernel = ck_convert(dtype.code, result.dtype.code) {
      Elementwise.unary(kernel, self, into: result)
    }
  }
}

extension DType {
  /// The number by which the C kernels know this type.
  package var code: ck_dtype { ck_dtype(rawValue) }
}
