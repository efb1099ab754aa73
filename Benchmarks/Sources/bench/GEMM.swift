import Linen

/// Products of two square float32 matrices, in GFLOP/s, and the kernels that OpenBLAS uses.
func benchGEMM() throws -> Result {
  var result = Result("gemm")
  result["kernel_set"] = BLAS.kernelSet
  for size in [256, 1024, 2048] {
    let x = Random.normal(Key(0), [size, size])
    let y = Random.normal(Key(1), [size, size])
    let time = nanoseconds(calls: size > 1024 ? 2 : 8, rounds: 12) { _ = matmul(x, y) }
    let operations = 2 * Double(size) * Double(size) * Double(size)
    result.add("gflops_\(size)", operations / time, digits: 1)
  }
  return result
}
