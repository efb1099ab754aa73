import CKernelProbe
import Linen

/// What an operation costs beside its arithmetic: eager, and differentiated.
///
/// `kernel_ns` is the bare C kernel with its memory, `overhead_ns` what dispatch adds to it.
func benchDispatch() throws -> Result {
  var result = Result("dispatch")
  for count in [1, 256] {
    let x = Tensor.ones([count]) + 0
    let y = Tensor.ones([count]) + 1
    var sink = x
    let eager = nanoseconds(calls: 20_000) { sink = x + y }
    _ = sink
    let kernel = nanoseconds(calls: 1) { probe_add(count, 20_000) } / 20_000
    result.add("eager_ns_\(count)", eager, digits: 1)
    result.add("kernel_ns_\(count)", kernel, digits: 1)
    result.add("overhead_ns_\(count)", eager - kernel, digits: 1)
  }
  // The gradient of a chain of operations on one element, divided by their number.
  let chain = 100
  let start = Tensor(Float(0.5))
  let function = grad { (x: Tensor) in
    var y = x
    for index in 0..<chain { y = index.isMultiple(of: 2) ? y * x : tanh(y) }
    return y
  }
  let gradient = try nanoseconds(calls: 50) { _ = try function(start) }
  result.add("grad_op_us", gradient / Double(chain) / 1e3)
  let compiled = jit(function)
  _ = try compiled(start)
  result.add("jit_call_us", try nanoseconds(calls: 500) { _ = try compiled(start) } / 1e3)
  return result
}
