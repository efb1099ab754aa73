import Autodiff
import Testing
import Training

@Suite struct MetricsTests {
  private func value(_ metric: some Metric) throws -> Float {
    try metric.compute().item(as: Float.self)
  }

  @Test func averagesWhatTheMaskKeeps() throws {
    let first = Average(Tensor([[1.0, 2], [3, 6]]))
    #expect(try value(first) == 3)
    let second = Average(Tensor([[8.0, 8], [100, 100]]), where: Tensor([true, false]))
    #expect(try value(second) == 8)
    #expect(try value(first.merging(second)) == Float(28) / 6)
    #expect(try value(Average()).isNaN)
    #expect(try value(Average().merging(first)) == 3)
  }

  @Test func countsRightLabels() throws {
    let logits = Tensor([[0.1, 0.9], [2, 1], [0, 3]])
    let all = Accuracy(logits: logits, labels: Tensor([1, 0, 0]))
    #expect(try value(all) == Float(2) / 3)
    let some = Accuracy(
      logits: logits, labels: Tensor([1, 1, 0]), where: Tensor([true, true, false]))
    #expect(try value(some) == 0.5)
    #expect(try value(all.merging(some)) == Float(3) / 5)
  }

  @Test func spreadsAndPerplexities() throws {
    let deviation = StandardDeviation(Tensor([1.0, 3])).merging(
      StandardDeviation(Tensor([5.0, 7])))
    #expect(abs(try value(deviation) - Float(5).squareRoot()) < 1e-6)
    let guess = Perplexity(losses: log(Tensor([8.0, 8])))
    #expect(abs(try value(guess) - 8) < 1e-5)
    let mixed = guess.merging(Perplexity(losses: Tensor([0.0, 0])))
    #expect(abs(try value(mixed) - Float(8).squareRoot()) < 1e-5)
    #expect(try value(LastValue(Tensor(1.0)).merging(LastValue(Tensor(2.0)))) == 2)
  }

  @Test func collectionsCompileAndMerge() throws {
    let step = jit { (losses: Tensor, mask: Tensor) in
      ["loss": Average(losses, where: mask), "last": LastValue(losses[0])] as MetricCollection
    }
    let first = try step(Tensor([1.0, 2, 3]), Tensor([true, true, true]))
    let second = try step(Tensor([4.0, 50, 60]), Tensor([true, false, false]))
    #expect(step.cacheCount == 1)
    let values = try first.merging(second).values()
    #expect(values == ["loss": 2.5, "last": 4])
    let alone = MetricCollection().merging(first)
    #expect(try alone.values() == ["loss": 2, "last": 1])
    let error = #expect(throws: TensorError.self) {
      try withErrors { first.merging(["loss": LastValue(Tensor(1.0))]) }
    }
    #expect(
      error?.description == "MetricCollection: a name stands for Average and for LastValue")
  }

  @Test func namesAMaskThatDoesNotFit() {
    let error = #expect(throws: TensorError.self) {
      try withErrors { Average(Tensor.zeros([2, 3]), where: Tensor([true, true, true])) }
    }
    #expect(error?.description.hasPrefix("Metric: shapes differ") == true)
  }
}
