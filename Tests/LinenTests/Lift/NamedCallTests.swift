import Linen
import Testing

@Suite struct NamedCallTests {
  private let x = Tensor.ones([2, 3])

  @Test func namedCallsAreShownByErrors() {
    let model = Model { _, x in
      Model(name: "inner") { _, x in
        namedCall("attention") { namedCall("scores") { matmul(x, Tensor.ones([4, 5])) } }
      }(x)
    }
    let text = errorText { _ = try model.apply([:]) { $0(x) } }
    #expect(text.contains("(in /M/inner M, attention, scores)"), "\(text)")
  }

  @Test func namedCallsChangeNoPaths() throws {
    let plain = Model { _, x in Dense(4)(x) }
    let named = Model { _, x in namedCall("layer") { Dense(4)(x) } }
    let variables = try named.initialize(Key(0)) { $0(x) }
    for (a, b) in zip(
      treeLeaves(variables), treeLeaves(try plain.initialize(Key(0)) { $0(x) }))
    {
      try expectEqual(a, b)
    }
    // Once it has ended, errors no longer show it.
    let model = Model { _, x in matmul(namedCall("layer") { x }, Tensor.ones([4, 5])) }
    let text = errorText { _ = try model.apply([:]) { $0(x) } }
    #expect(!text.contains("layer"), "\(text)")
  }

  @Test func namedCallsAreShownInsideOfLifts() {
    let model = Model { _, x in
      namedCall("stack") {
        scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 2) { Dense(4) }(x)
      }
    }
    let text = errorText { _ = try model.initialize(Key(0)) { $0(x) } }
    #expect(text.contains("carry input: carry f32[2,3]"), "\(text)")
    let inside = Model { _, x in
      namedCall("stack") { remat { Dense(4) }(matmul(x, Tensor.ones([5, 5]))) }
    }
    let second = errorText { _ = try inside.initialize(Key(0)) { $0(x) } }
    #expect(second.contains("(in /M, stack)"), "\(second)")
  }
}
