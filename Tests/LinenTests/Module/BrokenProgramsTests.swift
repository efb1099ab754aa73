import Linen
import Testing

/// Random numbers that are the same in every run.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A tower of blocks, with a mistake in one of them if there is one.
private final class Tower: Module, @unchecked Sendable {
  let widths: [Int]
  let mistake: @Sendable (Module, Tensor) -> Tensor
  @Setup var head: Dense

  init(_ widths: [Int], mistake: @escaping @Sendable (Module, Tensor) -> Tensor = { $1 }) {
    self.widths = widths
    self.mistake = mistake
    super.init()
  }

  override func setup() { head = Dense(2) }

  func callAsFunction(_ x: Tensor, train: Bool = false) -> Tensor {
    compact(x, train) { x, train in
      var x = x
      for width in widths { x = Block(width, mistake)(x, train: train) }
      return head(x)
    }
  }
}

private final class Block: Module, @unchecked Sendable {
  let width: Int
  let mistake: @Sendable (Module, Tensor) -> Tensor

  init(_ width: Int, _ mistake: @escaping @Sendable (Module, Tensor) -> Tensor) {
    self.width = width
    self.mistake = mistake
    super.init()
  }

  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    compact(x, train) { x, train in
      let y = BatchNorm(useRunningAverage: !train)(Dense(width)(x))
      return mistake(self, relu(y))
    }
  }

  func params(_ x: Tensor) -> Tensor { method(x) { x in x * param("late", .ones, [1]) } }
}

@Suite struct BrokenProgramsTests {
  /// Mistakes that a module makes.
  private static let inModules: [@Sendable (Module, Tensor) -> Tensor] = [
    { matmul($1, Tensor.ones([1, 9])) },
    { _, x in Dense(3, name: "Dense_0")(x) },
    { module, x in x * module.param("w", .ones, [3]) * module.param("w", .ones, [3]) },
    { module, x in x + Tensor(Double(x.shape[7])) },
    { module, x in sum(x, axes: [5]) },
    { module, x in x.reshaped(to: [1, 2, 3, 4, 5, 6, 7]) },
    { module, x in (module as? Block).map { Outside($0)(x) } ?? x },
    { module, x in
      Dropout(0.5, deterministic: false)(x) * Tensor(Double(module.makeRNG("no").shape[3]))
    },
    { module, x in module.variable("late", "v", as: Tensor.self).value + x },
    { module, x in Conv(3, [3, 3, 3, 3])(x) },
    { module, x in MultiHeadDotProductAttention(7)(x) },
    { module, x in Embed(3, 4)(x) },
    { module, x in GroupNorm(5)(x) },
    { module, x in Sequential([Sequential.Part]())(x) },
    { module, x in Dropout(0.5)(x) },
    { module, x in concatenate([x, Tensor.ones([7, 1])], axis: -1) },
    { module, x in x + Detached.shared(x) },
  ]

  /// Calls of modules from where they can't be called.
  private final class Outside: Module, @unchecked Sendable {
    let block: Block

    init(_ block: Block) {
      self.block = block
      super.init()
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in block.params(Dense(2)(x)) } }
  }

  private enum Detached {
    static let shared = Dense(3)
  }

  @Test func aThousandBrokenProgramsThrowAThousandErrors() throws {
    var generator = Generator(state: 42)
    var silent: [String] = []
    var withoutPlace: [String] = []
    for trial in 0..<1000 {
      let widths = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Int.random(in: 2...4, using: &generator)
      }
      let text = try brokenProgram(trial, widths, &generator)
      if text.hasPrefix("no error") { silent.append("\(trial) \(widths): \(text)") }
      let hasPlace = text.contains("path: /") || text.contains("(in /") || text.contains("apply()")
      if !hasPlace && !text.contains("mutable collection") {
        withoutPlace.append("\(trial): \(text)")
      }
    }
    #expect(silent == [])
    #expect(withoutPlace == [])
  }

  /// The error of one broken program.
  private func brokenProgram(
    _ trial: Int, _ widths: [Int], _ generator: inout Generator
  ) throws -> String {
    let x = Tensor.ones([2, 3])
    let model = Tower(widths)
    let variables = try model.initialize(Key(trial)) { $0(x) }
    let leaf = try #require(variables.flattened().randomElement(using: &generator))
    switch trial % 8 {
    case 0:
      let width = [1, 2, 4, 5][trial / 8 % 4]
      return errorText { _ = try model.apply(variables) { $0(Tensor.ones([2, width])) } }
    case 1:
      var missing = variables
      missing[path: leaf.path] = nil
      return errorText { _ = try model.apply(missing) { $0(x) } }
    case 2:
      var wrong = variables
      wrong[path: leaf.path] = Variables(Tensor.ones([6, 7]))
      return errorText { _ = try model.apply(wrong) { $0(x) } }
    case 3:
      return errorText { _ = try model.apply(["params": variables]) { $0(x) } }
    case 4:
      let name = ["batch_stat", "stats", "param", "Batch_stats"].randomElement(using: &generator)
      return errorText {
        _ = try model.apply(variables, mutable: [name ?? ""]) { $0(x, train: trial % 16 == 4) }
      }
    case 5:
      var renamed = Variables()
      for (name, part) in variables { renamed["\(name)s"] = part }
      return errorText { _ = try model.apply(renamed) { $0(x) } }
    default:
      let index = Int.random(in: Self.inModules.indices, using: &generator)
      let broken = Tower(widths, mistake: Self.inModules[index])
      let text = errorText { _ = try broken.initialize(Key(0)) { $0(x) } }
      return text == "no error" ? "no error, mistake \(index)" : text
    }
  }
}
