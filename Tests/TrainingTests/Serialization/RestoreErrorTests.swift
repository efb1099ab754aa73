import Foundation
import Linen
import Optimizers
import Testing
import Training

private final class One: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { Dense(10)($0) } }
}

private final class Two: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { Dense(10)(Dense(10)($0)) } }
}

/// What Flax says about states that don't fit, and what is found besides.
@Suite struct RestoreErrorTests {
  private func message<T: StateSerializable>(
    _ target: T, _ state: StateValue, allowing: RestoreAllowance = []
  ) throws -> String {
    let error = #expect(throws: RestoreError.self) {
      try fromStateDict(target, state, allowing: allowing)
    }
    return "\(try #require(error))"
  }

  private func summary<T: StateSerializable>(_ target: T, _ state: StateValue) throws -> String {
    String(try message(target, state).prefix { $0 != "\n" })
  }

  private func tuple(_ parts: OptimizerState...) -> OptimizerState { .tuple(parts) }

  private func number(_ value: Int) -> OptimizerState { .tensor(Tensor(value)) }

  /// The seven cases of `test_serialization_errors`.
  @Test func serializationErrors() throws {
    #expect(
      try summary([[[1, 2, 3], [4]]], toStateDict([[[1, 2, 3], [4, 5]]]))
        == "The size of the list and the state dict do not match, got 1 and 2 at path ./0/1")
    let numbers = tuple(number(1), number(2), number(3))
    #expect(
      try summary(
        tuple(tuple(numbers, tuple(number(4)))),
        toStateDict(tuple(tuple(numbers, tuple(number(4), number(5))))))
        == "The size of the list and the state dict do not match, got 1 and 2 at path ./0/1")
    func named(_ field: String) -> OptimizerState {
      tuple(
        tuple(
          numbers, tuple(.node([(.field(field), tuple(number(4), number(5)))]), number(6))))
    }
    #expect(
      try summary(named("wrong_field"), toStateDict(named("value")))
        == "The field names of the state dict and the named tuple do not match, got {'value'} and "
        + "{'wrong_field'} at path ./0/1/0")
    let state: StateValue = ["a": ["b": ["c": [1, 2, 3], "d": [4, 5]]]]
    #expect(
      try summary(["a": ["b": ["c": [1, 2, 3], "d": [4]]]], state)
        == "The size of the list and the state dict do not match, got 1 and 2 at path ./a/b/d")
    #expect(
      try summary(["a": ["b": ["c": [1, 2, 3], "e": [4, 5]]]], state)
        == "The target dict keys and state dict keys do not match, target dict contains keys "
        + "{'e'} which are not present in state dict at path ./a/b")
    let x = Tensor.ones([1, 28, 28, 1])
    let original = try One().initialize(Key(1)) { $0(x) }
    let wrong = try Two().initialize(Key(1)) { $0(x) }
    #expect(
      try summary(wrong, toStateDict(original))
        == "The target dict keys and state dict keys do not match, target dict contains keys "
        + "{'Dense_1'} which are not present in state dict at path ./params")
    let optimizer = sgd(0.1, momentum: 0.9)
    // Flax's train state is given all variables there, so its path has params twice.
    #expect(
      try summary(
        TrainState.create(wrong, optimizer: optimizer),
        toStateDict(TrainState.create(original, optimizer: optimizer)))
        == "The target dict keys and state dict keys do not match, target dict contains keys "
        + "{'Dense_1'} which are not present in state dict at path ./params")
  }

  private let target: Variables = [
    "Dense_0": ["kernel": Tensor.zeros([3, 10]), "bias": Tensor.zeros([10])],
    "Dense_1": ["kernel": Tensor.zeros([10, 2]), "bias": Tensor.zeros([2])],
    "head": ["kernel": Tensor.zeros([2, 2], dtype: .bfloat16)],
  ]
  private let state: StateValue = [
    "Dense_0": ["kernel": .tensor(Tensor.ones([3, 20])), "bias": .tensor(Tensor.ones([20]))],
    "head": [
      "kernel": .tensor(Tensor.ones([2, 2])), "scale": .tensor(Tensor.ones([2])), "empty": [:],
    ],
    "old": ["a": .tensor(Tensor.ones([1])), "b": ["c": 1]],
  ]

  @Test func listsAllAtOnceWithTheirPaths() throws {
    #expect(
      try message(target, state) == """
        The target dict keys and state dict keys do not match, target dict contains keys \
        {'Dense_1'} which are not present in state dict at path .
          shape ./Dense_0/bias: found f32[20], expected f32[10]
          shape ./Dense_0/kernel: found f32[3,20], expected f32[3,10]
          missing ./Dense_1/bias: expected f32[2]
          missing ./Dense_1/kernel: expected f32[10,2]
          dtype ./head/kernel: found f32[2,2], expected bf16[2,2]
          extra ./head/scale: found f32[2]
          extra ./old/a: found f32[1]
          extra ./old/b/c: found an integer
        hint: to take the state all the same, pass allowing: [.missing, .extraKeys, .shapes, .dtypes]
        """)
  }

  @Test func takesWhatIsAllowed() throws {
    let allowed: RestoreAllowance = [.missing, .extra, .shapes, .dtypes]
    let restored = try fromStateDict(target, state, allowing: allowed)
    #expect(
      restored.shapesDescription
        == "{'Dense_0': {'bias': (20,), 'kernel': (3, 20)}, 'Dense_1': {'bias': (2,), 'kernel': "
        + "(10, 2)}, 'head': {'kernel': (2, 2)}}")
    #expect(
      try message(target, state, allowing: allowed.subtracting(.dtypes)) == """
        The state does not fit the target at path ./head/kernel
          dtype ./head/kernel: found f32[2,2], expected bf16[2,2]
        hint: to take the state all the same, pass allowing: [.dtypes]
        """)
  }

  /// Flax takes a model's weights into another one of the same names without a word.
  @Test func lenientAsFlax() throws {
    let narrow = try Dense(10).initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    let wide = try Dense(20).initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    #expect(throws: RestoreError.self) { try fromBytes(wide, try toBytes(narrow)) }
    let restored = try fromBytes(wide, try toBytes(narrow), allowing: .flax)
    #expect(try toStateDict(restored) == toStateDict(narrow))
    // It refuses what a structure or list lacks or has too much.
    let point = PointState(x: 0, y: 0, meta: [:])
    #expect(throws: RestoreError.self) {
      try fromStateDict(point, ["x": 1, "y": 2, "z": 3], allowing: .flax)
    }
    #expect(throws: RestoreError.self) { try fromStateDict([1], [1, 2], allowing: .flax) }
    #expect(try fromStateDict(["a": 1], ["a": 2, "b": 3], allowing: .flax) == ["a": 2])
  }

  @Test func reportsWithoutThrowing() throws {
    let (restored, report) = restoring(target, from: state)
    #expect(report.problems.count == 8)
    #expect(report.problems.first?.path.names == ["Dense_0", "bias"])
    #expect(restored["Dense_0"]["bias"].tensor?.shape == [20])
  }

  @Test func anotherKindIsNeverTaken() throws {
    #expect(
      try message(["a": Tensor.zeros([2])], ["a": ["b": 1]], allowing: [.extra, .missing]) == """
        The state does not fit the target at path ./a
          kind ./a: found a dictionary of 1 entry, expected f32[2]
        """)
    #expect(
      try message(["a": Tensor.zeros([2])], 3) == """
        The state does not fit the target at path .
          kind .: found an integer, expected a dictionary
        """)
    #expect(
      try message(Tensor(UInt8(1)), 256)
        == "The state does not fit the target at path .\n  kind .: found an integer, expected u8[]")
  }
}
