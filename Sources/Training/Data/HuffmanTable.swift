/// A prefix code as one table: the next bits of the data index it.
struct HuffmanTable {
  /// The length of the longest code.
  let width: Int
  let mask: UInt64
  /// The symbol, times 16, plus the code's length; 0 where no code leads.
  let entries: [UInt16]

  /// Builds the canonical code of these code lengths; nil if there is none.
  ///
  /// An incomplete code is allowed only as zlib allows it: one code of one bit, or no code at all.
  init?(_ lengths: [UInt8], mayBeIncomplete: Bool) {
    let longest = Int(lengths.max() ?? 0)
    // The room left among codes of the longest length, in units of one such code.
    let used = lengths.reduce(0) { $1 == 0 ? $0 : $0 + 1 << (longest - Int($1)) }
    guard used == 1 << longest || (mayBeIncomplete && longest <= 1 && used <= 1) else { return nil }
    self.init(lengths, longest: longest)
  }

  /// Builds a code that is known to be complete.
  init(complete lengths: [UInt8]) { self.init(lengths, longest: Int(lengths.max() ?? 0)) }

  private init(_ lengths: [UInt8], longest: Int) {
    width = longest
    mask = 1 << UInt64(longest) - 1
    var entries = [UInt16](repeating: 0, count: 1 << longest)
    var code = 0
    for length in 1...15 {
      for (symbol, own) in lengths.enumerated() where own == length {
        // Codes come with their highest bit first, the table is indexed by the first bit as lowest.
        var index = 0
        for bit in 0..<length where code >> bit & 1 == 1 { index |= 1 << (length - 1 - bit) }
        for slot in stride(from: index, to: entries.count, by: 1 << length) {
          entries[slot] = UInt16(symbol << 4 | length)
        }
        code += 1
      }
      code <<= 1
    }
    self.entries = entries
  }
}
