import CKernels

/// Convolutions of any rank, dilation and grouping, and the depthwise ones.
extension Convolution {
  private static func sources(_ problem: ConvProblem) -> [Int32] {
    WindowTable(
      problem.window, input: problem.inSizes, kernel: problem.kernelSizes, output: problem.outSizes
    ).entries
  }

  static func general<T: ConvElement>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    let x = problem.lhs.contiguous()
    let kernel = problem.rhs.contiguous()
    let table = sources(problem)
    let (places, taps) = (problem.outCount, problem.tapCount)
    let groups = problem.groups
    let images = problem.batch / problem.batchGroups
    let channels = problem.features / problem.featureGroups
    let columns = problem.outFeatures
    let groupColumns = columns / groups
    let depth = taps * channels
    let pixels = problem.inSizes.reduce(1, *)
    let result = NDArray(uninitialized: problem.output.dtype, [images, places, columns])
    guard depth > 0 else { return problem.result(channelsLast: result.zeroed()) }
    let (px, pk, py) = (
      x.pointer(as: T.self), kernel.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, kernel)) {} }
    let tileRows = 256
    let tiles = (places + tileRows - 1) / tileRows
    BLAS.prepare()
    parallelFor(images * groups * tiles) { index, _ in
      let (imageGroup, tile) = index.quotientAndRemainder(dividingBy: tiles)
      let (image, group) = imageGroup.quotientAndRemainder(dividingBy: groups)
      let rows = tile * tileRows..<min(places, (tile + 1) * tileRows)
      let batchGroup = problem.batchGroups > 1 ? group : 0
      let featureGroup = problem.featureGroups > 1 ? group : 0
      let source =
        px + (batchGroup * images + image) * pixels * problem.features + featureGroup * channels
      let bytes = rows.count * depth * MemoryLayout<T>.stride
      let memory = ck_alloc(bytes)
      defer { ck_free(memory, bytes) }
      let patches = memory.assumingMemoryBound(to: T.self)
      var patch = patches
      table.withUnsafeBufferPointer { table in
        for entry in rows.lowerBound * taps..<rows.upperBound * taps {
          if table[entry] < 0 {
            patch.update(repeating: 0, count: channels)
          } else {
            patch.update(from: source + Int(table[entry]) * problem.features, count: channels)
          }
          patch += channels
        }
      }
      T.product(
        rows.count, groupColumns, depth, patches, depth, pk + group * groupColumns, columns,
        py + (image * places + rows.lowerBound) * columns + group * groupColumns, columns)
    }
    return problem.result(channelsLast: result)
  }

  /// Each input feature with its own kernels: sums of products of rows, without a patch matrix.
  static func depthwise<T: ConvScalar>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    let x = problem.lhs.contiguous()
    let kernel = problem.rhs.contiguous()
    let table = sources(problem)
    let (places, taps) = (problem.outCount, problem.tapCount)
    let (channels, columns) = (problem.features, problem.outFeatures)
    let multiplier = columns / channels
    let pixels = problem.inSizes.reduce(1, *)
    let result = NDArray(uninitialized: problem.output.dtype, [problem.batch, places, columns])
    let (px, pk, py) = (
      x.pointer(as: T.self), kernel.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, kernel)) {} }
    let grain = max(1, RowLoop.parallelThreshold / max(1, taps * columns))
    parallelRanges(problem.batch * places, grain: grain) { rows in
      for row in rows {
        let (image, place) = row.quotientAndRemainder(dividingBy: places)
        let y = py + row * columns
        y.update(repeating: 0, count: columns)
        for tap in 0..<taps where table[place * taps + tap] >= 0 {
          let source = px + (image * pixels + Int(table[place * taps + tap])) * channels
          let weights = pk + tap * columns
          if multiplier == 1 {
            for c in 0..<columns { y[c] += source[c] * weights[c] }
          } else {
            for c in 0..<columns { y[c] += source[c / multiplier] * weights[c] }
          }
        }
      }
    }
    return problem.result(channelsLast: result)
  }

  /// dkernel[tap, c] = sum over images and places of x[place + tap, c] dy[place, c].
  ///
  /// Here taps are the places of this convolution, and its kernel is dy.
  static func depthwiseKernelGradient<T: ConvScalar>(
    _ problem: ConvProblem, as type: T.Type
  ) -> NDArray {
    let x = problem.exchangedLhs.contiguous()
    let dy = problem.exchangedRhs.contiguous()
    let table = sources(problem)
    let (places, taps) = (problem.outCount, problem.tapCount)
    let (images, channels) = (problem.features, problem.batch)
    let pixels = problem.inSizes.reduce(1, *)
    let result = NDArray(uninitialized: problem.output.dtype, [places, channels])
    let (px, pd, py) = (
      x.pointer(as: T.self), dy.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, dy)) {} }
    parallelFor(places) { place, _ in
      let y = py + place * channels
      y.update(repeating: 0, count: channels)
      for image in 0..<images {
        for tap in 0..<taps where table[place * taps + tap] >= 0 {
          let source = px + (image * pixels + Int(table[place * taps + tap])) * channels
          let cotangent = pd + (image * taps + tap) * channels
          for c in 0..<channels { y[c] += source[c] * cotangent[c] }
        }
      }
    }
    return problem.result(spatialFirst: result)
  }
}

/// An element type that convolutions multiply and add.
protocol ConvElement: AdditiveArithmetic, ExpressibleByIntegerLiteral {
  /// C = A B, row-major; `m`, `n` and `k` are the sizes of the result and the depth.
  static func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>,
    _ ldb: Int, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
}

extension ConvElement where Self: BLASScalar {
  static func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>,
    _ ldb: Int, _ c: UnsafeMutablePointer<Self>, _ ldc: Int
  ) {
    gemm(false, false, m, n, k, a, lda, b, ldb, c, ldc)
  }
}

extension ConvElement where Self: FixedWidthInteger {
  /// Integers wrap.
  static func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>,
    _ ldb: Int, _ c: UnsafeMutablePointer<Self>, _ ldc: Int
  ) {
    for i in 0..<m {
      for j in 0..<n {
        var sum: Self = 0
        for l in 0..<k { sum &+= a[i * lda + l] &* b[l * ldb + j] }
        c[i * ldc + j] = sum
      }
    }
  }
}

extension Int8: ConvElement {}
extension Int16: ConvElement {}
extension Int32: ConvElement {}
extension Int64: ConvElement {}
extension UInt8: ConvElement {}
extension UInt16: ConvElement {}
extension UInt32: ConvElement {}
extension UInt64: ConvElement {}
extension Complex: ConvElement {}
