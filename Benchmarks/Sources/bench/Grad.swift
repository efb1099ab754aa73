import Linen

/// What derivatives cost: in microseconds an operation where the arrays are small, and as multiples of
/// the function itself where they are large.
func benchGrad() throws -> Result {
  var result = Result("grad")
  // A chain of operations on arrays of one element, by transform.
  let chain = 100
  func f(_ x: Tensor) -> Tensor {
    (0..<chain).reduce(x) { y, index in index.isMultiple(of: 2) ? y * x : tanh(y) }
  }
  let x = Tensor(Float(0.5))
  func perOperation(_ body: () throws -> Void) rethrows -> Double {
    try nanoseconds(calls: 30, body) / Double(chain) / 1e3
  }
  result.add("eager_op_us", perOperation { _ = f(x) })
  result.add("jvp_op_us", try perOperation { _ = try jvp({ f($0) }, x, x) })
  let gradient = grad { (x: Tensor) in f(x) }
  result.add("grad_op_us", try perOperation { _ = try gradient(x) })
  result.add("grad_of_grad_op_us", try perOperation { _ = try grad(gradient)(x) })
  let row = Tensor.ones([8]) * 0.5
  result.add("vmap_grad_op_us", try perOperation { _ = try vmap(gradient)(row) })

  // Three layers of 512 on 128 rows, compiled.
  let keys = Key(0).split(4)
  let layers = keys[..<3].map { Random.normal($0, [512, 512]) * 0.05 }
  let rows = Random.normal(keys[3], [128, 512])
  func loss(_ layers: [Tensor], _ rows: Tensor) -> Tensor {
    mean(square(layers.reduce(rows) { tanh(matmul($0, $1)) }))
  }
  let forward = jit { (layers: [Tensor], rows: Tensor) in loss(layers, rows) }
  let reverse = jit(grad { (layers: [Tensor], rows: Tensor) in loss(layers, rows) })
  let product = jit { (layers: [Tensor], rows: Tensor) in
    try jvp(grad { loss($0, rows) }, layers, layers).tangent
  }
  _ = try forward(layers, rows)
  _ = try reverse(layers, rows)
  _ = try product(layers, rows)
  let base = try nanoseconds(calls: 10) { _ = try forward(layers, rows) }
  result.add("forward_ms", base / 1e6)
  result.add(
    "grad_times_forward", try nanoseconds(calls: 10) { _ = try reverse(layers, rows) } / base,
    digits: 2)
  result.add(
    "hvp_times_forward", try nanoseconds(calls: 10) { _ = try product(layers, rows) } / base,
    digits: 2)
  return result
}
