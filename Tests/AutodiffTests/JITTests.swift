import Autodiff
import Testing

private func normalized(_ x: Tensor) -> Tensor {
  let mean = mean(x, axes: [-1], keepingAxes: true)
  let centred = x - mean
  return centred * rsqrt(Tensor::mean(centred * centred, axes: [-1], keepingAxes: true) + 1e-6)
}

private func sample(_ shape: Shape, seed: Int = 0) -> Tensor { Random.normal(Key(seed), shape) }

/// Functions that exercise loops, reductions over rows, columns and all, views and products.
private let functions: [(String, [Shape], @Sendable ([Tensor]) -> Tensor)] = [
  ("elementwise", [[1000, 7]], { exp($0[0]) * 2 + sin($0[0]) }),
  ("bias and gelu", [[64, 300], [300]], { gelu($0[0] + $0[1]) }),
  ("layer norm", [[33, 129]], { normalized($0[0]) }),
  ("softmax", [[5, 8, 40]], { softmax($0[0], axis: -1) }),
  ("column sums", [[700, 45]], { sum($0[0] * $0[0], axes: [0]) / 700 }),
  ("long column sums", [[5000, 70]], { sum(exp($0[0]), axes: [0]) / 5000 }),
  ("total", [[300, 300]], { mean($0[0] * $0[0]) }),
  ("rows then columns", [[64, 48]], { sum(softmax($0[0], axis: -1) * $0[0], axes: [0]) }),
  ("product", [[40, 30], [30, 20], [20]], { relu(matmul($0[0], $0[1]) + $0[2]) }),
  (
    "transposed product", [[30, 40], [20, 30]], { matmul($0[0].transposed(), $0[1].transposed()) }
  ),
  ("middle axis", [[6, 7, 8]], { sum($0[0], axes: [1]) * 2 }),
  ("transpose and add", [[50, 60], [60, 50]], { $0[0] + $0[1].transposed() }),
  ("scalar", [[]], { $0[0] * 3 + 1 }),
  ("comparison", [[400]], { which($0[0] .> 0, $0[0], exp($0[0])) }),
  (
    "broadcast outer", [[40], [50]], { expandDims($0[0], axes: [1]) * expandDims($0[1], axes: [0]) }
  ),
]

@Test(arguments: functions.indices)
func jitEqualsEager(index: Int) throws {
  let (_, shapes, function) = functions[index]
  let inputs = shapes.enumerated().map { sample($1, seed: $0) }
  let compiled = jit(function)
  try expectEqual(compiled(inputs), function(inputs), tolerance: 2e-6)
  // Gradients, compiled as a whole.
  let loss: ([Tensor]) throws -> Tensor = { sum(sin(function($0))) }
  let gradient = try jit(grad(loss))(inputs)
  for (a, b) in zip(gradient, try grad(loss)(inputs)) { try expectEqual(a, b, tolerance: 1e-5) }
}

@Test func jitIsBitEqualForAnyNumberOfThreads() throws {
  let x = sample([2000, 130])
  let compiled = jit { (x: Tensor) in sum(softmax(x, axis: -1) * exp(x), axes: [0]) }
  let before = threadCount
  defer { threadCount = before }
  var results: [[Float]] = []
  for count in [1, 2, 3] {
    threadCount = count
    results.append(try compiled(x).scalars())
  }
  #expect(results[0] == results[1] && results[1] == results[2])
}

@Test func jitCompilesOncePerSignature() throws {
  var traces = 0
  let compiled = jit { (x: Tensor) -> Tensor in
    traces += 1
    return x * 2
  }
  _ = try compiled(Tensor([1.0, 2]))
  _ = try compiled(Tensor([3.0, 4]))
  #expect(traces == 1)
  _ = try compiled(Tensor([1.0, 2, 3]))
  _ = try compiled(Tensor([1, 2]))
  #expect(traces == 3)
  #expect(compiled.cacheCount == 3)
}

@Test func jitInsideOtherTransforms() throws {
  let compiled = jit { (x: Tensor) in sin(x) * x }
  let v = Tensor([0.1, 0.2, 0.3])
  try expectEqual(grad { (x: Tensor) in sum(try compiled(x)) }(v), cos(v) * v + sin(v))
  try expectEqual(vmap { (x: Tensor) in try compiled(x) }(v), sin(v) * v)
  try expectEqual(jit { (x: Tensor) in try compiled(x) + 1 }(v), sin(v) * v + 1)
  // A value of an outer transform that the function captures.
  let gradient = try grad { (a: Tensor) in
    try jit { (x: Tensor) in sum(x * a) }(v)
  }(Tensor(2.0))
  try expectEqual(gradient, sum(v))
}

@Test func constantsAndArgumentsMayBeResults() throws {
  let compiled = jit { (x: Tensor) in [x, Tensor([1.0, 2]), x.transposed(), x * 0 + 5] }
  let x = Tensor([[1.0, 2], [3, 4]])
  let results = try compiled(x)
  try expectEqual(results[0], x)
  try expectEqual(results[1], Tensor([1.0, 2]))
  try expectEqual(results[2], x.transposed())
  try expectEqual(results[3], Tensor.full([2, 2], 5.0))
}
