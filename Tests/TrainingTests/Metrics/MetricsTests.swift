import Tensor
import Testing
import Training

@Suite struct MetricsTests {
  @Test func averagesByWeight() {
    var average = Average()
    #expect(average.value.isNaN)
    average.add(1, weight: 3)
    average.add(5)
    #expect(average.value == 2)
    var other = Average()
    other.add(8, weight: 4)
    average.merge(other)
    #expect(average.value == 5)
  }

  @Test func countsConfusions() throws {
    var matrix = ConfusionMatrix(classes: 3, names: ["cat", "dog", "snail"])
    try matrix.add(predictions: [0, 0, 1, 1, 2, 0], labels: [0, 0, 1, 0, 2, 2])
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
