import Foundation
import Tensor

/// A safetensors file, mapped into memory: named tensors that are read when they are asked for.
///
/// The header is checked in full when the file is opened: the format allows no duplicate names, no
/// holes between tensors, no overlaps and nothing after them.
/// https://huggingface.co/docs/safetensors
public struct SafetensorsFile: Sendable {
  /// A tensor in the file.
  public struct Entry: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its shape and dtype.
    public let type: ShapeDtype
    /// The bytes of its elements, counted from the start of the file.
    public let bytes: Range<Int>
  }

  /// The path of the file.
  public let path: String
  /// The tensors in the order of their bytes.
  public let entries: [Entry]
  /// Texts that the writer added under `__metadata__`.
  public let metadata: [String: String]
  private let contents: Data
  private let places: [String: Int]

  /// Opens a file.
  ///
  /// - Throws: ``SafetensorsError`` with file and byte if it is missing, truncated or malformed.
  public init(path: String) throws {
    do {
      contents = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw SafetensorsError(file: path, message: "can't be opened: \(reason(error))")
    }
    let header = try contents.withUnsafeBytes { bytes in
      try SafetensorsHeader(bytes, file: path)
    }
    self.path = path
    entries = header.entries
    metadata = header.metadata
    places = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// The names of all tensors, sorted.
  public var names: [String] { places.keys.sorted() }

  /// Reads a tensor.
  ///
  /// - Throws: ``SafetensorsError`` if there is none of this name, or a truth value is not 0 or 1.
  public func tensor(_ name: String) throws -> Tensor {
    guard let place = places[name] else {
      throw SafetensorsError(file: path, message: "there is no tensor \"\(name)\"")
    }
    let entry = entries[place]
    let array = NDArray(uninitialized: entry.type)
    try contents.withUnsafeBytes { bytes in
      let source = UnsafeRawBufferPointer(rebasing: bytes[entry.bytes])
      if entry.type.dtype == .bool, let wrong = source.firstIndex(where: { $0 > 1 }) {
        throw SafetensorsError(
          file: path, offset: entry.bytes.lowerBound + wrong,
          message: "the truth value \(source[wrong]) of \"\(name)\" is neither 0 nor 1")
      }
      if let address = source.baseAddress {
        array.data.copyMemory(from: address, byteCount: source.count)
      }
    }
    return Tensor(array)
  }

  /// Reads all tensors, by name.
  ///
  /// - Throws: as ``tensor(_:)``.
  public func tensors() throws -> [String: Tensor] {
    try Dictionary(uniqueKeysWithValues: entries.map { ($0.name, try tensor($0.name)) })
  }
}

/// What the system says about a failed operation on a file.
func reason(_ error: any Error) -> String {
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  return (underlying ?? error as NSError).localizedDescription
}
