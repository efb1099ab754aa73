import Foundation
import Tensor
import Testing

@testable import Training

@Suite struct PNGTests {
  /// The pixels of a PNG file as this package writes it, and its header.
  private func decoded(_ png: [UInt8]) throws -> (header: [UInt8], rows: [UInt8]) {
    #expect(png.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    var rest = png.dropFirst(8)
    var chunks: [String: [UInt8]] = [:]
    while rest.count >= 12 {
      let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let contents = Array(rest.dropFirst(4).prefix(4 + count))
      let check = rest.dropFirst(8 + count).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(check == CRC32.checksum(contents))
      chunks[String(decoding: contents.prefix(4), as: UTF8.self)] = Array(contents.dropFirst(4))
      rest = rest.dropFirst(12 + count)
    }
    #expect(rest.isEmpty)
    #expect(chunks["IEND"] == [])
    let data = try #require(chunks["IDAT"])
    var inflate = Inflate(data, from: 2)
    var rows: [UInt8] = []
    try inflate.run(into: &rows)
    #expect(data.count - inflate.offset == 4)
    return (try #require(chunks["IHDR"]), rows)
  }

  @Test func writesGreysAndColours() throws {
    let grey = try PixelArray.batch(Tensor([[0.0, 0.5, 1], [-1, 2, .nan]]))[0]
    let (header, rows) = try decoded(grey.png)
    #expect(header == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
    #expect(rows == [0, 0, 127, 255, 0, 0, 255, 0])
    let bytes = Tensor([UInt8](0..<24), shape: [2, 4, 3])
    let colours = try decoded(PixelArray.batch(bytes)[0].png)
    #expect(colours.header.suffix(5) == [8, 2, 0, 0, 0])
    #expect(colours.rows == [0] + Array(0..<12) + [0] + Array(12..<24))
    #expect(try PixelArray.batch(Tensor.zeros([5, 4, 7])).count == 5)
  }

  @Test(arguments: [0, 1, 2, 3, 10, 1000, 70_000])
  func compressesWithoutLoss(_ count: Int) throws {
    let random = try Random.bits(Key(1), [count], dtype: .uint8).scalars(as: UInt8.self)
    let repeating = (0..<count).map { UInt8($0 * $0 / 100 % 7) }
    for data in [random, repeating, [UInt8](repeating: 9, count: count)] {
      let packed = Deflate.compress(data)
      var inflate = Inflate(packed, from: 0)
      var result: [UInt8] = []
      try inflate.run(into: &result)
      #expect(result == data)
      #expect(packed.count <= count * 9 / 8 + 3)
    }
    #expect(Deflate.compress([UInt8](repeating: 9, count: count)).count < count / 100 + 20)
  }

  @Test func laysOutAGrid() throws {
    let images = Tensor((1...12).map(Float.init), shape: [3, 2, 2, 1])
    let grid = imageGrid(images, columns: 2, padding: 1, padValue: -1)
    #expect(grid.shape == [7, 7, 1])
    #expect(
      try grid.scalars(as: Float.self) == [
        -1, -1, -1, -1, -1, -1, -1,
        -1, 1, 2, -1, 5, 6, -1,
        -1, 3, 4, -1, 7, 8, -1,
        -1, -1, -1, -1, -1, -1, -1,
        -1, 9, 10, -1, -1, -1, -1,
        -1, 11, 12, -1, -1, -1, -1,
        -1, -1, -1, -1, -1, -1, -1,
      ])
    #expect(imageGrid(images, columns: 8, padding: 0, scale: 3).shape == [6, 18, 1])
  }

  @Test func savesOneImageOnly() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID())/x.png").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try savePNG(Tensor.ones([3, 2]), path)
    #expect(try decoded([UInt8](Data(contentsOf: URL(filePath: path)))).rows.count == 9)
    let error = #expect(throws: TensorError.self) { try savePNG(Tensor.ones([3, 2, 2, 1]), path) }
    #expect(error?.description.hasPrefix("savePNG: rank is 4, expected one image") == true)
  }
}
