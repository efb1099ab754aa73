import Tensor

/// How often each class was taken for each: the count of predictions by label.
public struct ConfusionMatrix: Hashable, Sendable {
  /// The names of the classes.
  public let names: [String]
  /// `counts[label][prediction]`.
  public private(set) var counts: [[Int]]

  /// Creates a matrix of zeros for classes 0, 1, ..., which the numbers name unless others are given.
  public init(classes: Int, names: [String]? = nil) {
    self.names = names ?? (0..<classes).map(String.init)
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  /// Counts predictions in, each with the label at the same place.
  ///
  /// - Throws: an error if the numbers of predictions and labels differ or one is no class.
  public mutating func add(predictions: [Int], labels: [Int]) throws {
    guard predictions.count == labels.count else {
      throw TensorError(
        "ConfusionMatrix",
        .argumentInvalid(
          name: "predictions", value: "\(predictions.count)",
          expected: "as many as labels, \(labels.count)"))
    }
    if let wrong = (predictions + labels).first(where: { !counts.indices.contains($0) }) {
      throw TensorError(
        "ConfusionMatrix",
        .argumentInvalid(
          name: "class", value: "\(wrong)", expected: "one in 0..<\(counts.count)"))
    }
    for (prediction, label) in zip(predictions, labels) { counts[label][prediction] += 1 }
  }

  /// Counts the classes of the largest logits `[examples, classes]` in, with labels `[examples]`.
  ///
  /// - Throws: as `add(predictions:labels:)`.
  public mutating func add(logits: Tensor, labels: Tensor) throws {
    try add(
      predictions: argmax(logits, axis: -1).scalars(as: Int.self),
      labels: labels.scalars(as: Int.self))
  }

  /// The counts of both; records an error if they have other numbers of classes.
  public func merging(_ other: ConfusionMatrix) -> ConfusionMatrix {
    guard counts.count == other.counts.count else {
      record(
        TensorError(
          "ConfusionMatrix",
          .argumentInvalid(
            name: "classes", value: "\(other.counts.count)", expected: "\(counts.count)")))
      return self
    }
    var result = self
    for (label, row) in other.counts.enumerated() {
      for (prediction, count) in row.enumerated() { result.counts[label][prediction] += count }
    }
    return result
  }

  /// The number of predictions.
  public var total: Int { counts.joined().reduce(0, +) }

  /// The fraction of right predictions; NaN of none.
  public var accuracy: Double {
    Double(counts.indices.map { counts[$0][$0] }.reduce(0, +)) / Double(total)
  }

  /// The fraction of right ones among the predictions of a class; NaN if there are none.
  public func precision(_ name: Int) -> Double {
    Double(counts[name][name]) / Double(counts.map { $0[name] }.reduce(0, +))
  }

  /// The fraction of a class that was predicted as such; NaN if there is none.
  public func recall(_ name: Int) -> Double {
    Double(counts[name][name]) / Double(counts[name].reduce(0, +))
  }

  /// The harmonic mean of precision and recall of a class; NaN if either is, 0 if either is 0.
  public func f1(_ name: Int) -> Double {
    2 / (1 / precision(name) + 1 / recall(name))
  }
}

/// How the figures of classes become one.
public enum ClassAverage: Hashable, Sendable {
  /// The mean over the classes, all alike.
  case macro
  /// The mean over the classes, weighted by how many examples they have.
  case weighted
  /// The figure of all decisions, class by class, together.
  case micro
}

extension ConfusionMatrix {
  /// The precision of all classes; a class that was never predicted counts as 0.
  public func precision(_ average: ClassAverage) -> Double { combined(average, precision) }

  /// The recall of all classes; a class without examples counts as 0.
  public func recall(_ average: ClassAverage) -> Double { combined(average, recall) }

  /// The F1 score of all classes; one without right predictions counts as 0.
  public func f1(_ average: ClassAverage) -> Double { combined(average, f1) }

  private func combined(_ average: ClassAverage, _ figure: (Int) -> Double) -> Double {
    let figures = counts.indices.map { figure($0).isNaN ? 0 : figure($0) }
    switch average {
    case .macro: return figures.reduce(0, +) / Double(figures.count)
    case .weighted:
      let sizes = counts.map { Double($0.reduce(0, +)) }
      return zip(figures, sizes).map(*).reduce(0, +) / Double(total)
    // Every wrong prediction is one too many of a class and one too few of another.
    case .micro: return accuracy
    }
  }
}

extension ConfusionMatrix: CustomStringConvertible {
  /// A table with a row for each label and a column for each prediction; zeros are dots.
  public var description: String {
    let cells = counts.map { $0.map { $0 == 0 ? "." : "\($0)" } }
    let width = max((cells.joined() + names).map(\.count).max() ?? 1, 3) + 1
    let nameWidth = max(names.map(\.count).max() ?? 1, "label".count)
    func row(_ name: String, _ cells: [String]) -> String {
      left(name, nameWidth) + " |" + cells.map { right($0, width) }.joined()
    }
    let header = row("label", names)
    let rule = left("", nameWidth, "-") + "-+" + left("", width * names.count, "-")
    return ([header, rule] + zip(names, cells).map { row($0, $1) }).joined(separator: "\n")
  }
}

/// The text, filled up on the right.
package func left(_ text: String, _ width: Int, _ filler: Character = " ") -> String {
  text + String(repeating: filler, count: max(width - text.count, 0))
}

/// The text, filled up on the left.
package func right(_ text: String, _ width: Int, _ filler: Character = " ") -> String {
  String(repeating: filler, count: max(width - text.count, 0)) + text
}
