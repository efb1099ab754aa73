import CKernels

/// The geometry of a convolution for the C kernels, with trivial axes up to two.
struct ConvGeometry {
  let c: ck_conv2d

  /// `image` is the size of the input, `places` that of the output.
  init(
    image: [Int], kernel: [Int], places: [Int],
    _ axes: [(stride: Int, low: Int, dilation: Int)], batch: Int, features: Int,
    outFeatures: Int = 0
  ) {
    let missing = 2 - axes.count
    let ones = [Int](repeating: 1, count: missing)
    let (image, kernel, places) = (ones + image, ones + kernel, ones + places)
    let axes = Array(repeating: (stride: 1, low: 0, dilation: 1), count: missing) + axes
    c = ck_conv2d(
      batch: batch, height: image[0], width: image[1], in_channels: features,
      out_height: places[0], out_width: places[1], out_channels: outFeatures,
      kernel_h: kernel[0], kernel_w: kernel[1], stride_h: axes[0].stride,
      stride_w: axes[1].stride, pad_top: axes[0].low, pad_left: axes[1].low,
      dilation_h: axes[0].dilation, dilation_w: axes[1].dilation)
  }

  var rows: Int { c.batch * c.out_height * c.out_width }
  var depth: Int { c.kernel_h * c.kernel_w * c.in_channels }

  /// Whether the patch matrix is the image itself.
  var isIdentity: Bool {
    c.kernel_h == 1 && c.kernel_w == 1 && c.stride_h == 1 && c.stride_w == 1 && c.pad_top == 0
      && c.pad_left == 0 && c.out_height == c.height && c.out_width == c.width
  }
}
