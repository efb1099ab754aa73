/// How a float32 convolution without groups is computed, over at most two spatial axes.
package enum ConvAlgorithm: Hashable, Sendable, CaseIterable {
  /// As a matrix product over the patches of the images.
  case patches
  /// Tap by tap, from the images as they are or copied with zeros around them.
  case direct
  /// By Winograd's F(2x2, 3x3), with 16 products where there were 36.
  case winograd

  /// Chooses the one that is fastest for a problem's form and sizes (benchmark conv).
  init(for problem: ConvProblem) {
    let isGradient = problem.isKernelGradient
    let kernel = isGradient ? problem.outSizes : problem.kernelSizes
    let places = isGradient ? problem.kernelSizes : problem.outSizes
    let images = isGradient ? problem.features : problem.batch
    let channels = isGradient ? problem.batch : problem.features
    let positions = images * places.reduce(1, *)
    // A vector of output channels would be nearly empty.
    if problem.outFeatures < 4 {
      self = .patches
      return
    }
    // Bringing the kernel into order would take longer than its product.
    if positions <= 16, !isGradient {
      self = .patches
      return
    }
    let isPlain = problem.window.allSatisfy {
      $0.stride == 1 && $0.inputDilation == 1 && $0.kernelDilation == 1
    }
    let tiles = images * places.reduce(1) { $0 * (($1 + 1) / 2) }
    // The transforms pay off for enough channels, for tiles that are mostly full, and where the
    // kernel's transform is used often enough.
    let isWinograd =
      kernel == [3, 3] && isPlain && channels >= 16 && tiles >= (isGradient ? 16 : 48)
      && 9 * positions * 5 >= 16 * tiles * 7
    self = isWinograd ? .winograd : .direct
  }
}
