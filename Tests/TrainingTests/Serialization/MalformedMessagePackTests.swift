import Foundation
import Linen
import Testing
import Training

@Suite struct MalformedMessagePackTests {
  @Test(
    arguments: [
      ("", "byte 0: the bytes end after 0 of the 1 bytes of the value that begins here"),
      ("c1", "byte 0: the byte c1 begins no value"),
      ("c0c0", "byte 1: 1 bytes follow the value"),
      ("92c0", "byte 0: 2 elements are announced, but 1 bytes are left"),
      ("ddffffffff", "byte 0: 4294967295 elements are announced, but 0 bytes are left"),
      ("dfffffffff00", "byte 0: 4294967295 entries are announced, but 1 bytes are left"),
      (
        "c6ffffffff00",
        "byte 0: the bytes end after 1 of the 4294967295 bytes of the value that begins here"
      ),
      ("a2c328", "byte 0: a text is not UTF-8"),
      ("82a16101a16102", "byte 4: the key \"a\" occurs twice"),
      ("81c001", "byte 1: a key is nothing, expected a text or an integer"),
      // Arrays: [shape, dtype, bytes]
      ("c70101c0", "byte 3: an array is not a list of shape, dtype and bytes"),
      ("c7070193c0a27538c400", "byte 3: a shape is no list"),
      ("c70c019391a161a575696e7438c400", "byte 3: a shape is no list of sizes"),
      ("c70601939101c0c400", "byte 3: a dtype is no name"),
      ("c70c01939102a575696e7438c40101", "byte 14: 1 bytes are no array u8[2]"),
      ("c70c019391ffa575696e7438c40101", "byte 14: 1 bytes are no array u8[-1]"),
      (
        "c70c01939101a575696e7438c40201",
        "byte 12: the bytes of an array are not the rest of its 12 bytes"
      ),
      (
        "c70d01939101a575696e7438c4010101",
        "byte 12: the bytes of an array are not the rest of its 13 bytes"
      ),
      ("c70b01939101a4626f6f6cc40102", "byte 13: the truth value 2 is neither 0 nor 1"),
      (
        "c713019391cf7fffffffffffffffa575696e7438c400",
        "byte 22: 0 bytes are no array u8[9223372036854775807]"
      ),
      (
        "c71601939200cf7fffffffffffffffa7666c6f61743634c400",
        "byte 25: 0 bytes are no array f64[0, 9223372036854775807]"
      ),
      ("c70e01939103a46b393939c40400000000", "byte 13: 4 bytes are no array k999[3]"),
      // Complex numbers
      ("c7030292c0c0", "byte 3: a complex number is not a list of two numbers"),
    ])
  func namesTheByte(text: String, message: String) throws {
    let error = #expect(throws: MessagePackError.self) {
      try msgpackRestore(Data(bytes(hexadecimal: text)))
    }
    #expect("\(try #require(error))" == message, "\(text)")
  }

  @Test(
    arguments: [
      (["shape": ["0": 1]], "lack the shape or the chunks"),
      (["shape": ["0": 1], "chunks": [:]], "lack the shape or the chunks"),
      (["shape": ["1": 1], "chunks": ["0": 1]], "lack the shape or the chunks"),
      (["shape": ["0": 1], "chunks": ["0": 1]], "are not arrays"),
      (
        ["shape": ["0": "a"], "chunks": ["0": .tensor(Tensor([1.0]))]],
        "have a shape that is no list of sizes"
      ),
      (
        ["shape": ["0": 2], "chunks": ["0": .tensor(Tensor([1.0])), "1": .tensor(Tensor([1]))]],
        "are of different types"
      ),
      (
        [
          "shape": ["0": 3_000_000_000, "1": 3_000_000_000],
          "chunks": ["0": .tensor(Tensor([1.0]))],
        ],
        "have 4 bytes, which is no array f32[3000000000, 3000000000]"
      ),
      (
        [
          "shape": ["0": 0, "1": 4_611_686_018_427_387_904, "2": 4],
          "chunks": [
            "0": .tensor(Tensor.zeros([0]))
          ],
        ],
        "have 0 bytes, which is no array f32[0, 4611686018427387904, 4]"
      ),
    ] as [(StateValue, String)])
  func refusesPiecesThatFitNoArray(parts: StateValue, message: String) throws {
    var entries = parts.entries ?? [:]
    entries["__msgpack_chunked_array__"] = true
    let bytes = try msgpackSerialize(["x": .dictionary(entries)])
    #expect {
      try msgpackRestore(bytes)
    } throws: { error in
      "\(error)" == "byte 3: the pieces of an array \(message)"
    }
  }

  @Test func deepNestingIsRefused() throws {
    let lists = Data(repeating: 0x91, count: 1_000_000) + [0xC0]
    #expect {
      try msgpackRestore(lists)
    } throws: {
      "\($0)" == "byte 256: nested deeper than 256"
    }
    let dictionaries = Data((0..<1_000_000).flatMap { _ in [0x81, 0xA0] as [UInt8] })
    #expect(throws: MessagePackError.self) { try msgpackRestore(dictionaries) }
  }
}
