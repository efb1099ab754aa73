import CKernels

/// Computes convolutions: brings the operands to one order, and calls the algorithm for the problem.
///
/// Images are brought to channels last, kernels to [spatial..., in, out], by views where the memory
/// lies so; results are views in the order that was asked for.
package enum Convolution {
  /// Where `algorithm` is not for the problem, another one is used.
  package static func run(
    _ operation: ConvGeneralDilated, _ lhs: NDArray, _ rhs: NDArray, _ output: ShapeDtype,
    algorithm: ConvAlgorithm? = nil
  ) -> NDArray {
    guard output.elementCount > 0 else { return NDArray(uninitialized: output) }
    let problem = ConvProblem(operation, lhs, rhs, output)
    switch output.dtype {
    case .float32:
      let algorithm = algorithm ?? ConvAlgorithm(for: problem)
      return planned(problem, algorithm) ?? compute(problem, as: Float.self)
    case .float64: return compute(problem, as: Double.self)
    case .float16, .bfloat16:
      // Half precisions multiply and add in float32 and round once.
      let wide = run(
        operation, lhs.converted(to: .float32), rhs.converted(to: .float32),
        output.with(dtype: .float32), algorithm: algorithm)
      return wide.converted(to: output.dtype, isWeak: output.isWeak)
    case .int8: return general(problem, as: Int8.self)
    case .int16: return general(problem, as: Int16.self)
    case .int32: return general(problem, as: Int32.self)
    case .int64: return general(problem, as: Int64.self)
    case .uint8, .bool: return general(problem, as: UInt8.self)
    case .uint16: return general(problem, as: UInt16.self)
    case .uint32: return general(problem, as: UInt32.self)
    case .uint64: return general(problem, as: UInt64.self)
    case .complex64: return general(problem, as: Complex<Float>.self)
    case .complex128: return general(problem, as: Complex<Double>.self)
    }
  }

  /// Multiplies matrices.
  ///
  /// Up to two spatial axes without groups, the three forms of a layer's forward and backward pass
  /// are products over the patches of an image:
  ///
  ///     forward           out = patches(x) kernel
  ///     input gradient    dx = the adjoint of patches, of dy kernel^T
  ///     kernel gradient   dkernel = patches(x)^T dy
  private static func compute<T: ConvScalar>(_ problem: ConvProblem, as type: T.Type) -> NDArray {
    if problem.isPlanar, problem.groups == 1 {
      if problem.isKernelGradient { return kernelGradient(problem, as: type) }
      if problem.isInputGradient { return inputGradient(problem, as: type) }
      if problem.window.allSatisfy({ $0.inputDilation == 1 }) { return forward(problem, as: type) }
    }
    if problem.isDepthwise { return depthwise(problem, as: type) }
    if problem.isDepthwiseKernelGradient { return depthwiseKernelGradient(problem, as: type) }
    return general(problem, as: type)
  }
}

/// A convolution with its operands' axes in canonical order.
package struct ConvProblem {
  /// The input as [batch, spatial..., features].
  let lhs: NDArray
  /// The kernel as [spatial..., in, out].
  let rhs: NDArray
  let window: [ConvWindow.Axis]
  let featureGroups: Int
  let batchGroups: Int
  let output: ShapeDtype
  let axes: ConvAxes.Image
  /// Sizes of the result's spatial axes.
  let outSizes: [Int]

  init(_ operation: ConvGeneralDilated, _ lhs: NDArray, _ rhs: NDArray, _ output: ShapeDtype) {
    let axes = operation.axes
    self.lhs = lhs.transposed([axes.lhs.batch] + axes.lhs.spatial + [axes.lhs.feature])
    self.rhs = rhs.transposed(axes.rhs.spatial + [axes.rhs.inFeature, axes.rhs.outFeature])
    self.output = output
    self.axes = axes.out
    window = operation.window.spatial
    featureGroups = operation.featureGroups
    batchGroups = operation.batchGroups
    outSizes = axes.out.spatial.map { output.shape.dimensions[$0] }
  }

  var rank: Int { window.count }
  var groups: Int { featureGroups * batchGroups }
  var batch: Int { lhs.shape.dimensions[0] }
  var features: Int { lhs.shape.dimensions[rank + 1] }
  var inFeatures: Int { rhs.shape.dimensions[rank] }
  var outFeatures: Int { rhs.shape.dimensions[rank + 1] }
  var inSizes: [Int] { Array(lhs.shape.dimensions[1..<rank + 1]) }
  var kernelSizes: [Int] { Array(rhs.shape.dimensions[..<rank]) }
  var outCount: Int { outSizes.reduce(1, *) }
  var tapCount: Int { kernelSizes.reduce(1, *) }

  /// Whether there are at most two spatial axes.
  var isPlanar: Bool { rank <= 2 }

  /// The kernel's gradient contracts the batch, so that in memory its operands' batch and feature
  /// roles are exchanged: [features, spatial..., batch] is row-major.
  var isKernelGradient: Bool {
    guard window.allSatisfy({ $0.inputDilation == 1 }) else { return false }
    let exchanged = exchangedLhs.isContiguous && exchangedRhs.isContiguous
    let straight = lhs.isContiguous && rhs.isContiguous
    return exchanged != straight ? exchanged : tapCount > outCount
  }

  /// The input's gradient has the stride of the forward pass as dilation of its input, or a kernel
  /// that is turned round in memory.
  var isInputGradient: Bool {
    guard window.allSatisfy({ $0.stride == 1 }) else { return false }
    if window.contains(where: { $0.inputDilation > 1 }) { return true }
    guard batch > 1, tapCount > 1 else { return false }
    return zip(kernelSizes, rhs.strides).allSatisfy { $0 == 1 || $1 < 0 }
  }

  /// Every input feature has kernels of its own.
  var isDepthwise: Bool { batchGroups == 1 && featureGroups > 1 && inFeatures == 1 }

  /// The kernel's gradient of a depthwise convolution with one kernel a feature.
  var isDepthwiseKernelGradient: Bool {
    batchGroups > 1 && batch == batchGroups && outFeatures == batchGroups
  }

  /// The input as [features, spatial..., batch].
  var exchangedLhs: NDArray { lhs.transposed([rank + 1] + Array(1..<rank + 1) + [0]) }
  /// The kernel as [in, spatial..., out].
  var exchangedRhs: NDArray { rhs.transposed([rank] + Array(0..<rank) + [rank + 1]) }

  /// Brings a contiguous [batch, spatial..., features] to the order of the result.
  func result(channelsLast array: NDArray) -> NDArray {
    ordered(array, from: [axes.batch] + axes.spatial + [axes.feature])
  }

  /// Brings a contiguous [spatial..., batch, features] to the order of the result.
  func result(spatialFirst array: NDArray) -> NDArray {
    ordered(array, from: axes.spatial + [axes.batch, axes.feature])
  }

  /// Where `places[i]` is the axis of the result that axis i of the array is.
  private func ordered(_ array: NDArray, from places: [Int]) -> NDArray {
    let sizes = places.map { output.shape.dimensions[$0] }
    var order = places
    for (source, place) in places.enumerated() { order[place] = source }
    return array.view(Shape(sizes), strides: nil, isWeak: output.isWeak).transposed(order)
  }
}
