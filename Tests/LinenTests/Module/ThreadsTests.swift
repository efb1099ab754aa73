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

  @Test func tasksShareAModule() async throws {
    let model = Shared(Dense(2))
    let x = Tensor.ones([2, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let expected = try model.apply(variables) { $0(x) }.scalars(as: Float.self)
    let results = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<16 {
        group.addTask { try model.apply(variables) { try $0(x).scalars(as: Float.self) } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == expected })
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
