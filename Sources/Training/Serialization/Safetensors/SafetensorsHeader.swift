import Tensor

/// The checked header of a safetensors file: its length in 8 bytes, then JSON.
struct SafetensorsHeader {
  private(set) var entries: [SafetensorsFile.Entry] = []
  private(set) var metadata: [String: String] = [:]
  private let file: String
  /// The first byte after the header.
  private let start: Int
  private let end: Int

  /// The format's own limit.
  private static let maximumLength = 100_000_000

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    self.file = file
    guard bytes.count >= 8 else {
      throw SafetensorsError(
        file: file, offset: bytes.count,
        message: "the file ends within the 8 bytes of the header's length")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= SafetensorsHeader.maximumLength, 8 + Int(length) <= bytes.count else {
      throw SafetensorsError(
        file: file, offset: 0,
        message: "the header's length is \(length), with \(bytes.count - 8) bytes following")
    }
    start = 8 + Int(length)
    end = bytes.count
    let header: JSON
    do {
      header = try JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[8..<start]))
    } catch {
      throw SafetensorsError(
        file: file, offset: 8 + error.offset, message: "invalid JSON: \(error.message)")
    }
    guard let members = header.members else { throw mistake("the header is not an object") }
    for member in members {
      if member.key == "__metadata__" {
        metadata = try texts(member.value)
      } else {
        entries.append(try entry(member))
      }
    }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try checkCoverage()
  }

  private func mistake(_ message: String) -> SafetensorsError {
    SafetensorsError(file: file, offset: 8, message: message)
  }

  private func texts(_ value: JSON) throws -> [String: String] {
    var result: [String: String] = [:]
    for member in value.members ?? [] { result[member.key] = member.value.text }
    guard let members = value.members, members.count == result.count else {
      throw mistake("__metadata__ is not an object of strings")
    }
    return result
  }

  private func entry(_ member: JSON.Member) throws -> SafetensorsFile.Entry {
    let name = member.key
    guard let dtypeName = member.value["dtype"]?.text else {
      throw mistake("tensor \"\(name)\" has no dtype")
    }
    guard let dtype = DType(safetensors: dtypeName) else {
      throw mistake("the dtype \(dtypeName) of tensor \"\(name)\" is not supported")
    }
    let sizes = member.value["shape"]?.elements.map { $0.compactMap(\.integer) } ?? []
    guard sizes.count == member.value["shape"]?.elements?.count,
      let count = byteCount(sizes, byteSize: dtype.byteSize)
    else { throw mistake("the shape of tensor \"\(name)\" is not a list of sizes") }
    guard let offsets = member.value["data_offsets"]?.elements?.compactMap(\.integer),
      offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= end - start
    else {
      throw mistake(
        "the data_offsets of tensor \"\(name)\" are not two places within the \(end - start) bytes "
          + "of data")
    }
    let type = ShapeDtype(Shape(sizes), dtype)
    guard offsets[1] - offsets[0] == count else {
      throw SafetensorsError(
        file: file, offset: start + offsets[0],
        message: "tensor \"\(name)\" has \(offsets[1] - offsets[0]) bytes, expected \(count) for "
          + "\(type)")
    }
    return .init(name: name, type: type, bytes: start + offsets[0]..<start + offsets[1])
  }

  private func checkCoverage() throws {
    var place = start
    for entry in entries {
      guard entry.bytes.lowerBound == place else {
        let message =
          entry.bytes.lowerBound > place
          ? "no tensor covers the bytes before tensor \"\(entry.name)\""
          : "tensor \"\(entry.name)\" overlaps the one before it"
        throw SafetensorsError(file: file, offset: place, message: message)
      }
      place = entry.bytes.upperBound
    }
    guard place == end else {
      throw SafetensorsError(
        file: file, offset: place, message: "\(end - place) bytes follow the last tensor")
    }
  }
}

extension DType {
  /// The name that safetensors files use; nil if they don't have the type.
  var safetensorsName: String? {
    switch self {
    case .bool: "BOOL"
    case .bfloat16: "BF16"
    case .complex128: nil
    default: description.uppercased()
    }
  }

  /// Finds the type of a name in safetensors files.
  init?(safetensors name: String) {
    guard let match = DType.allCases.first(where: { $0.safetensorsName == name }) else {
      return nil
    }
    self = match
  }
}
