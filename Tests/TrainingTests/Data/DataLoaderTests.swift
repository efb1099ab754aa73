import Linen
import Testing

@testable import Training

@Suite struct DataLoaderTests {
  let loader: DataLoader<[String: Tensor]>

  init() throws {
    let data = try Dataset(["x": Tensor(Array(0..<10))])
    loader = try DataLoader(data, batchSize: 4, shuffledBy: Key(5))
  }

  private func numbers(_ batch: LoadedBatch<[String: Tensor]>) throws -> [Int] {
    try batch.examples["x"]?.scalars(as: Int.self) ?? []
  }

  @Test func noBatchIsAnError() throws {
    let few = try Dataset(Tensor.ones([3, 2]))
    let error = #expect(throws: TensorError.self) {
      try DataLoader(few, batchSize: 4, remainder: .drop)
    }
    #expect("\(try #require(error))".contains("expected at most 3, the number of examples"))
    #expect(try DataLoader(few, batchSize: 4).batchesPerEpoch == 1)
  }

  @Test func everyEpochHasItsOrder() throws {
    let batches = Array(try loader.batches(epochs: 2))
    #expect(batches.map(\.epoch) == [0, 0, 0, 1, 1, 1])
    #expect(batches.map(\.index) == [0, 1, 2, 0, 1, 2])
    #expect(batches.map(\.endsEpoch) == [false, false, true, false, false, true])
    let orders = try (batches.prefix(3).flatMap(numbers), batches.suffix(3).flatMap(numbers))
    #expect(orders.0.sorted() == Array(0..<10))
    #expect(orders.0 != orders.1)
    // jax.random.permutation(jax.random.fold_in(jax.random.key(5), 1), 10)
    #expect(orders.1 == [3, 7, 4, 5, 9, 8, 0, 2, 6, 1])
  }

  @Test(arguments: 0...6)
  func goesOnFromAnyPlace(_ done: Int) throws {
    let all = Array(try loader.batches(epochs: 2))
    let position = done == 0 ? DataPosition() : all[done - 1].next
    let rest = Array(try loader.batches(from: position, epochs: 2))
    #expect(try rest.map(numbers) == all.dropFirst(done).map(numbers))
  }

  @Test func hasNoBatchesBeyondTheEnd() throws {
    #expect(Array(try loader.batches(from: DataPosition(epoch: 3), epochs: 2)).isEmpty)
    #expect(Array(try loader.batches(epochs: 0)).isEmpty)
  }

  @Test func padsTheLastBatch() throws {
    let loader = try DataLoader(loader.dataset, batchSize: 4, remainder: .pad)
    let batches = Array(try loader.batches(epochs: 1))
    #expect(try batches.map(numbers) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 0]])
    #expect(batches[0].mask == nil)
    let mask = try #require(batches[2].mask)
    #expect(try mask.scalars(as: Bool.self) == [true, true, false, false])
  }

  @Test func mayBeLeftInTheMiddle() throws {
    for _ in 0..<20 {
      for batch in try loader.batches(epochs: 100, prefetching: 3) where batch.index == 1 { break }
    }
  }
}

@Suite struct PrefetchedTests {
  @Test(arguments: [1, 2, 100])
  func givesAllInOrder(_ count: Int) {
    #expect(Array(Prefetched(Array(0..<50), count: count)) == Array(0..<50))
    #expect(Array(Prefetched([Int](), count: count)) == [])
  }

  /// A sequence whose third element is a mistake.
  private struct Mistaken: Sequence, Sendable {
    struct Iterator: IteratorProtocol {
      var index = 0

      mutating func next() -> Tensor? {
        index += 1
        return Tensor([1, 2]).broadcast(to: index == 3 ? [3] : [2])
      }
    }

    func makeIterator() -> Iterator { Iterator() }
  }

  @Test func recordsWhatTheThreadRecords() {
    var count = 0
    let error = #expect(throws: TensorError.self) {
      try withErrors { for _ in Prefetched(Mistaken(), count: 2) { count += 1 } }
    }
    #expect(error?.description.hasPrefix("broadcast: shapes differ") == true)
    #expect(count == 2)
  }
}
