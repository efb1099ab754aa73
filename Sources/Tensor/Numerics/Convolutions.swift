/// Which axis of a convolution is which, in letters: `("NHWC", "HWIO", "NHWC")`.
///
/// N is the batch and C the features of input and result, O and I the output and input features of
/// the kernel; all other letters are spatial axes, which go by the kernel's order.
public struct ConvDimensionNumbers: Hashable, Sendable {
  /// The input's axes.
  public let lhs: String
  /// The kernel's axes.
  public let rhs: String
  /// The result's axes.
  public let out: String

  /// Creates dimension numbers from the letters of input, kernel and result.
  public init(lhs: String, rhs: String, out: String) {
    self.lhs = lhs
    self.rhs = rhs
    self.out = out
  }

  /// The places of the axes; nil if letters are missing, repeated or don't match.
  package var axes: ConvAxes? {
    let spatial = rhs.filter { $0 != "O" && $0 != "I" }
    func places(_ text: String, _ first: Character, _ second: Character) -> [Int]? {
      let letters = Array(text)
      let places = ([first, second] + spatial).compactMap(letters.firstIndex(of:))
      let isWhole = Set(letters).count == letters.count && places.count == letters.count
      return isWhole && places.count == spatial.count + 2 ? places : nil
    }
    guard let l = places(lhs, "N", "C"), let r = places(rhs, "O", "I"),
      let o = places(out, "N", "C")
    else { return nil }
    return ConvAxes(
      lhs: .init(batch: l[0], feature: l[1], spatial: Array(l[2...])),
      rhs: .init(outFeature: r[0], inFeature: r[1], spatial: Array(r[2...])),
      out: .init(batch: o[0], feature: o[1], spatial: Array(o[2...])))
  }
}

/// Convolves an input with kernels over any number of spatial axes.
///
/// By default the input is [batch, spatial..., features], the kernel [spatial..., in, out] and the
/// result [batch, spatial..., out]. The kernel is not turned round. Dtypes are promoted. With
/// feature groups, each group of input features has kernels of its own; with batch groups, each
/// part of the batch. Mirrors `jax.lax.conv_general_dilated`.
public func convGeneralDilated(
  _ lhs: Tensor, _ rhs: Tensor, strides: [Int]? = nil, padding: WindowPadding = .valid,
  inputDilation: [Int]? = nil, kernelDilation: [Int]? = nil,
  dimensionNumbers: ConvDimensionNumbers? = nil, featureGroups: Int = 1, batchGroups: Int = 1
) -> Tensor {
  let count = Swift.max(0, lhs.rank - 2)
  func failure(_ name: String, _ value: String, _ expected: String) -> Tensor {
    record(
      TensorError(
        "convGeneralDilated", .argumentInvalid(name: name, value: value, expected: expected),
        [.init("lhs", lhs.type), .init("rhs", rhs.type)]))
    return lhs
  }
  guard let axes = dimensionNumbers.map(\.axes) ?? .channelsLast(spatial: count),
    axes.lhs.all.count == lhs.rank, axes.rhs.all.count == rhs.rank
  else {
    let letters = dimensionNumbers.map { "\($0.lhs), \($0.rhs), \($0.out)" } ?? "the default"
    return failure("dimension numbers", letters, "a letter an axis, with N and C, O and I once")
  }
  let window = resolvedWindow(
    sizes: axes.lhs.spatial.map { lhs.shape.dimensions[$0] },
    windows: axes.rhs.spatial.map { rhs.shape.dimensions[$0] }, strides: strides,
    padding: padding, inputDilation: inputDilation, windowDilation: kernelDilation)
  guard let window else {
    return failure(
      "strides, padding or dilation", "of another number", "one for each of \(count) spatial axes")
  }
  let operands = promoted([lhs, rhs])
  return bind(
    ConvGeneralDilated(window, axes, featureGroups: featureGroups, batchGroups: batchGroups),
    operands[0], operands[1])
}

/// Adds the elements of a window at each of its places; all arguments name every axis.
public func windowSum(
  _ x: Tensor, sizes: [Int], strides: [Int]? = nil, padding: WindowPadding = .valid,
  inputDilation: [Int]? = nil, windowDilation: [Int]? = nil
) -> Tensor {
  reduceWindow("windowSum", x, sizes, strides, padding, inputDilation, windowDilation) {
    ReduceWindowSum(sizes: sizes, window: $0)
  }
}

/// Takes the largest element of a window at each of its places; those of the padding don't count.
///
/// Of equal elements the first has the derivative.
public func windowMax(
  _ x: Tensor, sizes: [Int], strides: [Int]? = nil, padding: WindowPadding = .valid,
  inputDilation: [Int]? = nil, windowDilation: [Int]? = nil
) -> Tensor {
  reduceWindow("windowMax", x, sizes, strides, padding, inputDilation, windowDilation) {
    ReduceWindowMax(sizes: sizes, window: $0)
  }
}

/// Takes the smallest element of a window at each of its places; those of the padding don't count.
///
/// Of equal elements the first has the derivative.
public func windowMin(
  _ x: Tensor, sizes: [Int], strides: [Int]? = nil, padding: WindowPadding = .valid,
  inputDilation: [Int]? = nil, windowDilation: [Int]? = nil
) -> Tensor {
  reduceWindow("windowMin", x, sizes, strides, padding, inputDilation, windowDilation) {
    ReduceWindowMin(sizes: sizes, window: $0)
  }
}

private func reduceWindow(
  _ name: String, _ x: Tensor, _ sizes: [Int], _ strides: [Int]?, _ padding: WindowPadding,
  _ inputDilation: [Int]?, _ windowDilation: [Int]?,
  _ operation: (ConvWindow) -> some WindowReduction
) -> Tensor {
  let window = resolvedWindow(
    sizes: x.shape.dimensions, windows: sizes, strides: strides, padding: padding,
    inputDilation: inputDilation, windowDilation: windowDilation)
  guard let window else {
    record(
      TensorError(
        name,
        .argumentInvalid(
          name: "sizes, strides, padding or dilation", value: "of another number",
          expected: "one for each of \(x.rank) axes"), [.init("operand", x.type)]))
    return x
  }
  return bind(operation(window), x)
}
