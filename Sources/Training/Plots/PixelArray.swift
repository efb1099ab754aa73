import Tensor

/// An image of 8 bits a channel, row by row.
struct PixelArray {
  let height: Int
  let width: Int
  /// 1 for grey, 3 for colours, 4 with opacity.
  let channels: Int
  let bytes: [UInt8]

  /// Reads images `[height, width]`, `[height, width, channels]` or `[images, height, width, channels]`.
  ///
  /// Floats count from 0 to 1. Three axes are one image if the last is 1, 3 or 4, else many of one
  /// channel.
  /// - Throws: an error if the shape is another.
  static func batch(_ images: Tensor) throws -> [PixelArray] {
    var shape = Array(images.shape)
    let isChannels = { [1, 3, 4].contains($0) }
    switch shape.count {
    case 2: shape = [1] + shape + [1]
    case 3: shape = isChannels(shape[2]) ? [1] + shape : shape + [1]
    default: break
    }
    guard shape.count == 4, isChannels(shape[3]) else {
      throw TensorError(
        "image", .rankInvalid(rank: images.rank, expected: "[images, height, width, channels]"),
        [.init("images", images.type)], hint: "there are 1, 3 or 4 channels")
    }
    let bytes = try values(images)
    let size = shape[1] * shape[2] * shape[3]
    return (0..<shape[0]).map { index in
      PixelArray(
        height: shape[1], width: shape[2], channels: shape[3],
        bytes: Array(bytes[index * size..<(index + 1) * size]))
    }
  }

  private static func values(_ images: Tensor) throws -> [UInt8] {
    if images.dtype == .uint8 { return try images.scalars(as: UInt8.self) }
    // As TensorFlow converts: equal parts of 0 to 1 for the 256 numbers. NaN is black.
    return try images.cast(to: .float32).scalars(as: Float.self).map { value in
      value > 0 ? UInt8(min(value * 255.5, 255)) : 0
    }
  }
}
