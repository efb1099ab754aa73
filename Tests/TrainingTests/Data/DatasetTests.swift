import Linen
import Testing
import Training

@Suite struct DatasetTests {
  let data: Dataset<[String: Tensor]>

  init() throws {
    data = try Dataset([
      "x": Tensor((0..<20).map(Float.init), shape: [10, 2]), "y": Tensor(Array(0..<10)),
    ])
  }

  private func labels(_ batch: [String: Tensor]) throws -> [Int] {
    try batch["y"]?.scalars(as: Int.self) ?? []
  }

  @Test func batchesInOrderWithTheRemainder() throws {
    let batches = try data.batches(of: 4)
    #expect(batches.count == 3)
    #expect(try batches.map(labels) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    #expect(try batches[2]["x"]?.scalars(as: Float.self) == [16, 17, 18, 19])
    #expect(try data.batches(of: 4, remainder: .drop).map(labels).count == 2)
    #expect(try data.batches(of: 5, remainder: .drop).map(labels).count == 2)
  }

  @Test func shufflesByKey() throws {
    let order = try data.batches(of: 3, shuffledBy: Key(0)).flatMap(labels)
    #expect(order.sorted() == Array(0..<10))
    #expect(order != Array(0..<10))
    #expect(try data.batches(of: 3, shuffledBy: Key(0)).flatMap(labels) == order)
    #expect(try data.batches(of: 3, shuffledBy: Key(1)).flatMap(labels) != order)
    for batch in try data.batches(of: 3, shuffledBy: Key(0)) {
      let rows = try labels(batch).flatMap { [Float(2 * $0), Float(2 * $0 + 1)] }
      #expect(try batch["x"]?.scalars(as: Float.self) == rows)
    }
  }

  @Test func splitsByKey() throws {
    let (train, test) = try data.split(testFraction: 0.25, Key(3))
    #expect(train.count == 7)
    #expect(test.count == 3)
    #expect(try (labels(train.arrays) + labels(test.arrays)).sorted() == Array(0..<10))
    #expect(try labels(data.split(testFraction: 0.25, Key(3)).test.arrays) == labels(test.arrays))
  }

  @Test func rejectsArraysOfDifferentLengths() {
    let error = #expect(throws: TensorError.self) {
      try Dataset(["x": Tensor.zeros([3, 2]), "y": Tensor.zeros([4])])
    }
    #expect(
      error?.description
        == "Dataset: numbers of examples differ, tensor['x'] f32[3,2] axis 0 = 3, "
        + "tensor['y'] f32[4] axis 0 = 4")
    let scalar = #expect(throws: TensorError.self) { try Dataset([Tensor(1)]) }
    #expect(scalar?.description.hasPrefix("Dataset: rank is 0, expected at least 1") == true)
  }

  @Test func rejectsWrongArguments() {
    let size = #expect(throws: TensorError.self) { try data.batches(of: 0) }
    #expect(size?.description == "batches: size is 0, expected at least 1")
    let fraction = #expect(throws: TensorError.self) { try data.split(testFraction: 2, Key(0)) }
    #expect(fraction?.description == "split: testFraction is 2.0, expected 0 to 1")
    let index = #expect(throws: TensorError.self) { try withErrors { data[[10]] } }
    #expect(index?.description == "Dataset: index is 10, expected one in 0..<10")
  }
}
