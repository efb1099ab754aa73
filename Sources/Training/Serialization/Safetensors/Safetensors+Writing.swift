import Foundation
import Tensor

extension SafetensorsFile {
  /// Writes tensors to a file, which appears only when it is complete.
  ///
  /// Tensors of wide elements come first, then by name, so that each is aligned.
  /// - Throws: ``SafetensorsError`` if the file can't be written, or a tensor is complex128, which the
  ///   format does not have; an error if a tensor's value is not known.
  public static func write(
    _ tensors: [String: Tensor], to path: String, metadata: [String: String] = [:]
  ) throws {
    try checkErrors()
    var arrays: [(name: String, dtype: String, array: NDArray)] = []
    for (name, tensor) in tensors {
      guard let array = tensor.array, name != "__metadata__" else {
        throw SafetensorsError(
          file: path, message: "tensor \"\(name)\" can't be written: its value is not known")
      }
      guard let dtype = array.dtype.safetensorsName else {
        throw SafetensorsError(
          file: path,
          message: "tensor \"\(name)\" can't be written: the format has no \(array.dtype.name)")
      }
      arrays.append((name, dtype, array.contiguous()))
    }
    arrays.sort { a, b in
      let (x, y) = (a.array.dtype.byteSize, b.array.dtype.byteSize)
      return x == y ? a.name < b.name : x > y
    }
    let header = header(arrays.map { ($0.name, $0.dtype, $0.array.type) }, metadata)
    do {
      try AtomicFile(path).write { sink in
        try header.withUnsafeBytes { try sink.write($0) }
        for (_, _, array) in arrays {
          try withExtendedLifetime(array) {
            try sink.write(UnsafeRawBufferPointer(start: array.data, count: array.byteCount))
          }
        }
      }
    } catch let error as FileError {
      throw SafetensorsError(file: path, message: "can't be written: \(error.reason)")
    }
  }

  /// The length and the JSON, padded with spaces so that the data start at a multiple of 8.
  private static func header(
    _ tensors: [(String, String, ShapeDtype)], _ metadata: [String: String]
  ) -> Data {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var place = 0
    for (name, dtype, type) in tensors {
      let next = place + type.elementCount * type.dtype.byteSize
      let sizes = type.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(dtype)\",\"shape\":[\(sizes)],"
          + "\"data_offsets\":[\(place),\(next)]}")
      place = next
    }
    var json = Data("{\(members.joined(separator: ","))}".utf8)
    json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{00}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
