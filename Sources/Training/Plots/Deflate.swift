/// The compression to the deflate format, with its fixed codes.
///
/// https://www.rfc-editor.org/rfc/rfc1951
enum Deflate {
  /// Compresses data to one block; repetitions are found by their first three bytes.
  static func compress(_ data: [UInt8]) -> [UInt8] {
    var writer = DeflateWriter()
    writer.beginBlock()
    // The last place of each three bytes, by their hash.
    var places = [Int](repeating: -1, count: 1 << 15)
    var index = 0
    while index < data.count {
      let length = matchLength(data, index, &places)
      if let match = length {
        writer.match(length: match.length, distance: match.distance)
        for skipped in index + 1..<index + match.length { note(data, skipped, &places) }
        index += match.length
      } else {
        writer.literal(data[index])
        index += 1
      }
    }
    return writer.finish()
  }

  private static func hash(_ data: [UInt8], _ index: Int) -> Int? {
    guard index + 2 < data.count else { return nil }
    let value = Int(data[index]) | Int(data[index + 1]) << 8 | Int(data[index + 2]) << 16
    return value &* 0x9E37_79B1 >> 15 & 0x7FFF
  }

  private static func note(_ data: [UInt8], _ index: Int, _ places: inout [Int]) {
    if let slot = hash(data, index) { places[slot] = index }
  }

  /// The earlier bytes that those at `index` repeat, if there are at least three.
  private static func matchLength(
    _ data: [UInt8], _ index: Int, _ places: inout [Int]
  ) -> (length: Int, distance: Int)? {
    guard let slot = hash(data, index) else { return nil }
    let place = places[slot]
    places[slot] = index
    guard place >= 0, index - place <= 1 << 15 else { return nil }
    var length = 0
    while length < 258, index + length < data.count, data[place + length] == data[index + length] {
      length += 1
    }
    return length >= 3 ? (length, index - place) : nil
  }
}

/// Writes the codes of a block, the first bit lowest.
private struct DeflateWriter {
  private var bytes: [UInt8] = []
  private var bits: UInt32 = 0
  private var bitCount = 0

  /// The only block, with fixed codes.
  mutating func beginBlock() { put(0b011, 3) }

  mutating func literal(_ byte: UInt8) { symbol(Int(byte)) }

  mutating func match(length: Int, distance: Int) {
    let lengthCode = Deflate.code(length, among: Inflate.lengths)
    symbol(257 + lengthCode)
    put(length - Inflate.lengths[lengthCode].base, Inflate.lengths[lengthCode].extra)
    let distanceCode = Deflate.code(distance, among: Inflate.distances)
    code(distanceCode, 5)
    put(distance - Inflate.distances[distanceCode].base, Inflate.distances[distanceCode].extra)
  }

  mutating func finish() -> [UInt8] {
    symbol(256)
    if bitCount > 0 { put(0, 8 - bitCount) }
    return bytes
  }

  private mutating func symbol(_ symbol: Int) {
    switch symbol {
    case ..<144: code(0x30 + symbol, 8)
    case ..<256: code(0x190 + symbol - 144, 9)
    case ..<280: code(symbol - 256, 7)
    default: code(0xC0 + symbol - 280, 8)
    }
  }

  /// Codes come with their highest bit first.
  private mutating func code(_ code: Int, _ length: Int) {
    for bit in (0..<length).reversed() { put(code >> bit & 1, 1) }
  }

  private mutating func put(_ value: Int, _ count: Int) {
    bits |= UInt32(value) << UInt32(bitCount)
    bitCount += count
    while bitCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= 8
    }
  }
}

extension Deflate {
  /// The last code whose range begins at or before a value.
  fileprivate static func code(_ value: Int, among ranges: [(base: Int, extra: Int)]) -> Int {
    (ranges.lastIndex { $0.base <= value }) ?? 0
  }
}
