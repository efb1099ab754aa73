import Linen

/// The characters of a text, numbered.
struct Alphabet {
  private let characters: [UInt8]

  init(_ text: String) { characters = Set(text.utf8).union([UInt8(ascii: "\n")]).sorted() }

  var count: Int { characters.count }

  /// The number of the end of a line.
  var lineEnd: Int { characters.firstIndex(of: UInt8(ascii: "\n")) ?? 0 }

  func character(_ number: Int) -> String {
    String(decoding: [characters[number]], as: UTF8.self)
  }

  /// The text in pieces, `[pieces, length]`.
  func tokens(_ text: String, length: Int) -> Tensor {
    let numbers = Dictionary(uniqueKeysWithValues: zip(characters, Int32(0)...))
    let all = text.utf8.map { numbers[$0] ?? 0 }
    let pieces = all.count / length
    return Tensor(Array(all.prefix(pieces * length)), shape: [pieces, length])
  }
}
