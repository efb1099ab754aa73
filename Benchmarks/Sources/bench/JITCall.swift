import Linen

/// Dense layers of 32, 32 and 1 with relu between them.
private final class TinyMLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact { Dense(1)(relu(Dense(32)(relu(Dense(32)(x))))) }
  }
}

/// What a call of a tiny network on one row of 8 numbers costs, in microseconds.
///
/// `program` is the compiled call of a function of a tensor alone, `tree` that of the network's variables
/// and the row, `update` one that changes them in place.
func benchJITCall() throws -> Result {
  var result = Result("jit-call")
  let model = TinyMLP()
  let x = Tensor.ones([1, 8]) + 0
  let variables = try model.initialize(Key(0)) { $0(x) }

  let plain = jit { (x: Tensor) in x * 2 + 1 }
  _ = try plain(x)
  result.add("program_us", try nanoseconds(calls: 2000) { _ = try plain(x) } / 1e3)

  let compiled = jit { (variables: Variables, x: Tensor) in try model.apply(variables) { $0(x) } }
  _ = try compiled(variables, x)
  result.add("tree_us", try nanoseconds(calls: 2000) { _ = try compiled(variables, x) } / 1e3)

  let step = jit { (variables: inout Variables, x: Tensor) in
    let y = try model.apply(variables) { $0(x) }
    variables = treeMap(variables) { $0 * 0.999 }
    return y
  }
  var state = variables
  _ = try step(&state, x)
  result.add("update_us", try nanoseconds(calls: 2000) { _ = try step(&state, x) } / 1e3)

  result.add(
    "eager_us", try nanoseconds(calls: 500) { _ = try model.apply(variables) { $0(x) } } / 1e3)
  return result
}
