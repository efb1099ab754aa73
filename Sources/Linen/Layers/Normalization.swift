/// What the normalizing layers have in common: how they compute statistics, scale and shift.
struct Normalization {
  let epsilon: Double
  let dtype: DType?
  let paramDtype: DType
  let useBias: Bool
  let useScale: Bool
  let biasInit: Initializer
  let scaleInit: Initializer
  let axisName: String?
  let axisIndexGroups: [[Int]]?
  let useFastVariance: Bool
  let forceFloat32Reductions: Bool

  /// Mean and variance over the axes, in at least float32 unless that is turned off.
  ///
  /// The fast variance is E[x^2] - E[x]^2, cut off at 0: one pass, but it cancels where the mean is
  /// large. Without a mean the variance is E[x^2]. Averages go over a mapped axis too, if it is named.
  func statistics(
    _ x: Tensor, axes: [Int], useMean: Bool = true, mask: Tensor? = nil
  ) -> (mean: Tensor?, variance: Tensor) {
    var computation = dtype ?? x.dtype
    if forceFloat32Reductions {
      computation = DType.promoted(computation, weak: false, .float32, weak: false)
    }
    let x = x.cast(to: computation)
    let mask = mask?.cast(to: .bool)
    func average(_ x: Tensor) -> Tensor {
      let own = mean(x, axes: axes, where: mask)
      return axisName.map { mappedMean(own, $0) } ?? own
    }
    guard useMean else { return (nil, average(absoluteSquare(x))) }
    if useFastVariance {
      let mu = average(x)
      return (mu, maximum(0.0, average(absoluteSquare(x)) - absoluteSquare(mu)))
    }
    let mu = average(x)
    return (mu, average(absoluteSquare(x - expandDims(mu, axes: axes))))
  }

  /// The mean over the members of a mapped axis, or over those of this member's group.
  private func mappedMean(_ x: Tensor, _ axisName: String) -> Tensor {
    guard let groups = axisIndexGroups else { return pmean(x, axisName: axisName) }
    let members = allGather(x, axisName: axisName)
    let count = members.shape[0]
    guard groups.flatMap({ $0 }).sorted() == Array(0..<count) else {
      record(
        LinenError(
          .other(
            "axis_index_groups \(groups) must name each of the \(count) members of the axis "
              + "\(axisName) once.")))
      return x
    }
    // A row for each member: what it takes of the others.
    var weights = [Double](repeating: 0, count: count * count)
    for group in groups {
      for row in group { for column in group { weights[row * count + column] = 1 } }
    }
    let table = Tensor(weights, shape: [count, count], dtype: x.dtype)
    let row = take(table, axisIndex(axisName), axis: 0)
    return tensordot(row, members, count: 1) / sum(row)
  }

  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias`, with the layer's parameters, whose shape
  /// is that of the feature axes.
  func normalize(
    _ x: Tensor, _ statistics: (mean: Tensor?, variance: Tensor), reductionAxes: [Int],
    featureAxes: [Int], in module: Module
  ) -> Tensor {
    let sizes = x.shape.dimensions
    let shape = Shape(featureAxes.map { sizes[$0] })
    // The last axes broadcast as they are.
    let isTrailing = (featureAxes.first ?? 0) + featureAxes.count == sizes.count
    func parameter(_ name: String, _ initializer: Initializer) -> Tensor {
      let parameter = module.param(name, initializer, shape, dtype: paramDtype)
      if isTrailing { return parameter }
      return parameter.reshaped(
        to: Shape(sizes.indices.map { featureAxes.contains($0) ? sizes[$0] : 1 }))
    }
    var y = x
    if let mean = statistics.mean { y = y - expandDims(mean, axes: reductionAxes) }
    var factor = rsqrt(expandDims(statistics.variance, axes: reductionAxes) + epsilon)
    let scale = useScale ? parameter("scale", scaleInit) : nil
    if let scale { factor = factor * scale }
    y = y * factor
    let bias = useBias ? parameter("bias", biasInit) : nil
    if let bias { y = y + bias }
    return y.cast(to: canonicalizeDType(x, scale, bias, dtype: dtype))
  }
}

/// `|x|^2`, a real number for a complex one too.
private func absoluteSquare(_ x: Tensor) -> Tensor {
  x.dtype.isComplex ? square(real(x)) + square(imag(x)) : square(x)
}

/// Axes counted from the start, in order and each once.
///
/// Records an error for axes that are not there, and leaves them out.
func canonicalAxes(_ axes: Axes, _ x: Tensor, _ layer: String) -> [Int] {
  let rank = x.rank
  if let axis = axes.only, axis >= -rank, axis < rank { return [axis < 0 ? axis + rank : axis] }
  let resolved = axes.values.map { $0 < 0 ? $0 + rank : $0 }
  if isAscending(resolved, below: rank) { return resolved }
  let valid = resolved.filter { (0..<rank).contains($0) }
  if valid.count < resolved.count {
    record(
      TensorError(layer, .axesInvalid(axes: axes.values, rank: rank), [.init("inputs", x.type)]))
  }
  return Set(valid).sorted()
}

private func isAscending(_ axes: [Int], below rank: Int) -> Bool {
  var last = -1
  for axis in axes {
    guard axis > last, axis < rank else { return false }
    last = axis
  }
  return true
}
