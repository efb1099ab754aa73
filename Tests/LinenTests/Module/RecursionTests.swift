import Linen
import Testing

/// Modules that call each other without end are an error, not the end of the process.
@Suite struct RecursionTests {
  let x = Tensor.ones([2, 3])

  private final class Endless: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Endless()(Dense(3)(x)) } }
  }

  /// Calls itself twice: without the error all but the first of the calls would begin anew.
  private final class Branching: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in Branching()(x) + Branching()(x) }
    }
  }

  private final class Tree: Module, @unchecked Sendable {
    @Setup var left: Tree
    @Setup var right: Tree
    override func setup() {
      left = Tree()
      right = Tree()
    }
    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in left(x) * right(x) } }
  }

  private final class Nested: Module, @unchecked Sendable {
    let depth: Int
    init(_ depth: Int) {
      self.depth = depth
      super.init()
    }
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in depth == 0 ? Dense(3)(x) : Nested(depth - 1)(x) }
    }
  }

  private func expectError(_ module: String, _ path: String, _ body: () throws -> Void) {
    let text = errorText(body)
    let sentence =
      "Maximum recursion depth exceeded: modules call each other without end, the last is \(module)."
    #expect(text.hasPrefix("\(sentence)\npath: \(path)"), "\(text)")
    #expect(text.hasSuffix("\nhint: a module that calls itself needs a case in which it does not"))
    #expect(text.contains(" more ...") && text.count < 1000, "\(text)")
  }

  @Test func compactMethod() {
    expectError("Endless", "/Endless/Endless_0/Endless_0/") {
      _ = try Endless().initialize(Key(0)) { $0(x) }
    }
    expectError("Branching", "/Branching/Branching_0/Branching_0/") {
      _ = try Branching().apply([:]) { $0(x) }
    }
  }

  @Test func modulesOfSetup() {
    expectError("Tree", "/Tree/left/left/") { _ = try Tree().apply([:]) { $0(x) } }
  }

  @Test func theThreadGoesOnAfterwards() throws {
    for _ in 0..<3 { _ = errorText { _ = try Endless().initialize(Key(0)) { $0(x) } } }
    #expect(try Simple().initialize(Key(0)) { $0(x) }["params"]["Dense_0"].keys.count == 2)
  }

  /// Python's default limit stops Flax at 245 levels.
  @Test func deepNestingIsNoError() throws {
    let variables = try Nested(250).initialize(Key(0)) { $0(x) }
    #expect(variables.flattened().map(\.path.count) == [253, 253])
    #expect(try Nested(250).apply(variables) { $0(x) }.shape == [2, 3])
  }
}
