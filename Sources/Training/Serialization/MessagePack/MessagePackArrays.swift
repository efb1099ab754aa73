import Foundation
import Linen

/// Reads the content of an array's extension: the msgpack of its shape, dtype and bytes.
func arrayValue(
  _ content: UnsafeRawBufferPointer, isScalar: Bool
) throws(MessagePackError) -> StateValue {
  var reader = MessagePackReader(content)
  let (shape, dtypeName, range) = try reader.arrayHeader()
  let bytes = UnsafeRawBufferPointer(rebasing: content[range])
  guard let dtype = DType(name: dtypeName) else {
    guard let count = byteCount(shape, byteSize: 1), count == 0 || bytes.count % count == 0,
      count > 0 || bytes.isEmpty
    else {
      throw MessagePackError(
        offset: range.lowerBound,
        "\(bytes.count) bytes are no array \(dtypeName)\(shape)")
    }
    return .foreign(ForeignArray(dtype: dtypeName, shape: shape, bytes: Data(bytes)))
  }
  guard let count = byteCount(shape, byteSize: dtype.byteSize), bytes.count == count,
    !isScalar || shape.isEmpty
  else {
    throw MessagePackError(
      offset: range.lowerBound, "\(bytes.count) bytes are no array \(dtype)\(shape)")
  }
  if dtype == .bool, let wrong = bytes.firstIndex(where: { $0 > 1 }) {
    throw MessagePackError(
      offset: range.lowerBound + wrong, "the truth value \(bytes[wrong]) is neither 0 nor 1")
  }
  let array = NDArray(uninitialized: dtype, Shape(shape))
  if let address = bytes.baseAddress {
    array.data.copyMemory(from: address, byteCount: bytes.count)
  }
  return isScalar ? .scalar(Tensor(array)) : .tensor(Tensor(array))
}

/// Reads the content of a complex number's extension.
func complexValue(_ content: UnsafeRawBufferPointer) throws(MessagePackError) -> StateValue {
  var reader = MessagePackReader(content)
  guard case .list(let parts) = try reader.document(), parts.count == 2,
    case .double(let real) = parts[0], case .double(let imaginary) = parts[1]
  else { throw MessagePackError(offset: 0, "a complex number is not a list of two numbers") }
  return .complex(real: real, imaginary: imaginary)
}

/// Puts the pieces of a large array together again.
func joinedChunks(_ entries: StateValue.Entries) throws(MessagePackError) -> StateValue {
  func failure(_ message: String) -> MessagePackError {
    MessagePackError(offset: 0, "the pieces of an array \(message)")
  }
  guard let sizes = numbered(entries["shape"])?.map(\.integer),
    let pieces = numbered(entries["chunks"]), let first = pieces.first
  else { throw failure("lack the shape or the chunks") }
  let shape = sizes.compactMap { $0 }
  guard shape.count == sizes.count else { throw failure("have a shape that is no list of sizes") }
  if case .foreign(let array) = first {
    return try joinedForeign(shape, array.dtype, pieces, failure)
  }
  guard let dtype = first.tensor?.dtype else { throw failure("are not arrays") }
  let arrays = pieces.compactMap(\.tensor?.array).filter { $0.dtype == dtype }
  guard arrays.count == pieces.count else { throw failure("are of different types") }
  let total = arrays.reduce(0) { $0 + $1.byteCount }
  guard byteCount(shape, byteSize: dtype.byteSize) == total else {
    throw failure("have \(total) bytes, which is no array \(dtype)\(shape)")
  }
  let result = NDArray(uninitialized: dtype, Shape(shape))
  var place = result.data
  for array in arrays {
    array.copy(into: place)
    place += array.byteCount
  }
  return .tensor(Tensor(result))
}

private func joinedForeign(
  _ shape: [Int], _ dtype: String, _ pieces: [StateValue], _ failure: (String) -> MessagePackError
) throws(MessagePackError) -> StateValue {
  var bytes = Data()
  var count = 0
  for piece in pieces {
    guard case .foreign(let array) = piece, array.dtype == dtype,
      let size = byteCount(array.shape, byteSize: 1)
    else { throw failure("are of different types") }
    bytes.append(array.bytes)
    count += size
  }
  guard byteCount(shape, byteSize: 1) == count else {
    throw failure("have \(count) elements, which is no array \(dtype)\(shape)")
  }
  return .foreign(ForeignArray(dtype: dtype, shape: shape, bytes: bytes))
}

/// The values of a dictionary with the keys "0", "1", ...
private func numbered(_ value: StateValue?) -> [StateValue]? {
  guard let entries = value?.entries else { return nil }
  let values = (0..<entries.count).compactMap { entries[.string("\($0)")] }
  return values.count == entries.count ? values : nil
}
