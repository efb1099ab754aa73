import Linen

/// Questions such as "31+7" and their answers, as sequences of one-hot tokens.
struct Additions {
  /// Padding, the end of a text, then the characters.
  private static let characters = Array("0123456789+=")
  static let size = characters.count + 2
  private static let end: Int32 = 1

  let maxDigits: Int

  /// The longest question, with its end.
  private var questionLength: Int { 2 * maxDigits + 2 }
  /// The longest answer, with the sign before and the end.
  private var answerLength: Int { maxDigits + 3 }

  /// Questions `[batch, length, size]` with their lengths `[batch]`, and answers that begin with "=".
  struct Batch: TensorTree, Sendable {
    var questions: Tensor
    var lengths: Tensor
    var answers: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("questions"), &questions)
      visitor.visit(.field("lengths"), &lengths)
      visitor.visit(.field("answers"), &answers)
    }
  }

  /// Draws additions; the key says which.
  func batch(_ count: Int, _ key: Key) throws -> Batch {
    let limit = (0..<maxDigits).reduce(1) { product, _ in product * 10 }
    let numbers = try Random.randint(key, [count, 2], 0, limit).scalars(as: Int.self)
    let pairs = (0..<count).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
    let questions = pairs.map { tokens("\($0)+\($1)", questionLength) }
    let answers = pairs.map { tokens("=\($0 + $1)", answerLength) }
    return Batch(
      questions: oneHot(stacked(questions), classes: Additions.size),
      lengths: Tensor(pairs.map { Int32("\($0)+\($1)".count + 1) }),
      answers: oneHot(stacked(answers), classes: Additions.size))
  }

  /// The characters before the end.
  func text(_ tokens: [Int]) -> String {
    String(tokens.prefix { $0 > Additions.end }.map { Additions.characters[$0 - 2] })
  }

  private func tokens(_ text: String, _ length: Int) -> [Int32] {
    let numbers = text.map { Int32((Additions.characters.firstIndex(of: $0) ?? 0) + 2) }
    let padding = [Int32](repeating: 0, count: length - text.count - 1)
    return numbers + [Additions.end] + padding
  }

  private func stacked(_ rows: [[Int32]]) -> Tensor {
    Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
  }
}
