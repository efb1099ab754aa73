import Autodiff
import Testing

private func update(_ state: inout [Tensor], _ x: Tensor) -> Tensor {
  let total = sum(state[0] * x)
  state = [state[0] * 0.9 + x, state[1] + state[0]]
  return total
}

@Test func jitUpdatesItsFirstArgument() throws {
  let step = jit(update)
  let x = Tensor([1.0, 2, 3])
  var compiled = [Tensor([0.5, 0.5, 0.5]) * 1, Tensor.zeros([3]) + 0]
  var plain = compiled
  for _ in 0..<3 {
    let total = try step(&compiled, x)
    try expectEqual(total, update(&plain, x))
  }
  for (a, b) in zip(compiled, plain) { try expectEqual(a, b) }
  #expect(step.cacheCount == 1)
}

@Test func jitUsesTheMemoryOfItsStateAgain() throws {
  let step = jit { (state: inout Tensor, x: Tensor) -> Tensor in
    state = state * 2 + x
    return x
  }
  var state = Tensor.ones([1000]) + 1
  let before = state.array?.data
  _ = try step(&state, Tensor(1.0))
  #expect(state.array?.data == before)
  // Somebody else holds the state: it is left alone.
  let other = state
  _ = try step(&state, Tensor(1.0))
  #expect(state.array?.data != other.array?.data)
  try expectEqual(other, Tensor.full([1000], 5.0))
  try expectEqual(state, Tensor.full([1000], 11.0))
}

@Test func memoryThatIsReadLaterIsNotOverwritten() throws {
  // The new first part is written while the old one is still to be read, by another loop.
  let step = jit { (state: inout [Tensor], x: Tensor) -> Tensor in
    let old = state[0]
    state[0] = old + x
    state[1] = matmul(old, old)
    return sum(old, axes: [0])
  }
  let first = Random.normal(Key(0), [20, 20])
  var state = [first + 0, Tensor.zeros([20, 20]) + 0]
  let sums = try step(&state, Tensor(1.0))
  try expectEqual(state[0], first + 1)
  try expectEqual(state[1], matmul(first, first), tolerance: 1e-5)
  try expectEqual(sums, sum(first, axes: [0]), tolerance: 1e-5)
}

@Test func aFailedUpdateLeavesTheState() {
  let step = jit { (state: inout Tensor, x: Tensor) -> Tensor in
    state = state + x
    return state
  }
  var state = Tensor([1.0, 2])
  #expect(errorText { _ = try step(&state, Tensor([1.0, 2, 3])) }.hasPrefix("add: shapes differ"))
  #expect(errorText { try expectEqual(state, Tensor([1.0, 2])) } == "no error")
}
