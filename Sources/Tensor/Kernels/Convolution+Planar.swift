import CKernels

/// The three forms over at most two spatial axes: the patch matrix a tile at a time, and BLAS.
///
/// Tiles and pieces depend on the shapes alone, so that results don't depend on the threads.
extension Convolution {
  /// Patch rows in a tile: a product this high runs at BLAS's speed, and its patches stay in the
  /// second-level cache.
  private static let tileRows = 256

  static func forward<T: ConvScalar>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    BLAS.prepare()
    let x = problem.lhs.contiguous()
    let kernel = problem.rhs.contiguous()
    let geometry = ConvGeometry(
      image: problem.inSizes, kernel: problem.kernelSizes, places: problem.outSizes,
      problem.window.map { ($0.stride, $0.low, $0.kernelDilation) }, batch: problem.batch,
      features: problem.features)
    let (depth, columns) = (geometry.depth, problem.outFeatures)
    let result = NDArray(uninitialized: problem.output.dtype, [geometry.rows, columns])
    guard depth > 0 else { return problem.result(channelsLast: result.zeroed()) }
    if geometry.isIdentity {
      MatrixProduct.run(
        (x, .init(rows: geometry.rows, columns: depth)),
        (kernel, .init(rows: depth, columns: columns)), into: result)
      return problem.result(channelsLast: result)
    }
    let (px, pk, py) = (
      x.pointer(as: T.self), kernel.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, kernel)) {} }
    parallelRanges(geometry.rows, grain: tileRows) { rows in
      withScratch(rows.count * depth, of: T.self) { patches in
        var geometry = geometry.c
        T.patches(&geometry, px, rows, patches)
        T.gemm(
          false, false, rows.count, columns, depth, patches, depth, pk, columns,
          py + rows.lowerBound * columns, columns)
      }
    }
    return problem.result(channelsLast: result)
  }

  /// With stride 1 over a dilated input, output p = s h + k d - pad for the place h of the input
  /// and the tap k of the kernel turned round: the adjoint of a forward pass of stride s.
  static func inputGradient<T: ConvScalar>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    BLAS.prepare()
    let dy = problem.lhs.contiguous()
    let columns = problem.outFeatures
    let geometry = ConvGeometry(
      image: problem.outSizes, kernel: problem.kernelSizes, places: problem.inSizes,
      zip(problem.window, problem.kernelSizes).map { window, taps in
        (
          window.inputDilation, (taps - 1) * window.kernelDilation - window.low,
          window.kernelDilation
        )
      }, batch: problem.batch, features: columns)
    let result = NDArray(
      uninitialized: problem.output.dtype, [problem.batch, problem.outCount, columns])
    let (depth, width) = (problem.features, geometry.depth)
    guard depth > 0, width > 0 else { return problem.result(channelsLast: result.zeroed()) }
    let spatial = Array(0..<problem.rank)
    let (turned, kernel) = MatrixProduct.operand(
      problem.rhs.reversed(spatial), batch: [], rows: [problem.rank],
      columns: spatial + [problem.rank + 1])
    let places = problem.inSizes.reduce(1, *)
    let imageBytes = problem.outCount * columns * MemoryLayout<T>.stride
    let (px, pk, py) = (
      dy.pointer(as: T.self), turned.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((dy, turned)) {} }
    // Whole images, since the rows of one meet in dx; small ones together fill a tile.
    let grain = max(1, tileRows / max(1, places))
    parallelRanges(problem.batch, grain: grain) { images in
      (result.data + images.lowerBound * imageBytes).initializeMemory(
        as: UInt8.self, repeating: 0, count: images.count * imageBytes)
      let all = images.lowerBound * places..<images.upperBound * places
      withScratch(min(tileRows, all.count) * width, of: T.self) { patches in
        var geometry = geometry.c
        for begin in stride(from: all.lowerBound, to: all.upperBound, by: tileRows) {
          let rows = begin..<min(all.upperBound, begin + tileRows)
          T.gemm(
            false, kernel.isTransposed, rows.count, width, depth, px + begin * depth, depth, pk,
            kernel.leadingDimension, patches, width)
          T.addPatches(&geometry, patches, rows, py)
        }
      }
    }
    return problem.result(channelsLast: result)
  }

  static func kernelGradient<T: ConvScalar>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    BLAS.prepare()
    let x = problem.exchangedLhs.contiguous()
    let dy = problem.exchangedRhs.contiguous()
    let geometry = ConvGeometry(
      image: problem.inSizes, kernel: problem.outSizes, places: problem.kernelSizes,
      problem.window.map { ($0.kernelDilation, $0.low, $0.stride) }, batch: problem.features,
      features: problem.batch)
    let (rows, depth, columns) = (geometry.rows, geometry.depth, problem.outFeatures)
    let count = depth * columns
    guard rows > 0 else {
      let result = NDArray(uninitialized: problem.output.dtype, [depth, columns])
      return problem.result(spatialFirst: result.zeroed())
    }
    let (px, py) = (x.pointer(as: T.self), dy.pointer(as: T.self))
    // Pieces of the rows, each with a sum of its own: at most 16, of together at most 16 MB.
    let tiles = (rows + tileRows - 1) / tileRows
    let pieces = max(1, min(tiles, 16, (1 << 24) / max(1, count * MemoryLayout<T>.stride)))
    let sums = NDArray(uninitialized: problem.output.dtype, [pieces, count])
    let ps = sums.pointer(as: T.self)
    defer { withExtendedLifetime((x, dy, sums)) {} }
    parallelFor(pieces) { piece, _ in
      let mine = tiles * piece / pieces..<tiles * (piece + 1) / pieces
      withScratch(geometry.isIdentity ? 1 : tileRows * depth, of: T.self) { scratch in
        var patchGeometry = geometry.c
        for tile in mine {
          let range = tile * tileRows..<min(rows, (tile + 1) * tileRows)
          var patches = UnsafePointer(px) + range.lowerBound * depth
          if !geometry.isIdentity {
            T.patches(&patchGeometry, px, range, scratch)
            patches = UnsafePointer(scratch)
          }
          T.transposedProduct(
            depth, columns, range.count, patches, py + range.lowerBound * columns,
            ps + piece * count, accumulating: tile > mine.lowerBound)
        }
      }
    }
    return problem.result(spatialFirst: pieces == 1 ? sums : sums.sumOfRows())
  }

  /// Memory for one piece of work.
  private static func withScratch<T>(
    _ count: Int, of type: T.Type, _ body: (UnsafeMutablePointer<T>) -> Void
  ) {
    let bytes = count * MemoryLayout<T>.stride
    let memory = ck_alloc(bytes)
    defer { ck_free(memory, bytes) }
    body(memory.assumingMemoryBound(to: T.self))
  }
}

extension NDArray {
  /// Sets every byte to zero; for an array that nobody has seen yet.
  func zeroed() -> NDArray {
    data.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return self
  }

  /// The sum of the rows of a matrix, in order.
  fileprivate func sumOfRows() -> NDArray {
    let result = NDArray(uninitialized: dtype, [shape.dimensions[1]])
    if let kernel = ck_reduce_sum(dtype.code) {
      Reducing.reduce(kernel, self, axes: [0], into: result)
    }
    return result
  }
}
