import Linen
import Optimizers
import Testing
import Training

/// A dense layer that also counts how often it was called.
private final class Counting: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let calls = variable("counters", "calls") { Tensor.zeros([]) }
      calls.value = calls.value + 1
      return Dense(2)(x)
    }
  }
}

@Suite struct TrainStateTests {
  let x = Random.normal(Key(1), [8, 3])
  let labels = Tensor([0, 1, 1, 0, 1, 0, 0, 1])

  private func start(_ optimizer: GradientTransformation) throws -> TrainState {
    let variables = try Counting().initialize(Key(0)) { $0(x) }
    return TrainState.create(variables, optimizer: optimizer)
  }

  private func step(_ state: TrainState, _ x: Tensor, _ labels: Tensor) throws -> TrainStep {
    try state.minimizing { variables in
      let (logits, updates) = try Counting().apply(variables, mutable: .deny("params")) { $0(x) }
      return Loss(
        mean(softmaxCrossEntropyWithIntegerLabels(logits, labels)), collections: updates,
        metrics: ["accuracy": accuracy(logits, labels)])
    }
  }

  @Test func hasTheFieldsOfFlax() throws {
    let state = try start(sgd(0.1, momentum: 0.9))
    #expect(
      treeStructure(state).map(\.description) == [
        ".step", ".params['Dense_0']['bias']", ".params['Dense_0']['kernel']",
        ".opt_state[0].trace['Dense_0']['bias']", ".opt_state[0].trace['Dense_0']['kernel']",
        ".counters['calls']",
      ])
    #expect(state.variables.keys.sorted() == ["counters", "params"])
  }

  @Test func stepsDownhillAndCarriesCollections() throws {
    var state = try start(adam(0.05))
    var losses: [Float] = []
    for _ in 0..<20 {
      let result = try step(state, x, labels)
      state = result.state
      try losses.append(#require(result.metrics["loss"]).item())
      #expect(result.metrics.keys.sorted() == ["accuracy", "loss"])
    }
    #expect(losses[19] < losses[0])
    #expect(try state.step.item(as: Int.self) == 20)
    let calls: Tensor = state.collections["counters"]["calls"]
    // One of the calls was that of initialize.
    #expect(try calls.item(as: Float.self) == 21)
  }

  @Test func compiledEqualsEager() throws {
    let compiled = jit { try self.step($0, $1, $2) }
    var (eager, staged) = (try start(adamw(0.05)), try start(adamw(0.05)))
    for _ in 0..<5 {
      eager = try step(eager, x, labels).state
      staged = try compiled(staged, x, labels).state
    }
    #expect(treeStructure(eager) == treeStructure(staged))
    for (a, b) in zip(treeLeaves(eager), treeLeaves(staged)) {
      #expect(a.type == b.type)
      for (value, other) in zip(try a.scalars(as: Float.self), try b.scalars(as: Float.self)) {
        #expect(abs(value - other) <= 1e-6 + 1e-5 * abs(value))
      }
    }
  }

  /// Dropout by the step's key, batches by the position: what follows depends on the state alone.
  @Test func goesOnAsIfItHadNotStopped() throws {
    let loader = try DataLoader(
      try Dataset(["x": x, "labels": labels]), batchSize: 3, shuffledBy: Key(7))
    let compiled = jit { (state: TrainState, x: Tensor, labels: Tensor) in
      try state.minimizing { variables in
        let mask = Random.bernoulli(state.stepKey, 0.5, x.shape)
        let (logits, updates) = try Counting().apply(variables, mutable: .deny("params")) {
          $0(which(mask, x, 0))
        }
        return Loss(
          mean(softmaxCrossEntropyWithIntegerLabels(logits, labels)), collections: updates)
      }
    }
    func train(_ start: TrainState, stoppingAfter stop: Int = .max) throws -> TrainState {
      var state = start
      let position = try #require(state.dataPosition)
      for batch in try loader.batches(from: position, epochs: 3) {
        let (x, labels) = (batch.examples["x"], batch.examples["labels"])
        state = try compiled(state, #require(x), #require(labels)).state
        state.dataPosition = batch.next
        if try state.step.item(as: Int.self) == stop { break }
      }
      return state
    }
    let variables = try Counting().initialize(Key(0)) { $0(x) }
    let start = TrainState.create(
      variables, optimizer: adam(0.05), key: Key(11), dataPosition: DataPosition())
    #expect(
      treeStructure(start).suffix(3).map(\.description) == [
        ".key", ".data_position.epoch", ".data_position.batch",
      ])
    let whole = try train(start)
    #expect(try whole.step.item(as: Int.self) == 9)
    for stop in [1, 3, 5] {
      let resumed = try train(train(start, stoppingAfter: stop))
      for (a, b) in zip(treeLeaves(whole), treeLeaves(resumed)) {
        #expect(try a.scalars(as: Double.self) == b.scalars(as: Double.self))
      }
    }
  }

  @Test func namesAMissingKey() throws {
    let state = try start(sgd(0.1))
    let error = #expect(throws: TensorError.self) { try withErrors { state.stepKey } }
    #expect(
      error?.description
        == "TrainState: there is no key\nhint: pass key: to TrainState.create")
  }

  @Test func throwsWhatTheLossRecords() throws {
    let state = try start(sgd(0.1))
    let error = #expect(throws: (any Error).self) {
      try step(state, Tensor.ones([8, 4]), labels)
    }
    #expect("\(try #require(error))".contains("Dense_0"))
  }
}

@Suite struct AccuracyTests {
  @Test func countsRightLabels() throws {
    let logits = Tensor([[0.1, 0.9], [2, 1], [0, 3]])
    #expect(try accuracy(logits, Tensor([1, 0, 0])).item(as: Float.self) == Float(2) / 3)
    #expect(try accuracy(Tensor.zeros([0, 2]), Tensor([Int]())).item(as: Float.self).isNaN)
  }
}
