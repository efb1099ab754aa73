import Tensor
import Testing
import Training

@Suite struct ConfusionMatrixTests {
  let matrix: ConfusionMatrix

  init() throws {
    var matrix = ConfusionMatrix(classes: 3, names: ["cat", "dog", "snail"])
    try matrix.add(predictions: [0, 0, 1, 1, 2, 0], labels: [0, 0, 1, 0, 2, 2])
    self.matrix = matrix
  }

  @Test func countsConfusions() {
    #expect(matrix.counts == [[2, 1, 0], [0, 1, 0], [1, 0, 1]])
    #expect(matrix.total == 6)
    #expect(matrix.accuracy == 4.0 / 6)
    #expect(matrix.precision(0) == 2.0 / 3)
    #expect(matrix.recall(2) == 0.5)
    #expect(abs(matrix.f1(0) - 2.0 / 3) < 1e-15)
    #expect(
      matrix.description == """
        label |   cat   dog snail
        ------+------------------
        cat   |     2     1     .
        dog   |     .     1     .
        snail |     1     .     1
        """)
  }

  /// The precisions are 2/3, 1/2 and 1, the recalls 2/3, 1 and 1/2, each F1 score 2/3.
  @Test func averagesClasses() {
    func expect(_ value: Double, _ expected: Double) { #expect(abs(value - expected) < 1e-12) }
    expect(matrix.precision(.macro), 13.0 / 18)
    expect(matrix.precision(.weighted), (3 * 2.0 / 3 + 0.5 + 2) / 6)
    expect(matrix.recall(.macro), 13.0 / 18)
    expect(matrix.recall(.weighted), 4.0 / 6)
    expect(matrix.f1(.macro), 2.0 / 3)
    expect(matrix.f1(.micro), 4.0 / 6)
    // The third class neither occurs nor is predicted: it counts as 0, and weighs nothing.
    var absent = ConfusionMatrix(classes: 3)
    try? absent.add(predictions: [0, 1], labels: [0, 1])
    expect(absent.f1(.macro), 2.0 / 3)
    expect(absent.f1(.weighted), 1)
  }

  @Test func countsLogitsAndMerges() throws {
    var other = ConfusionMatrix(classes: 3, names: ["cat", "dog", "snail"])
    try other.add(logits: Tensor([[0.0, 2, 1], [5, 2, 1]]), labels: Tensor([1, 2]))
    #expect(other.counts == [[0, 0, 0], [0, 1, 0], [1, 0, 0]])
    #expect(matrix.merging(other).counts == [[2, 1, 0], [0, 2, 0], [2, 0, 1]])
    let error = #expect(throws: TensorError.self) {
      try withErrors { matrix.merging(ConfusionMatrix(classes: 2)) }
    }
    #expect(error?.description == "ConfusionMatrix: classes is 2, expected 3")
  }

  @Test func rejectsWhatIsNoClass() {
    var matrix = ConfusionMatrix(classes: 2)
    let length = #expect(throws: TensorError.self) { try matrix.add(predictions: [0], labels: []) }
    #expect(
      length?.description == "ConfusionMatrix: predictions is 1, expected as many as labels, 0")
    let label = #expect(throws: TensorError.self) { try matrix.add(predictions: [0], labels: [2]) }
    #expect(label?.description == "ConfusionMatrix: class is 2, expected one in 0..<2")
    #expect(matrix.total == 0)
  }
}
