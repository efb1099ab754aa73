import Tensor
import Testing
import Training

@Suite struct IDXTests {
  static let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255]

  @Test func readsBytes() throws {
    let tensor = try withTemporaryFile(IDXTests.images) { try IDX.read($0, rank: 3) }
    #expect(tensor.type == ShapeDtype([2, 1, 2], .uint8))
    #expect(try tensor.scalars(as: UInt8.self) == [1, 2, 3, 255])
  }

  @Test func readsBigEndianNumbers() throws {
    let shorts: [UInt8] = [0, 0, 11, 1, 0, 0, 0, 2, 1, 2, 255, 254]
    let integers = try withTemporaryFile(shorts) { try IDX.read($0) }
    #expect(try integers.scalars(as: Int16.self) == [258, -2])
    let doubles: [UInt8] = [0, 0, 14, 0, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]
    let scalar = try withTemporaryFile(doubles) { try IDX.read($0) }
    #expect(try scalar.item(as: Double.self) == 1.5)
  }

  @Test func readsAnEmptyArray() throws {
    let sizes = [UInt8](repeating: 0, count: 4) + [UInt8](repeating: 255, count: 4)
    let empty = try withTemporaryFile([0, 0, 8, 2] + sizes) { try IDX.read($0) }
    #expect(empty.shape == [0, 4_294_967_295])
  }

  @Test(
    arguments: [
      ([0, 0], "byte 2: found the end of the file, expected a header of at least 4 bytes"),
      ([1, 0, 8, 1], "byte 0: found bytes 1 and 0, expected two zeros, which begin an IDX file"),
      ([0, 0, 7, 1], "byte 2: found type 7, expected 8, 9, 11, 12, 13 or 14"),
      ([0, 0, 8, 1, 0, 0, 0, 9], "byte 3: found 1 axes, expected 3"),
      (
        [0, 0, 8, 3, 0, 0, 0, 9],
        "byte 8: found the end of the file, expected 3 sizes of 4 bytes"
      ),
      (
        Array(images.dropLast()),
        "byte 19: found 3 bytes of data, expected 4 for u8[2, 1, 2]"
      ),
      (images + [0], "byte 20: found 5 bytes of data, expected 4 for u8[2, 1, 2]"),
      (
        [0, 0, 14, 3] + [UInt8](repeating: 255, count: 12),
        "byte 8: found size 4294967295, expected an array that fits in memory"
      ),
    ] as [([UInt8], String)])
  func namesWhatIsWrong(_ file: [UInt8], _ message: String) throws {
    let actual = try dataFileMessage(file) { _ = try IDX.read($0, rank: 3) }
    #expect(actual == message)
  }

  @Test func survivesMutations() throws {
    var random = SplitMix(seed: 3)
    for _ in 0..<300 {
      var file = IDXTests.images
      for _ in 0..<2 {
        file[Int.random(in: 0..<file.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let message = try dataFileMessage(file) { _ = try IDX.read($0) }
      #expect(message?.hasPrefix("byte ") ?? true)
    }
  }
}
