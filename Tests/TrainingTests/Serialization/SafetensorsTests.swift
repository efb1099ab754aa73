import Foundation
import Tensor
import Testing
import Training

/// A file that disappears with the test.
@discardableResult
private func withFile<R>(_ bytes: Data? = nil, _ body: (String) throws -> R) throws -> R {
  let path = NSTemporaryDirectory() + UUID().uuidString + ".safetensors"
  defer { try? FileManager.default.removeItem(atPath: path) }
  if let bytes { try bytes.write(to: URL(fileURLWithPath: path)) }
  return try body(path)
}

private func file(_ header: String, _ data: [UInt8] = []) -> Data {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
    + data
}

@Suite struct SafetensorsTests {
  @Test(arguments: DType.allCases.filter { $0 != .complex128 })
  func returnsWhatWasWritten(dtype: DType) throws {
    let values = [0, 1, 1, 0, 1, 1]
    let tensor = Tensor(values, shape: [2, 3], dtype: dtype)
    try withFile { path in
      try SafetensorsFile.write(["a/b": tensor, "empty": Tensor.zeros([0, 2])], to: path)
      let read = try SafetensorsFile(path: path)
      #expect(read.names == ["a/b", "empty"])
      #expect(try read.tensor("a/b").type == tensor.type)
      #expect(try read.tensor("a/b").scalars(as: Int.self) == values)
      #expect(try read.tensor("empty").shape == [0, 2])
    }
  }

  /// As safetensors in Python does, which knows C64 and no C128.
  @Test func refusesComplex128() throws {
    try withFile { path in
      let error = #expect(throws: SafetensorsError.self) {
        try SafetensorsFile.write(["z": Tensor([1.0]).cast(to: .complex128)], to: path)
      }
      #expect(
        error?.description
          == "\(path): tensor \"z\" can't be written: the format has no complex128")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    let header = #"{"z":{"dtype":"C128","shape":[1],"data_offsets":[0,16]}}"#
    try withFile(file(header, [UInt8](repeating: 0, count: 16))) { path in
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test func writesViewsMetadataAndOddNames() throws {
    let tensor = Tensor([[1.0, 2.0], [3.0, 4.0]]).transposed()
    let name = "q\"\\\u{1}\u{E9}"
    try withFile { path in
      try SafetensorsFile.write(
        [name: tensor, "b": Tensor([true])], to: path, metadata: ["format": "pt", "n": "1"])
      // Replaces what is there.
      try SafetensorsFile.write(
        [name: tensor, "b": Tensor([true])], to: path, metadata: ["format": "pt", "n": "2"])
      let read = try SafetensorsFile(path: path)
      #expect(read.metadata == ["format": "pt", "n": "2"])
      #expect(try read.tensor(name).scalars(as: Float.self) == [1, 3, 2, 4])
      #expect(try read.tensors().keys.sorted() == ["b", name].sorted())
      // Wide elements first, so that each tensor is aligned.
      #expect(read.entries.map(\.name) == [name, "b"])
      #expect(read.entries[0].bytes.lowerBound % 8 == 0)
    }
  }

  @Test func refusesUnknownNamesAndMissingFiles() throws {
    try withFile(file("{}")) { path in
      let read = try SafetensorsFile(path: path)
      #expect(read.names.isEmpty)
      #expect { try read.tensor("x") } throws: {
        "\($0)" == "\(path): there is no tensor \"x\""
      }
    }
    #expect { try SafetensorsFile(path: "/nowhere/x") } throws: {
      "\($0)".hasPrefix("/nowhere/x: can't be opened: ")
    }
    #expect { try SafetensorsFile.write([:], to: "/nowhere/x") } throws: {
      "\($0)".hasPrefix("/nowhere/x: can't be written: ")
    }
  }

  @Test(arguments: [
    (Data([1, 2, 3]), "byte 3: the file ends within the 8 bytes of the header's length"),
    (
      Data([9, 0, 0, 0, 0, 0, 0, 0, 0x7B]),
      "byte 0: the header's length is 9, with 1 bytes following"
    ),
    (
      Data(repeating: 0xFF, count: 16),
      "byte 0: the header's length is 18446744073709551615, with 8 bytes following"
    ),
    (file("[]"), "byte 8: the header is not an object"),
    (file("{\"a\": }"), "byte 14: invalid JSON: expected a value"),
    (
      file("{\"a\":{},\"a\":{}}"), "byte 19: invalid JSON: the key \"a\" occurs twice"
    ),
    (file("{\"a\":{\"shape\":[],\"data_offsets\":[0,0]}}"), "byte 8: tensor \"a\" has no dtype"),
    (
      file("{\"a\":{\"dtype\":\"F8\",\"shape\":[],\"data_offsets\":[0,0]}}"),
      "byte 8: the dtype F8 of tensor \"a\" is not supported"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,0]}}"),
      "byte 8: the shape of tensor \"a\" is not a list of sizes"
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}"),
      "byte 8: the shape of tensor \"a\" is not a list of sizes"
    ),
    (
      file("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", [0]),
      "byte 8: the data_offsets of tensor \"a\" are not two places within the 1 bytes of data"
    ),
    (
      file("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}", [0]),
      "byte 61: tensor \"a\" has 1 bytes, expected 2 for u8[2]"
    ),
    (
      file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", [0, 0]),
      "byte 61: no tensor covers the bytes before tensor \"a\""
    ),
    (
      file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", [0, 0]),
      "byte 62: 1 bytes follow the last tensor"
    ),
    (
      file(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
          + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", [0, 0, 0]),
      "byte 115: tensor \"b\" overlaps the one before it"
    ),
    (file("{\"__metadata__\":{\"a\":1}}"), "byte 8: __metadata__ is not an object of strings"),
  ])
  func namesTheByteOfAMalformedHeader(bytes: Data, message: String) throws {
    try withFile(bytes) { path in
      #expect { try SafetensorsFile(path: path) } throws: { "\($0)" == "\(path): \(message)" }
    }
  }

  @Test func refusesTruthValuesOtherThan0And1() throws {
    let header = "{\"a\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}"
    try withFile(file(header, [1, 7])) { path in
      let read = try SafetensorsFile(path: path)
      #expect { try read.tensor("a") } throws: {
        "\($0)" == "\(path): byte 64: the truth value 7 of \"a\" is neither 0 nor 1"
      }
    }
  }
}
