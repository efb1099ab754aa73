import Foundation

/// A small language whose sentences, such as "the old dogs see a bird", are drawn at random.
///
/// As its choices are known, so is the perplexity of the best possible model.
struct Grammar {
  private static let determiners = (singular: ["a", "the"], plural: ["some", "the"])
  private static let adjectives = ["big", "small", "old", "young", "quick"]
  private static let nouns = ["dog", "cat", "bird", "fox", "bear", "child"]
  private static let verbs = ["see", "like", "follow", "hear"]

  private var generator: Generator
  /// The sum of the logarithms of all choices so far, and the characters they made.
  private(set) var surprise = 0.0
  private(set) var characters = 0

  init(seed: UInt64) { generator = Generator(state: seed) }

  /// A text of at least `length` characters.
  mutating func text(length: Int) -> String {
    var text = ""
    while text.utf8.count < length { text += sentence() }
    characters += text.utf8.count
    return text
  }

  private mutating func sentence() -> String {
    let isPlural = choose([false, true])
    let subject = phrase(isPlural)
    let verb = choose(Grammar.verbs) + (isPlural ? " " : "s ")
    let object = phrase(choose([false, true]))
    return subject + verb + object.dropLast() + ".\n"
  }

  /// A noun with its company, in agreement, and a blank.
  private mutating func phrase(_ isPlural: Bool) -> String {
    let determiners = isPlural ? Grammar.determiners.plural : Grammar.determiners.singular
    let determiner = choose(determiners)
    let adjective = choose([false, true]) ? choose(Grammar.adjectives) + " " : ""
    return "\(determiner) \(adjective)\(choose(Grammar.nouns))\(isPlural ? "s" : "") "
  }

  private mutating func choose<T>(_ options: [T]) -> T {
    surprise += log(Double(options.count))
    return options[Int.random(in: options.indices, using: &generator)]
  }

  /// The perplexity of a character for one who knows the grammar.
  var perplexity: Double { exp(surprise / Double(characters)) }
}

/// The SplitMix64 generator: the same seed gives the same text.
///
/// https://doi.org/10.1145/2714064.2660195
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
