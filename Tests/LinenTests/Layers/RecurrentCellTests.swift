import Linen
import Testing

/// As RecurrentTest in tests/linen/linen_test.py of Flax says.
@Suite("Recurrent cells")
struct RecurrentCellTests {
  private let keys = Key(0).split(3)
  private var x: Tensor { Random.normal(keys[1], [2, 3]) }

  @Test func lstm() throws {
    let cell = LSTMCell(4)
    let start = cell.initializeCarry(keys[0], x.shape)
    #expect(start.c.shape == [2, 4] && start.h.shape == [2, 4])
    let ((carry, y), variables) = try cell.initializeWithOutput(keys[2]) { $0(start, x) }
    #expect(carry.c.shape == [2, 4])
    try expectEqual(y, carry.h)
    var expected: [String: [Int]] = [:]
    for gate in ["i", "f", "g", "o"] {
      expected["params/i\(gate)/kernel"] = [3, 4]
      expected["params/h\(gate)/kernel"] = [4, 4]
      expected["params/h\(gate)/bias"] = [4]
    }
    #expect(shapes(variables) == expected)
  }

  private func unit<Cell: RNNCell>(
    _ cell: Cell, _ expected: [String: [Int]]
  ) throws -> Variables where Cell.Carry == Tensor {
    let start = cell.initializeCarry(keys[0], x.shape)
    #expect(start.shape == [2, 4])
    let ((carry, y), variables) = try cell.initializeWithOutput(keys[2]) { $0(start, x) }
    #expect(carry.shape == [2, 4])
    try expectEqual(y, carry)
    #expect(shapes(variables["params"]) == expected)
    return variables["params"]
  }

  @Test func gatedUnits() throws {
    _ = try unit(
      SimpleCell(4), ["i/kernel": [3, 4], "i/bias": [4], "h/kernel": [4, 4]])
    _ = try unit(
      GRUCell(4),
      [
        "ir/kernel": [3, 4], "ir/bias": [4], "iz/kernel": [3, 4], "iz/bias": [4],
        "in/kernel": [3, 4], "in/bias": [4], "hr/kernel": [4, 4], "hz/kernel": [4, 4],
        "hn/kernel": [4, 4], "hn/bias": [4],
      ])
    let params = try unit(
      MGUCell(4),
      [
        "if/kernel": [3, 4], "if/bias": [4], "in/kernel": [3, 4], "in/bias": [4],
        "hf/kernel": [4, 4], "hn/kernel": [4, 4], "hn/bias": [4],
      ])
    try expect(params["if"]["bias"], [4], allEqual: 1)
    try expect(params["in"]["bias"], [4], allEqual: 0)
    try expect(params["hn"]["bias"], [4], allEqual: 0)
  }

  @Test func convLSTM() throws {
    let cell = ConvLSTMCell(6, [3, 3])
    let x = Random.normal(keys[1], [2, 4, 4, 3])
    let start = cell.initializeCarry(keys[0], x.shape)
    #expect(start.c.shape == [2, 4, 4, 6] && start.h.shape == [2, 4, 4, 6])
    let ((carry, y), variables) = try cell.initializeWithOutput(keys[2]) { $0(start, x) }
    try expectEqual(y, carry.h)
    #expect(
      shapes(variables["params"]) == [
        "hh/bias": [24], "hh/kernel": [3, 3, 6, 24], "ih/bias": [24], "ih/kernel": [3, 3, 3, 24],
      ])
  }

  @Test func optimizedLSTMCellMatchesRegular() throws {
    let start = LSTMCell(4).initializeCarry(keys[0], x.shape)
    let regular = try LSTMCell(4).initializeWithOutput(keys[2]) { $0(start, x).output }
    let optimized = try OptimizedLSTMCell(4).initializeWithOutput(keys[2]) { $0(start, x).output }
    try expectNear(optimized.0, regular.0)
    try expectEqual(optimized.1, regular.1)
  }

  @Test func mguResetGate() throws {
    let cell = MGUCell(4, resetGate: false)
    let start = Random.normal(keys[0], [2, 4])
    let (y, variables) = try cell.initializeWithOutput(keys[2]) { $0(start, x).output }
    let params: Variables = variables["params"]
    #expect(Set((params["hn"] as Variables).keys) == ["kernel"])
    func input(_ name: String) -> Tensor {
      matmul(x, params[name]["kernel"]) + params[name]["bias"]
    }
    func hidden(_ name: String) -> Tensor { matmul(start, params[name]["kernel"]) }
    let f = sigmoid(input("if") + hidden("hf"))
    let n = tanh(input("in") + hidden("hn"))
    try expectNear(y, (1 - f) * n + f * start)
  }
}
