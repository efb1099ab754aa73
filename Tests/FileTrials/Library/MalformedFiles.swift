import Foundation
import Linen
import Optimizers
import Training

/// Reads damaged files of all formats: each must be refused by an error of its format, or give a
/// value that holds together.
package struct MalformedFiles {
  /// What became of the files of a format.
  package struct Outcome: Sendable {
    package let format: String
    package var refused = 0
    package var read = 0
  }

  private let folder: String
  private var generator: TrialGenerator

  /// Prepares trials with files in `folder`; the same seed damages them in the same ways.
  package init(folder: String, seed: UInt64) {
    self.folder = folder
    generator = TrialGenerator(seed: seed)
  }

  /// Reads `count` damaged files of each format.
  package mutating func runDamaged(count: Int) throws -> [Outcome] {
    [
      try trial("msgpack", count, try messagePacks(), read: readMessagePack),
      try trial("safetensors", count, try safetensors(), read: readSafetensors),
      try trial("IDX", count, idx(), read: readIDX),
      try trial("CSV", count, csv(), read: readCSV),
    ]
  }

  /// Reads files that are made to take much memory.
  package func runGreedy() throws -> [Outcome] {
    [
      try greedy("greedy msgpack", greedyMessagePacks(), read: readMessagePack),
      try greedy("greedy safetensors", greedySafetensors(), read: readSafetensors),
      try greedy("greedy CSV", greedyCSV(), read: readCSV),
    ]
  }

  private mutating func trial(
    _ format: String, _ count: Int, _ files: [[UInt8]], read: ([UInt8]) throws -> Void
  ) throws -> Outcome {
    for file in files { try read(file) }
    var outcome = Outcome(format: format)
    for _ in 0..<count {
      guard let file = files.randomElement(using: &generator) else { break }
      try attempt(mutated(file, with: files, by: &generator), &outcome, read: read)
    }
    return outcome
  }

  private func greedy(
    _ format: String, _ files: [[UInt8]], read: ([UInt8]) throws -> Void
  ) throws -> Outcome {
    var outcome = Outcome(format: format)
    for file in files { try attempt(file, &outcome, read: read) }
    return outcome
  }

  private func attempt(
    _ bytes: [UInt8], _ outcome: inout Outcome, read: ([UInt8]) throws -> Void
  ) throws {
    do {
      try withErrors { try read(bytes) }
      outcome.read += 1
    } catch let error where error is MessagePackError || error is SafetensorsError {
      outcome.refused += 1
    } catch is DataFileError {
      outcome.refused += 1
    } catch {
      let text = Data(bytes.prefix(1000)).base64EncodedString()
      throw TrialError("\(outcome.format) \(bytes.count) bytes: \(error)\n\(text)")
    }
  }

  // MARK: Reading

  private func readMessagePack(_ bytes: [UInt8]) throws {
    let value = try msgpackRestore(Data(bytes))
    let written = try MessagePack.bytes(of: value, chunkSize: MessagePack.chunkSize)
    guard try msgpackRestore(written) == value else {
      throw TrialError("the value is another one when it is written and read again")
    }
  }

  private func file(_ bytes: [UInt8]) throws -> String {
    let path = "\(folder)/trial"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func readSafetensors(_ bytes: [UInt8]) throws {
    for (name, tensor) in try SafetensorsFile(path: try file(bytes)).tensors() {
      try check(tensor, name)
    }
  }

  private func readIDX(_ bytes: [UInt8]) throws { try check(try IDX.read(try file(bytes)), "IDX") }

  private func readCSV(_ bytes: [UInt8]) throws {
    let table = try NumericTable(csv: try file(bytes))
    guard table.values.count == table.rowCount * table.columnCount else {
      throw TrialError("\(table.values.count) values in \(table.rowCount) rows")
    }
  }

  private func check(_ tensor: Tensor, _ name: String) throws {
    guard try tensor.scalars(as: Double.self).count == tensor.elementCount else {
      throw TrialError("\(name) has not the elements of its shape")
    }
  }

  // MARK: Whole files

  private func messagePacks() throws -> [[UInt8]] {
    let params: Variables = [
      "Dense_0": ["kernel": Random.normal(Key(0), [3, 4]), "bias": Tensor.zeros([4])],
      "Embed_0": ["embedding": Tensor.ones([2, 3], dtype: .bfloat16)],
    ]
    let values: StateValue = [
      "list": [nil, true, 1, -1, 300, -70_000, 1.5, "text", .complex(real: 1, imaginary: 2)],
      "scalar": .scalar(Tensor(1.5)), "bytes": .bytes(Data([1, 2, 3])),
      "foreign": .foreign(ForeignArray(dtype: "complex64", shape: [1], bytes: Data(count: 8))),
      "other": .extensionType(9, Data([1, 2])), "keys": [1: "one", 2: [:]],
    ]
    let state = TrainState.create(["params": params], optimizer: adam(0.1))
    return [
      [UInt8](try toBytes(state)), [UInt8](try toBytes(params, chunkSize: 16)),
      [UInt8](try msgpackSerialize(values)), [UInt8](try msgpackSerialize(values, chunkSize: 4)),
    ]
  }

  private func safetensors() throws -> [[UInt8]] {
    let path = "\(folder)/whole"
    var files: [[UInt8]] = []
    for tensors: [String: Tensor] in [
      ["a": Tensor([1.0, 2]), "b/c": Tensor([true, false]), "e": Tensor.zeros([0, 2])],
      Dictionary(
        uniqueKeysWithValues: DType.allCases.filter { $0 != .complex128 }.map {
          ($0.name, Tensor.ones([3], dtype: $0))
        }),
    ] {
      try SafetensorsFile.write(tensors, to: path, metadata: ["format": "np"])
      files.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }
    return files
  }

  private func idx() -> [[UInt8]] {
    [
      [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6],
      [0, 0, 13, 1, 0, 0, 0, 1, 0x3F, 0x80, 0, 0],
      [0, 0, 11, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0],
      [0, 0, 9, 0, 7],
    ]
  }

  private func csv() -> [[UInt8]] {
    let texts = [
      "1,2.5,-3e4\n4,5,6\n", "\"1\", 2 ,3\r\n\r\n4,\"5\",6", "0.1\n0.2\n", "nan,inf\n1,2\n",
    ]
    // "1,2\n3,4\n" as gzip makes it.
    let compressed: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0x33, 0xD4, 0x31, 0xE2, 0x32, 0xD6, 0x31, 0xE1, 2, 0,
      0x47, 0x93, 0x6C, 0xAF, 8, 0, 0, 0,
    ]
    return texts.map { Array($0.utf8) } + [compressed]
  }
}

/// Files of a quarter of a megabyte that claim, or are, as much as their bytes can.
extension MalformedFiles {
  /// 128 of these fit in the memory that the trials may take.
  private static let size = 1 << 18

  private func repeated(_ part: [UInt8], after start: [UInt8] = []) -> [UInt8] {
    var bytes = start
    while bytes.count + part.count <= MalformedFiles.size { bytes += part }
    return bytes
  }

  private func greedyMessagePacks() -> [[UInt8]] {
    let lists: [UInt8] = [0xDD, 0, 3, 0xF0, 0]
    return [
      // A list of nothings, one of lists of nothing, one of dictionaries.
      repeated([0xC0], after: [0xDD, 0, 3, 0xFF, 0xFB]),
      repeated([0x91, 0xC0], after: [0xDD, 0, 1, 0xFF, 0xFD]),
      repeated([0x81, 0xA1, 0x61, 0xC0], after: [0xDD, 0, 0, 0xFF, 0xFE]),
      // Lists in lists, each of which claims a quarter of a million elements, and as many levels.
      (0..<250).flatMap { _ in lists } + repeated([0xC0]),
      repeated([0x91]), repeated([0x81, 0xA0]),
      // Lengths beyond the file.
      repeated([0xC0], after: [0xDD, 0xFF, 0xFF, 0xFF, 0xFF]),
      repeated([0xC0], after: [0xDF, 0xFF, 0xFF, 0xFF, 0xFF]),
      repeated([0xC0], after: [0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
      // An array whose shape has two billion elements.
      [0xC7, 20, 1, 0x93, 0x91, 0xCE, 0x7F, 0xFF, 0xFF, 0xFF, 0xA5] + Array("uint8".utf8)
        + [0xC4, 4, 0, 0, 0, 0],
    ]
  }

  private func greedySafetensors() -> [[UInt8]] {
    func file(_ header: [UInt8]) -> [UInt8] {
      withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    }
    let entries = (0..<8000).map {
      "\"\($0)\":{\"dtype\":\"U8\",\"shape\":[0,9],\"data_offsets\":[0,0]}"
    }
    let large =
      "{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,536870911],\"data_offsets\":[0,8]}}"
    return [
      file(repeated([0x5B])), file(repeated([0x7B])), file(repeated([0x22])),
      file(Array("{\(entries.joined(separator: ","))}".utf8)), file(Array(large.utf8)),
      file(Array("[".utf8) + repeated([0x31, 0x2C]) + Array("1]".utf8)),
    ]
  }

  private func greedyCSV() -> [[UInt8]] {
    [
      repeated([0x31, 0x0A]), repeated([0x31, 0x2C]), repeated([0x2C]), repeated([0x22]),
      repeated([0x0A]), repeated([0x39]),
    ]
  }
}

/// A trial that found something wrong.
package struct TrialError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
