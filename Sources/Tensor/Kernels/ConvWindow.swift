/// How a window moves over the spatial axes of a convolution.
package struct ConvWindow: Hashable, Sendable {
  package let spatial: [Axis]

  package init(_ spatial: [Axis]) { self.spatial = spatial }

  /// Strides, padding and dilation along one axis.
  package struct Axis: Hashable, Sendable {
    package let stride: Int
    /// Positions added before and after the dilated input; negative ones are cut off.
    package let low: Int
    package let high: Int
    /// Input elements lie this far apart, with zeros between them.
    package let inputDilation: Int
    /// Kernel elements lie this far apart.
    package let kernelDilation: Int

    package init(
      stride: Int = 1, low: Int = 0, high: Int = 0, inputDilation: Int = 1, kernelDilation: Int = 1
    ) {
      self.stride = stride
      self.low = low
      self.high = high
      self.inputDilation = inputDilation
      self.kernelDilation = kernelDilation
    }
  }
}

/// The size of an axis of which elements lie `dilation` apart.
package func dilated(_ size: Int, by dilation: Int) -> Int {
  size == 0 ? 0 : (size - 1) * dilation + 1
}

extension ConvWindow.Axis {
  /// The size of the dilated and padded input.
  package func padded(_ input: Int) -> Int { dilated(input, by: inputDilation) + low + high }

  /// The number of places of a window of `kernel` elements.
  package func outputSize(input: Int, kernel: Int) -> Int {
    let room = padded(input) - dilated(kernel, by: kernelDilation)
    return room < 0 ? 0 : room / stride + 1
  }

  /// The input index under element `tap` of the window at `place`; nil on padding or a gap.
  package func source(place: Int, tap: Int, input: Int) -> Int? {
    let position = place * stride + tap * kernelDilation - low
    guard position >= 0 else { return nil }
    let (index, gap) = position.quotientAndRemainder(dividingBy: inputDilation)
    return gap == 0 && index < input ? index : nil
  }

  /// The pairs of places and taps that meet an input element.
  package func innerTaps(input: Int, kernel: Int, output: Int) -> Int {
    var count = 0
    for place in 0..<output {
      for tap in 0..<kernel where source(place: place, tap: tap, input: input) != nil {
        count += 1
      }
    }
    return count
  }

  /// The window that takes the cotangent of the output, over a reversed kernel, to the input's.
  package func lhsTransposed(input: Int, kernel: Int, output: Int) -> ConvWindow.Axis {
    let window = dilated(kernel, by: kernelDilation)
    let before = window - low - 1
    let after =
      dilated(input, by: inputDilation) + window - 1 - dilated(output, by: stride) - before
    return ConvWindow.Axis(
      stride: inputDilation, low: before, high: after, inputDilation: stride,
      kernelDilation: kernelDilation)
  }

  /// The window that takes the input, with the output's cotangent as kernel, to the kernel's.
  package func rhsTransposed(input: Int, kernel: Int, output: Int) -> ConvWindow.Axis {
    let after =
      dilated(output, by: stride) - dilated(input, by: inputDilation)
      + dilated(kernel, by: kernelDilation) - low - 1
    return ConvWindow.Axis(
      stride: kernelDilation, low: low, high: after, inputDilation: inputDilation,
      kernelDilation: stride)
  }
}

/// Which axis of a convolution's operands and result is which.
package struct ConvAxes: Hashable, Sendable {
  package let lhs: Image
  package let rhs: Kernel
  package let out: Image

  package init(lhs: Image, rhs: Kernel, out: Image) {
    self.lhs = lhs
    self.rhs = rhs
    self.out = out
  }

  /// The axes of an input or result.
  package struct Image: Hashable, Sendable {
    package let batch: Int
    package let feature: Int
    package let spatial: [Int]

    package init(batch: Int, feature: Int, spatial: [Int]) {
      self.batch = batch
      self.feature = feature
      self.spatial = spatial
    }

    /// A kernel seen as an image, its output features as the batch.
    package init(_ kernel: Kernel) {
      self.init(batch: kernel.outFeature, feature: kernel.inFeature, spatial: kernel.spatial)
    }

    package var all: [Int] { [batch, feature] + spatial }
    package var swapped: Image { Image(batch: feature, feature: batch, spatial: spatial) }
  }

  /// The axes of a kernel.
  package struct Kernel: Hashable, Sendable {
    package let outFeature: Int
    package let inFeature: Int
    package let spatial: [Int]

    package init(outFeature: Int, inFeature: Int, spatial: [Int]) {
      self.outFeature = outFeature
      self.inFeature = inFeature
      self.spatial = spatial
    }

    /// An image seen as a kernel, its batch as the output features.
    package init(_ image: Image) {
      self.init(outFeature: image.batch, inFeature: image.feature, spatial: image.spatial)
    }

    package var all: [Int] { [outFeature, inFeature] + spatial }
    package var swapped: Kernel {
      Kernel(outFeature: inFeature, inFeature: outFeature, spatial: spatial)
    }
  }

  /// Channels last, kernels [spatial..., in, out]: NHWC, HWIO, NHWC for two spatial axes.
  package static func channelsLast(spatial count: Int) -> ConvAxes {
    let image = Image(batch: 0, feature: count + 1, spatial: Array(1..<count + 1))
    return ConvAxes(
      lhs: image,
      rhs: Kernel(outFeature: count + 1, inFeature: count, spatial: Array(0..<count)), out: image)
  }
}
