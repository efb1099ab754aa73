/// Sorts names so that the numbers in them count as numbers: `file_2` comes before `file_10`.
///
/// Mirrors `flax.training.checkpoints.natural_sort`. Numbers may have a point and an exponent. A sign
/// belongs to its number if `signed`, otherwise it separates.
public func naturalSort(_ names: some Sequence<String>, signed: Bool = true) -> [String] {
  names.map { (name: $0, parts: nameParts($0, signed: signed)) }
    .sorted { $0.parts.lexicographicallyPrecedes($1.parts) }
    .map(\.name)
}

/// A piece of a name.
private enum NamePart: Comparable {
  case number(Double)
  case text(String)

  static func < (a: NamePart, b: NamePart) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)):
      a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}

/// The texts of a name and the numbers between them, by turns.
private func nameParts(_ name: String, signed: Bool) -> [NamePart] {
  let bytes = Array(name.utf8)
  var parts: [NamePart] = []
  var text: [UInt8] = []
  var position = 0
  while position < bytes.count {
    guard let end = endOfNumber(bytes, from: position) else {
      text.append(bytes[position])
      position += 1
      continue
    }
    var start = position
    if !signed, bytes[start] == UInt8(ascii: "-") || bytes[start] == UInt8(ascii: "+") {
      start += 1
    }
    parts.append(.text(String(decoding: text, as: UTF8.self)))
    parts.append(.number(Double(String(decoding: bytes[start..<end], as: UTF8.self)) ?? 0))
    text = []
    position = end
  }
  return parts + [.text(String(decoding: text, as: UTF8.self))]
}

/// The end of the number that begins at a place of a name; nil if none does.
///
/// A number has a sign or none, digits with a point among, before or behind them, and an exponent
/// or none.
func endOfNumber(_ bytes: [UInt8], from start: Int) -> Int? {
  func isDigit(_ index: Int) -> Bool {
    index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
  }
  func isOne(of characters: StaticString, _ index: Int) -> Bool {
    index < bytes.count && characters.withUTF8Buffer { $0.contains(bytes[index]) }
  }
  func digits(_ index: Int) -> Int { (index...).first { !isDigit($0) } ?? index }

  var position = isOne(of: "+-", start) ? start + 1 : start
  if isDigit(position) {
    position = digits(position)
    if isOne(of: ".", position) { position = digits(position + 1) }
  } else if isOne(of: ".", position), isDigit(position + 1) {
    position = digits(position + 1)
  } else {
    return nil
  }
  if isOne(of: "eE", position) {
    let exponent = isOne(of: "+-", position + 1) ? position + 2 : position + 1
    if isDigit(exponent) { position = digits(exponent) }
  }
  return position
}
