import Linen
import Testing

private final class Tower: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = variable("state", "last") { x }
      y.value = Sequential([Dense(3), Dense(2)])(x)
      return BatchNorm(useRunningAverage: false)(y.value)
    }
  }
}

/// A call leaves nothing behind: what it made is freed with what it returned.
@Suite struct LifetimeTests {
  private let x = Tensor.ones([2, 4])

  /// Those of the arrays that still live.
  private func living(_ arrays: [Weak]) -> Int { arrays.count { $0.array != nil } }

  private struct Weak {
    weak var array: NDArray?
  }

  private func watch(_ variables: Variables) -> [Weak] {
    treeLeaves(variables).map { Weak(array: $0.array) }
  }

  @Test func initializationKeepsNoVariables() throws {
    let watched = watch(try Tower().initialize(Key(0)) { $0(x) })
    #expect(watched.count == 9)
    #expect(living(watched) == 0)
  }

  @Test func applicationKeepsNoUpdates() throws {
    let variables = try Tower().initialize(Key(0)) { $0(x) }
    let watched = watch(try Tower().apply(variables, mutable: true) { $0(x) }.1)
    // Parameters live on in those that were given.
    #expect(living(watched) == treeLeaves(variables["params"]).count)
  }

  @Test func boundModulesKeepTheirVariablesForTheirOwnLife() throws {
    let watched: [Weak]
    do {
      let variables = try Tower().initialize(Key(0)) { $0(x) }
      watched = watch(variables)
      let bound = Tower().bind(variables, mutable: true)
      _ = try bound { $0(x) }
    }
    #expect(living(watched) == 0)
  }

  @Test func liftsKeepNoVariables() throws {
    let model = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 3) {
      Sequential([Dense(4), Dense(4)])
    }
    let watched = watch(try model.initialize(Key(0)) { $0(x) })
    #expect(watched.count == 4)
    #expect(living(watched) == 0)
  }
}
