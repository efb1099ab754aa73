import Foundation
import Testing
import Training

@Suite struct GzipTests {
  static let text = "hello hello hello hello, deflate deflate deflate"
  /// The text compressed by zlib: stored, and with matches in the fixed code.
  static let stored = bytes(
    hexadecimal: """
      013000cfff68656c6c6f2068656c6c6f2068656c6c6f2068656c6c6f2c206465666c617465206465666c617465\
      206465666c617465
      """)
  static let fixed = bytes(hexadecimal: "cb48cdc9c957c8402775145252d372124b52d16900")

  @Test(arguments: [stored, fixed])
  func inflates(_ compressed: [UInt8]) throws {
    var inflate = Inflate(compressed, from: 0)
    var output: [UInt8] = []
    try inflate.run(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == GzipTests.text)
    #expect(inflate.offset == compressed.count)
  }

  /// A member of the text with a file name in its header, as gzip writes it.
  static func member(_ body: [UInt8]) -> [UInt8] {
    let check = CRC32.checksum(Array(text.utf8))
    let trailer = [check, UInt32(text.utf8.count)].flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3] + Array("a\0".utf8) + body + trailer
  }

  @Test func readsSeveralMembers() throws {
    let file = GzipTests.member(GzipTests.fixed) + GzipTests.member(GzipTests.stored)
    let output = try Gzip.decompress(file, path: "x.gz")
    #expect(String(decoding: output, as: UTF8.self) == GzipTests.text + GzipTests.text)
  }

  @Test func checksAsTheStandardSays() {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
  }

  @Test func namesWhereAFileIsDamaged() {
    func message(_ bytes: [UInt8]) -> String {
      do {
        _ = try Gzip.decompress(bytes, path: "x.gz")
        return ""
      } catch {
        return "\(error)"
      }
    }
    let whole = GzipTests.member(GzipTests.fixed)
    #expect(
      message(Array(whole.prefix(17)))
        == "x.gz: byte 0: found 17 bytes, expected a gzip member, which has at least 18 bytes")
    #expect(
      message(Array(whole.prefix(20)))
        == "x.gz: byte 20: found the end of the file, expected more compressed data")
    #expect(
      message(whole.dropLast(3))
        == "x.gz: byte 38: found the end of the file, expected a checksum and a size of 8 bytes")
    var wrong = whole
    wrong[whole.count - 8] ^= 1
    #expect(message(wrong).hasPrefix("x.gz: byte 33: found checksum "))
    wrong = whole
    wrong[whole.count - 1] = 1
    #expect(
      message(wrong) == "x.gz: byte 37: found size 16777264, expected 48, that of the data")
    #expect(message(whole + [0]).hasPrefix("x.gz: byte 41: found 1 bytes, expected a gzip member"))
    wrong = whole
    wrong[12] |= 6
    #expect(
      message(wrong).hasPrefix("x.gz: byte 12: found a block of type 3, expected a stored"))
  }

  @Test func survivesMutations() throws {
    var random = SplitMix(seed: 1)
    for _ in 0..<3000 {
      var file = GzipTests.member(Bool.random(using: &random) ? GzipTests.fixed : GzipTests.stored)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        file[Int.random(in: 12..<file.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let output = try? Gzip.decompress(file, path: "x.gz")
      #expect(
        output.map { String(decoding: $0, as: UTF8.self) } ?? GzipTests.text == GzipTests.text)
    }
  }
}

/// A small generator with a seed, so that a failing test fails again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
