/// The decompression of the deflate format.
///
/// https://www.rfc-editor.org/rfc/rfc1951
package struct Inflate {
  /// What is wrong with compressed data, and at which byte.
  package struct Failure: Error {
    package let offset: Int
    package let found: String
    package let expected: String
  }

  private let bytes: [UInt8]
  /// The next byte that is not yet in `bits`.
  private var position: Int
  /// Bits read ahead, the next one lowest, and their number.
  private var bits: UInt64 = 0
  private var bitCount = 0

  /// Prepares to decompress the bytes from an offset on.
  package init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    position = offset
  }

  /// The offset of the first byte that has not been used in whole or part.
  package var offset: Int { position - bitCount / 8 }

  /// Decompresses all blocks, appending to `output`; matches reach back to the data of this call.
  package mutating func run(into output: inout [UInt8]) throws(Failure) {
    let start = output.count
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored(into: &output)
      case 1: try decode(Inflate.fixedLiterals, Inflate.fixedDistances, &output, start)
      case 2:
        let (literals, distances) = try readTables()
        try decode(literals, distances, &output, start)
      default: throw failure("a block of type 3", "a stored, fixed or dynamic block")
      }
    }
  }

  private func failure(_ found: String, _ expected: String) -> Failure {
    // The byte that holds the next bit.
    Failure(offset: position - (bitCount + 7) / 8, found: found, expected: expected)
  }

  private var endOfFile: Failure {
    Failure(
      offset: bytes.count, found: "the end of the file", expected: "more compressed data")
  }

  // MARK: Bits

  /// Reads ahead as far as the buffer and the data reach.
  private mutating func refill() {
    while bitCount <= 56, position < bytes.count {
      bits |= UInt64(bytes[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  private mutating func take(_ count: Int) throws(Failure) -> Int {
    if bitCount < count {
      refill()
      guard bitCount >= count else {
        throw endOfFile
      }
    }
    let value = Int(bits & (1 << UInt64(count) - 1))
    bits >>= UInt64(count)
    bitCount -= count
    return value
  }

  private mutating func symbol(_ table: HuffmanTable) throws(Failure) -> Int {
    if bitCount < table.width { refill() }
    let entry = table.entries[Int(bits & table.mask)]
    let length = Int(entry & 15)
    guard length > 0 else { throw failure("a bit pattern without a meaning", "a Huffman code") }
    guard length <= bitCount else { throw endOfFile }
    bits >>= UInt64(length)
    bitCount -= length
    return Int(entry >> 4)
  }

  // MARK: Blocks

  private mutating func copyStored(into output: inout [UInt8]) throws(Failure) {
    _ = try take(bitCount % 8)
    let length = try take(16)
    let complement = try take(16)
    guard length ^ complement == 0xFFFF else {
      throw failure("length \(length) and complement \(complement)", "complements of each other")
    }
    let first = offset
    guard bytes.count - first >= length else {
      throw failure("\(bytes.count - first) bytes to the end", "a stored block of \(length)")
    }
    output += bytes[first..<first + length]
    position = first + length
    bits = 0
    bitCount = 0
  }

  private mutating func decode(
    _ literals: HuffmanTable, _ distances: HuffmanTable, _ output: inout [UInt8], _ start: Int
  ) throws(Failure) {
    while true {
      let code = try symbol(literals)
      if code < 256 {
        output.append(UInt8(code))
        continue
      }
      if code == 256 { return }
      guard code <= 285 else { throw failure("length code \(code)", "at most 285") }
      let length = try Inflate.lengths[code - 257].base + take(Inflate.lengths[code - 257].extra)
      let reach = try symbol(distances)
      guard reach < 30 else { throw failure("distance code \(reach)", "at most 29") }
      let distance = try Inflate.distances[reach].base + take(Inflate.distances[reach].extra)
      let reachable = output.count - start
      guard distance <= reachable else {
        throw failure("a distance of \(distance)", "at most the \(reachable) bytes so far")
      }
      // A match may overlap what it appends.
      for index in output.count - distance..<output.count - distance + length {
        output.append(output[index])
      }
    }
  }

  /// Reads the code lengths of a dynamic block.
  private mutating func readTables() throws(Failure) -> (HuffmanTable, HuffmanTable) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw failure("\(literalCount) and \(distanceCount) codes", "at most 286 and 30")
    }
    var order = [UInt8](repeating: 0, count: 19)
    for index in 0..<lengthCount { order[Inflate.lengthOrder[index]] = UInt8(try take(3)) }
    let lengthCodes = try table(order, mayBeIncomplete: false)

    var lengths: [UInt8] = []
    let total = literalCount + distanceCount
    while lengths.count < total {
      let code = try symbol(lengthCodes)
      var (value, count) = (UInt8(0), 1)
      switch code {
      case 16:
        guard let last = lengths.last else { throw failure("a repetition", "a first code length") }
        (value, count) = (last, 3 + (try take(2)))
      case 17: count = 3 + (try take(3))
      case 18: count = 11 + (try take(7))
      default: value = UInt8(code)
      }
      guard lengths.count + count <= total else {
        throw failure("\(lengths.count + count) code lengths", "\(total)")
      }
      lengths += repeatElement(value, count: count)
    }
    guard lengths[256] != 0 else { throw failure("no code for the block's end", "one") }
    return (
      try table(Array(lengths[..<literalCount]), mayBeIncomplete: true),
      try table(Array(lengths[literalCount...]), mayBeIncomplete: true)
    )
  }

  private func table(_ lengths: [UInt8], mayBeIncomplete: Bool) throws(Failure) -> HuffmanTable {
    guard let table = HuffmanTable(lengths, mayBeIncomplete: mayBeIncomplete) else {
      throw failure("code lengths that no code has", "those of a prefix code")
    }
    return table
  }

  // MARK: Constants of the format

  private static let lengthOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The least length of each code and its number of extra bits; 285 is the one exception.
  static let lengths =
    ranges([0, 0, 0, 0] + (0..<24).map { $0 / 4 }, first: 3) + [(base: 258, extra: 0)]
  static let distances = ranges([0, 0] + (0..<28).map { $0 / 2 }, first: 1)

  private static func ranges(_ extras: [Int], first: Int) -> [(base: Int, extra: Int)] {
    var next = first
    return extras.map { extra in
      defer { next += 1 << extra }
      return (next, extra)
    }
  }

  private static let fixedLiterals = HuffmanTable(
    complete: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  private static let fixedDistances = HuffmanTable(complete: [UInt8](repeating: 5, count: 32))
}
