import HandwrittenDigits
import Linen
import OptimalTransport

/// Pairs of digits as transport problems: the ink of one is to be moved to where that of the other is.
struct DigitPairs {
  /// The grid of pixels that all images share.
  let geometry: Geometry
  /// The share of an image's ink that is on each pixel: `[images, pixels]`.
  let inks: Tensor

  init(_ images: Tensor, epsilon: Double) {
    let (count, side) = (images.shape[0], images.shape[1])
    geometry = .grid([side, side], epsilon: epsilon)
    let pixels = images.reshaped(to: [count, side * side])
    inks = pixels / sum(pixels, axes: [1], keepingAxes: true)
  }

  /// Draws pairs at random: the weights of the first and second measures, each `[count, pixels]`.
  func draw(_ count: Int, _ key: Key) -> (a: Tensor, b: Tensor) {
    let indices = Random.randint(key, [2, count], 0, inks.shape[0])
    return (take(inks, indices[0], axis: 0), take(inks, indices[1], axis: 0))
  }
}
