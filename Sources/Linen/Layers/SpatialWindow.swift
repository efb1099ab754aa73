/// The window of a convolution over the spatial axes, with everything that is counted per axis.
struct SpatialWindow {
  let kernel: [Int]
  let strides: [Int]
  let inputDilation: [Int]
  let kernelDilation: [Int]

  var rank: Int { kernel.count }

  /// The sizes of the kernel with its gaps.
  var dilatedKernel: [Int] { zip(kernel, kernelDilation).map { dilated($0, by: $1) } }

  /// Whether all sizes, steps and dilations are at least 1; records an error if not.
  func isPositive(_ layer: String, _ x: Tensor) -> Bool {
    for (name, values) in [
      ("kernel_size", kernel), ("strides", strides), ("input_dilation", inputDilation),
      ("kernel_dilation", kernelDilation),
    ] where values.contains(where: { $0 < 1 }) {
      record(
        TensorError(
          layer,
          .argumentInvalid(name: name, value: pythonTuple(values), expected: "at least 1 each"),
          [.init("inputs", x.type)]))
      return false
    }
    return true
  }

  /// The window with explicit padding.
  func padded(_ pads: [(Int, Int)]) -> ConvWindow {
    ConvWindow(
      kernel.indices.map { axis in
        ConvWindow.Axis(
          stride: strides[axis], low: pads[axis].0, high: pads[axis].1,
          inputDilation: inputDilation[axis], kernelDilation: kernelDilation[axis])
      })
  }

  /// The padding that keeps the input's size, divided by the strides and rounded up.
  func samePads(_ sizes: [Int]) -> [(Int, Int)] {
    sizes.indices.map { axis in
      let stride = Swift.max(strides[axis], 1)
      let outputs = (sizes[axis] + stride - 1) / stride
      let needed = Swift.max(0, (outputs - 1) * stride + dilatedKernel[axis] - sizes[axis])
      return (needed / 2, needed - needed / 2)
    }
  }

  /// Pads the input where zeros are not what is wanted, and says how many zeros are left to add.
  func resolve(_ padding: Padding, _ x: Tensor) -> (x: Tensor, pads: [(Int, Int)]) {
    let sizes = Array(x.shape.dimensions.dropFirst().dropLast())
    let none = [(Int, Int)](repeating: (0, 0), count: rank)
    if padding.isNamed, inputDilation.contains(where: { $0 > 1 }) {
      record(
        LinenError(
          .other(
            "String padding is not implemented for transposed convolution using this op. Please "
              + "either exactly specify the required padding or use conv_transpose.")))
    }
    switch padding {
    case .same: return (x, samePads(sizes))
    case .sameLower: return (x, samePads(sizes).map { ($1, $0) })
    case .valid: return (x, none)
    case .circular, .reflect:
      let pads = dilatedKernel.map { (($0 - 1) / 2, $0 / 2) }
      var mode = PadMode.wrap
      if case .reflect = padding { mode = .reflect }
      return (pad(x, [(0, 0)] + pads + [(0, 0)], mode: mode), none)
    case .causal:
      guard rank == 1 else {
        record(LinenError(.other("Causal padding is only implemented for 1D convolutions.")))
        return (x, none)
      }
      let pads = [(dilatedKernel[0] - 1, 0)]
      guard Counting.isOn, pads[0].0 > 0 else { return (x, pads) }
      // JAX counts products with zeros that stand there before.
      return (pad(x, [(0, 0)] + pads + [(0, 0)], constant: Counting.integer(0)), none)
    case .all(let count): return (x, none.map { _ in (count, count) })
    case .each(let counts) where counts.count == rank: return (x, counts.map { ($0, $0) })
    case .pairs(let pairs) where pairs.count == rank: return (x, pairs)
    case .each, .pairs:
      record(
        LinenError(
          .other(
            "Invalid padding format: \(padding), should be str, int, or a sequence of len \(rank) "
              + "where each element is an int or pair of ints.")))
      return (x, none)
    }
  }
}

/// Flattens the batch axes before `spatialCount` spatial axes and the features into one.
///
/// Records an error if there are fewer axes.
func withOneBatchAxis(
  _ x: Tensor, spatialCount: Int, _ layer: String, _ body: (Tensor) -> Tensor
) -> Tensor {
  let batchCount = x.rank - spatialCount - 1
  guard batchCount >= 0 else {
    record(
      TensorError(
        layer,
        .rankInvalid(rank: x.rank, expected: "\(spatialCount) spatial axes and the features"),
        [.init("inputs", x.type)]))
    return x
  }
  if batchCount == 1 { return body(x) }
  let batch = x.shape[0..<batchCount]
  let y = body(
    x.reshaped(to: Shape([batch.elementCount] + x.shape.dimensions.dropFirst(batchCount))))
  return y.reshaped(to: Shape(batch.dimensions + y.shape.dimensions.dropFirst()))
}

/// Convolves `[batch, spatial..., channels]` with a kernel `[window..., channels / groups, features]`.
func convGeneral(_ x: Tensor, _ kernel: Tensor, _ window: ConvWindow, groups: Int = 1) -> Tensor {
  let axes = ConvAxes.channelsLast(spatial: window.spatial.count)
  return bind(ConvGeneralDilated(window, axes, featureGroups: groups), x, kernel)
}
