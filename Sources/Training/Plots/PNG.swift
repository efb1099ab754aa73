import Foundation
import Tensor

extension PixelArray {
  /// The image as a PNG file.
  ///
  /// https://www.w3.org/TR/png
  var png: [UInt8] {
    let colorType: UInt8 = [1: 0, 3: 2][channels] ?? 6
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, colorType, 0, 0, 0]
    let stride = width * channels
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (stride + 1))
    for row in 0..<height {
      // The filter "none".
      rows.append(0)
      rows += bytes[row * stride..<(row + 1) * stride]
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
      + chunk("IDAT", zlib(rows)) + chunk("IEND", [])
  }

  private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let contents = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + contents + bigEndian(CRC32.checksum(contents))
  }
}

/// Compresses as zlib does: a deflate stream with a header and a check.
///
/// https://www.rfc-editor.org/rfc/rfc1950
private func zlib(_ data: [UInt8]) -> [UInt8] {
  var (low, high) = (UInt32(1), UInt32(0))
  for byte in data {
    low = (low + UInt32(byte)) % 65521
    high = (high + low) % 65521
  }
  return [0x78, 0x01] + Deflate.compress(data) + bigEndian(high << 16 | low)
}

/// Writes an image `[height, width]` or `[height, width, channels]` as a PNG file.
///
/// Values are floats from 0 to 1, or uint8; there are 1, 3 or 4 channels.
/// - Throws: an error if the shape is another or the file can't be written.
public func savePNG(_ image: Tensor, _ path: String) throws {
  let images = try PixelArray.batch(image)
  guard images.count == 1 else {
    throw TensorError(
      "savePNG", .rankInvalid(rank: image.rank, expected: "one image"),
      [.init("image", image.type)], hint: "imageGrid makes one image of several")
  }
  let url = URL(fileURLWithPath: path)
  try FileManager.default.createDirectory(
    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(images[0].png).write(to: url, options: .atomic)
}

/// Lays images out in rows: `[images, height, width, channels]` to one `[height, width, channels]`.
///
/// Between and around them are `padding` pixels of `padValue`; `scale` enlarges each pixel. Mirrors
/// `save_image` of Flax's examples.
public func imageGrid(
  _ images: Tensor, columns: Int = 8, padding: Int = 2, padValue: Double = 0, scale: Int = 1
) -> Tensor {
  let images = images.rank == 3 ? images.expandingAxis(-1) : images
  guard images.rank == 4, columns > 0, padding >= 0, scale > 0 else {
    record(
      TensorError(
        "imageGrid",
        .rankInvalid(rank: images.rank, expected: "[images, height, width, channels]"),
        [.init("images", images.type)]))
    return images
  }
  let large = `repeat`(`repeat`(images, scale, axis: 1), scale, axis: 2)
  let count = images.shape[0]
  let across = min(columns, max(count, 1))
  let down = (count + across - 1) / across
  let value = Tensor(padValue, dtype: images.dtype)
  // Each image has its padding to the left and above.
  let cells = pad(
    large, [(0, across * down - count), (padding, 0), (padding, 0), (0, 0)], constant: value)
  let (height, width, channels) = (cells.shape[1], cells.shape[2], cells.shape[3])
  let grid = cells.reshaped(to: [down, across, height, width, channels])
    .transposed([0, 2, 1, 3, 4]).reshaped(to: [down * height, across * width, channels])
  return pad(grid, [(0, padding), (0, padding), (0, 0)], constant: value)
}
