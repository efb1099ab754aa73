import Dispatch
import Linen
import Testing

private final class Shared: Module, @unchecked Sendable {
  let head: Dense
  @Setup var body: Dense

  init(_ head: Dense) {
    self.head = head
    super.init()
  }

  override func setup() { body = Dense(5) }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in head(body(x)) } }
}

@Suite struct ThreadsTests {
  @Test func oneModuleServesManyThreads() throws {
    let model = Shared(Dense(2))
    let inputs = (1...4).map { Tensor.full([2, 3], Float($0)) }
    let variables = try (0..<4).map { seed in
      try model.initialize(Key(seed)) { $0(inputs[0]) }
    }
    let expected = try (0..<4).map { k in
      try model.apply(variables[k]) { $0(inputs[k]) }.scalars(as: Float.self)
    }
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: 16) { thread in
      for round in 0..<25 {
        let k = (thread + round) % 4
        if round % 5 == 4 {
          let wrong = errorText { _ = try model.apply(variables[k]) { $0(Tensor.ones([2, 7])) } }
          if !wrong.contains("expected to generate shape (7, 5)") { failures.add(wrong) }
        } else {
          let y = try? model.apply(variables[k]) { try $0(inputs[k]).scalars(as: Float.self) }
          if y != expected[k] { failures.add("\(k): \(String(describing: y))") }
        }
      }
    }
    #expect(failures.all == [])
  }

  /// What one task does with the model: everything that a call can touch.
  private func answer(_ model: Everything, _ seed: Int) throws -> [Float] {
    let x = Tensor.full([2, 3], Float(seed + 1))
    let variables = try model.initialize(["params": Key(seed), "dropout": Key(0)]) { $0(x) }
    var results = try model.apply(
      variables, rngs: ["dropout": Key(seed)], mutable: ["stats", "intermediates"],
      captureIntermediates: true
    ) { $0(x) }.variables.flattened()
    results += try grad(variables) { variables in
      sum(
        try model.apply(variables, rngs: ["dropout": Key(seed)], mutable: "stats") { $0(x) }.output)
    }.flattened()
    return try results.flatMap { try $0.value.tensor?.scalars(as: Float.self) ?? [] }
  }

  @Test func sixteenTasksGetTheirOwnAnswers() async throws {
    let model = Everything(Dense(2))
    let expected = try (0..<16).map { try answer(model, $0) }
    #expect(Set(expected.map { $0[0] }).count > 1)
    let results = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for seed in 0..<16 {
        group.addTask { (seed, try self.answer(model, seed)) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (seed, values) in expected.enumerated() { #expect(results[seed] == values, "\(seed)") }
  }
}

/// A model with what modules can have: shared and own submodules, setup, streams, variables, loops.
private final class Everything: Module, @unchecked Sendable {
  let head: Dense
  @Setup var body: [Shared]

  init(_ head: Dense) {
    self.head = head
    super.init()
  }

  override func setup() { body = [Shared(head), Shared(Dense(3))] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let count = variable("stats", "count") { Tensor(0.0) }
      if isMutableCollection("stats") { count.value = count.value + mean(x) }
      sow("intermediates", "x", x)
      let dropped = Dropout(0.5, deterministic: false)(body.reduce(x) { $1($0) })
      let stack = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 2) {
        Dense(3)
      }
      return stack(dropped)
    }
  }
}

private final class Failures: @unchecked Sendable {
  private let lock = DispatchSemaphore(value: 1)
  private(set) var all: [String] = []

  func add(_ text: String) {
    lock.wait()
    all.append(text)
    lock.signal()
  }
}
