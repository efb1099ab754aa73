import Foundation

/// How near translations are to those of people: the share of their word sequences that occur there.
///
/// The corpus score of 0 to 100 that sacreBLEU computes: the geometric mean of the precisions of
/// sequences of one to four tokens, times a penalty for translations shorter than the references.
/// https://aclanthology.org/P02-1040, https://aclanthology.org/W18-6319
///
///     var bleu = BLEU()
///     bleu.add("the cat sat on the mat", references: ["the cat is on the mat"])
///     print(bleu.score)
public struct BLEU: Hashable, Sendable {
  /// What happens where no sequence of some length occurs in a reference.
  public enum Smoothing: Hashable, Sendable {
    /// The score is 0.
    case none
    /// The n-th such length counts as `1 / 2^n` occurrences: sacreBLEU's choice.
    case exponential
    /// A number stands for the count of 0.
    case floor(Double)
    /// A number is added to the counts of all lengths but the first.
    case add(Double)
  }

  /// The length of the longest sequences.
  public let maxOrder: Int
  private let smoothing: Smoothing
  /// By length less 1: the sequences that occur in a reference, and all.
  private var matches: [Int]
  private var totals: [Int]
  private var length = 0
  private var referenceLength = 0

  /// Begins without translations.
  public init(maxOrder: Int = 4, smoothing: Smoothing = .exponential) {
    self.maxOrder = max(maxOrder, 1)
    self.smoothing = smoothing
    matches = [Int](repeating: 0, count: self.maxOrder)
    totals = matches
  }

  /// Counts a translation in, split by ``tokenize(_:)`` as the references are.
  public mutating func add(_ hypothesis: String, references: [String]) {
    add(tokens: BLEU.tokenize(hypothesis), references: references.map(BLEU.tokenize))
  }

  /// Counts a translation in, given as tokens, with one or more references.
  public mutating func add(tokens: [String], references: [[String]]) {
    length += tokens.count
    // The reference nearest in length; of two as near, the shorter.
    referenceLength +=
      references.map(\.count).min {
        (abs($0 - tokens.count), $0) < (abs($1 - tokens.count), $1)
      } ?? 0
    for order in 1...maxOrder {
      let own = counts(tokens, order)
      var most: [ArraySlice<String>: Int] = [:]
      for reference in references {
        most.merge(counts(reference, order)) { max($0, $1) }
      }
      totals[order - 1] += max(tokens.count - order + 1, 0)
      matches[order - 1] += own.reduce(0) { $0 + min($1.value, most[$1.key] ?? 0) }
    }
  }

  /// The counts of both; both must have been made alike.
  public func merging(_ other: BLEU) -> BLEU {
    var result = self
    result.matches = zip(matches, other.matches).map(+)
    result.totals = zip(totals, other.totals).map(+)
    result.length += other.length
    result.referenceLength += other.referenceLength
    return result
  }

  /// The precisions of sequences of one token, of two and so on, 0 to 100, smoothed.
  public var precisions: [Double] {
    var missing = 1.0
    return zip(matches, totals).enumerated().map { index, counts in
      var (match, total) = (Double(counts.0), Double(counts.1))
      if case .add(let number) = smoothing, index > 0 {
        (match, total) = (match + number, total + number)
      }
      guard total > 0 else { return 0 }
      guard match == 0 else { return 100 * match / total }
      switch smoothing {
      case .exponential:
        missing *= 2
        return 100 / (missing * total)
      case .floor(let number): return 100 * number / total
      case .none, .add: return 0
      }
    }
  }

  /// What translations shorter than the references are multiplied by.
  public var brevityPenalty: Double {
    if length >= referenceLength { return 1 }
    return length == 0 ? 0 : exp(1 - Double(referenceLength) / Double(length))
  }

  /// The score, 0 to 100; 0 without translations.
  public var score: Double {
    // sacreBLEU's score is 0 where there is no match at all.
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    let precisions = precisions
    guard !precisions.contains(0) else { return 0 }
    let mean = precisions.map(log).reduce(0, +) / Double(maxOrder)
    return brevityPenalty * exp(mean)
  }

  private func counts(_ tokens: [String], _ order: Int) -> [ArraySlice<String>: Int] {
    guard tokens.count >= order else { return [:] }
    return Dictionary(
      (0...tokens.count - order).map { (tokens[$0..<$0 + order], 1) }, uniquingKeysWith: +)
  }
}
