/// Random numbers that are the same in every run: SplitMix64.
package struct TrialGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Bytes damaged in one to four ways: bits and bytes changed, parts cut, doubled, moved, and lengths
/// made large.
func mutated(
  _ bytes: [UInt8], with others: [[UInt8]], by generator: inout TrialGenerator
) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &generator) {
    mutate(&bytes, with: others, by: &generator)
  }
  return bytes
}

/// Bytes that begin long or deep things, or end counts, in one of the formats.
private let telling: [UInt8] = [
  0x00, 0x01, 0x0A, 0x22, 0x2C, 0x2D, 0x2E, 0x5B, 0x65, 0x7B, 0x7F, 0x80, 0x81, 0x8F, 0x91, 0x9F,
  0xC1, 0xC4, 0xC6, 0xC7, 0xC9, 0xCF, 0xD9, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xFE, 0xFF,
]

private func mutate(
  _ bytes: inout [UInt8], with others: [[UInt8]], by generator: inout TrialGenerator
) {
  guard !bytes.isEmpty else {
    bytes = [telling.randomElement(using: &generator) ?? 0]
    return
  }
  let place = Int.random(in: 0..<bytes.count, using: &generator)
  let end = min(bytes.count, place + Int.random(in: 1...32, using: &generator))
  switch Int.random(in: 0..<10, using: &generator) {
  case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
  case 1: bytes[place] = .random(in: 0...255, using: &generator)
  case 2: bytes[place] = telling.randomElement(using: &generator) ?? 0
  case 3: bytes.removeLast(bytes.count - place)
  case 4: bytes.removeSubrange(place..<end)
  case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
  case 6: bytes.insert(telling.randomElement(using: &generator) ?? 0, at: place)
  case 7:
    for index in place..<min(end, place + 8) {
      bytes[index] = Bool.random(using: &generator) ? 0xFF : 0x7F
    }
  case 8:
    guard let other = others.randomElement(using: &generator), !other.isEmpty else { return }
    let start = Int.random(in: 0..<other.count, using: &generator)
    bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 64)])
  default:
    // A thing inside of itself, many times over.
    let byte = telling.randomElement(using: &generator) ?? 0
    let count = Int.random(in: 1...2000, using: &generator)
    bytes.insert(contentsOf: [UInt8](repeating: byte, count: count), at: place)
  }
}
