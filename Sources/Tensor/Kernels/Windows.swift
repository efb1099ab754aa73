import CKernels

/// Reductions over moving windows, and what choosing ones among them pass on.
///
/// The axes are grouped: leading ones over which the window does not reach, then those that it
/// moves over, then trailing ones that it does not reach, the channels of [batch, height, width,
/// channels]. Two axes of the middle run as C kernels, one image at a time; the rest by a table.
package enum Windows {
  /// How a window's elements are combined.
  package enum Combination: Hashable, Sendable {
    case sum
    case max
    case min
  }

  package static func reduce(
    _ combination: Combination, _ x: NDArray, _ sizes: [Int], _ window: [ConvWindow.Axis],
    _ output: ShapeDtype
  ) -> NDArray {
    if let half = throughFloat(
      output, [x],
      {
        reduce(combination, $0[0], sizes, window, $1)
      })
    {
      return half
    }
    if output.dtype.isComplex {
      // The parts are two channels more.
      let parts = x.parts
      let shape = Shape(output.shape.dimensions + [2])
      return reduce(
        combination, parts, sizes + [1], window + [ConvWindow.Axis()],
        ShapeDtype(shape, parts.dtype, isWeak: output.isWeak)
      ).joined
    }
    let groups = WindowGroups(x.shape, output.shape, sizes, window)
    let x = x.contiguous()
    let result = NDArray(uninitialized: output)
    switch output.dtype {
    case .float32: planarOrTable(combination, groups, x, result, as: Float.self)
    case .float64: planarOrTable(combination, groups, x, result, as: Double.self)
    case .int8: table(combination, groups, x, result, as: Int8.self)
    case .int16: table(combination, groups, x, result, as: Int16.self)
    case .int32: table(combination, groups, x, result, as: Int32.self)
    case .int64: table(combination, groups, x, result, as: Int64.self)
    case .uint8, .bool: table(combination, groups, x, result, as: UInt8.self)
    case .uint16: table(combination, groups, x, result, as: UInt16.self)
    case .uint32: table(combination, groups, x, result, as: UInt32.self)
    case .uint64: table(combination, groups, x, result, as: UInt64.self)
    case .float16, .bfloat16, .complex64, .complex128: break
    }
    return result
  }

  /// Adds the source's elements to the places that the windows choose.
  package static func scatter(
    _ choice: Combination, source: NDArray, _ x: NDArray, _ sizes: [Int],
    _ window: [ConvWindow.Axis], _ output: ShapeDtype
  ) -> NDArray {
    if let half = throughFloat(
      output, [source, x],
      {
        scatter(choice, source: $0[0], $0[1], sizes, window, $1)
      })
    {
      return half
    }
    let groups = WindowGroups(x.shape, source.shape, sizes, window)
    let (x, source) = (x.contiguous(), source.contiguous())
    let result = NDArray(uninitialized: output)
    switch output.dtype {
    case .float32: planarOrTableScatter(choice, groups, x, source, result, as: Float.self)
    case .float64: planarOrTableScatter(choice, groups, x, source, result, as: Double.self)
    case .int8: scatterTable(choice, groups, x, source, result, as: Int8.self)
    case .int16: scatterTable(choice, groups, x, source, result, as: Int16.self)
    case .int32: scatterTable(choice, groups, x, source, result, as: Int32.self)
    case .int64: scatterTable(choice, groups, x, source, result, as: Int64.self)
    case .uint8, .bool: scatterTable(choice, groups, x, source, result, as: UInt8.self)
    case .uint16: scatterTable(choice, groups, x, source, result, as: UInt16.self)
    case .uint32: scatterTable(choice, groups, x, source, result, as: UInt32.self)
    case .uint64: scatterTable(choice, groups, x, source, result, as: UInt64.self)
    case .float16, .bfloat16, .complex64, .complex128: break
    }
    return result
  }

  /// Takes the tangents at the places that the windows choose.
  package static func gather(
    _ choice: Combination, _ tangents: NDArray, _ x: NDArray, _ sizes: [Int],
    _ window: [ConvWindow.Axis], _ output: ShapeDtype
  ) -> NDArray {
    if let half = throughFloat(
      output, [tangents, x],
      {
        gather(choice, $0[0], $0[1], sizes, window, $1)
      })
    {
      return half
    }
    let groups = WindowGroups(x.shape, output.shape, sizes, window)
    let (x, tangents) = (x.contiguous(), tangents.contiguous())
    let result = NDArray(uninitialized: output)
    switch output.dtype {
    case .float32: gatherTable(choice, groups, x, tangents, result, as: Float.self)
    case .float64: gatherTable(choice, groups, x, tangents, result, as: Double.self)
    case .int8: gatherTable(choice, groups, x, tangents, result, as: Int8.self)
    case .int16: gatherTable(choice, groups, x, tangents, result, as: Int16.self)
    case .int32: gatherTable(choice, groups, x, tangents, result, as: Int32.self)
    case .int64: gatherTable(choice, groups, x, tangents, result, as: Int64.self)
    case .uint8, .bool: gatherTable(choice, groups, x, tangents, result, as: UInt8.self)
    case .uint16: gatherTable(choice, groups, x, tangents, result, as: UInt16.self)
    case .uint32: gatherTable(choice, groups, x, tangents, result, as: UInt32.self)
    case .uint64: gatherTable(choice, groups, x, tangents, result, as: UInt64.self)
    case .float16, .bfloat16, .complex64, .complex128: break
    }
    return result
  }

  /// Half precisions compute in float32 and round once; nil for other types.
  private static func throughFloat(
    _ output: ShapeDtype, _ inputs: [NDArray], _ body: ([NDArray], ShapeDtype) -> NDArray
  ) -> NDArray? {
    guard output.dtype == .float16 || output.dtype == .bfloat16 else { return nil }
    return body(inputs.map { $0.converted(to: .float32) }, output.with(dtype: .float32))
      .converted(to: output.dtype, isWeak: output.isWeak)
  }
}

/// The axes of a window operation in three groups.
struct WindowGroups {
  let outer: Int
  let inner: Int
  let window: [ConvWindow.Axis]
  let input: [Int]
  let output: [Int]
  let sizes: [Int]

  init(_ input: Shape, _ output: Shape, _ sizes: [Int], _ window: [ConvWindow.Axis]) {
    let reached = sizes.indices.filter { sizes[$0] != 1 || window[$0] != ConvWindow.Axis() }
    let middle = (reached.first ?? 0)..<(reached.last.map { $0 + 1 } ?? 0)
    outer = input.dimensions[..<middle.lowerBound].reduce(1, *)
    inner = input.dimensions[middle.upperBound...].reduce(1, *)
    self.window = Array(window[middle])
    self.input = Array(input.dimensions[middle])
    self.output = Array(output.dimensions[middle])
    self.sizes = Array(sizes[middle])
  }

  var inputCount: Int { input.reduce(1, *) * inner }
  var outputCount: Int { output.reduce(1, *) * inner }

  var table: WindowTable { WindowTable(window, input: input, kernel: sizes, output: output) }

  /// The geometry of one image of at most two axes; nil for more, or with base dilation.
  var plane: ck_pool2d? {
    guard window.count <= 2, window.allSatisfy({ $0.inputDilation == 1 }) else { return nil }
    return pool(input, output, window.map { ($0.stride, $0.low, $0.kernelDilation) })
  }

  /// The geometry of the sum whose gradient this is; nil if it is not such a gradient.
  var adjointPlane: ck_pool2d? {
    guard window.count <= 2, window.allSatisfy({ $0.stride == 1 }),
      window.contains(where: { $0.inputDilation > 1 })
    else { return nil }
    return pool(
      output, input,
      zip(window, sizes).map { axis, size in
        (axis.inputDilation, (size - 1) * axis.kernelDilation - axis.low, axis.kernelDilation)
      })
  }

  private func pool(
    _ image: [Int], _ places: [Int], _ axes: [(stride: Int, low: Int, dilation: Int)]
  ) -> ck_pool2d {
    let missing = 2 - axes.count
    let ones = [Int](repeating: 1, count: missing)
    let (image, places, sizes) = (ones + image, ones + places, ones + sizes)
    let axes = Array(repeating: (stride: 1, low: 0, dilation: 1), count: missing) + axes
    return ck_pool2d(
      height: image[0], width: image[1], channels: inner, out_height: places[0],
      out_width: places[1], window_h: sizes[0], window_w: sizes[1], stride_h: axes[0].stride,
      stride_w: axes[1].stride, pad_top: axes[0].low, pad_left: axes[1].low,
      dilation_h: axes[0].dilation, dilation_w: axes[1].dilation)
  }
}
