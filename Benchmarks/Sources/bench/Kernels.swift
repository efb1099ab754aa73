import CKernelProbe
import Linen

/// The share of the machine's limits that kernels reach: of the bandwidth of a copy for those that go
/// through memory, of the rate of a plain product for those that multiply.
///
/// Both limits are measured in the same run. A bandwidth counts the bytes that a kernel must read
/// and write, so that the share of one that reads them twice is below a half; it is compared with
/// that of a copy of as many elements. Prints a table, then the object.
func benchKernels() throws -> Result {
  var result = Result("kernels")
  try benchMemoryBound(&result)
  try benchProducts(&result)
  return result
}

// MARK: - Through memory

/// A kernel by the elements of its operands, and the bytes that it moves for each.
private struct MemoryKernel {
  let name: String
  let bytes: Double
  /// Makes the call for a number of elements.
  let make: (Int) throws -> () throws -> Tensor
}

private let sizes: [(label: String, count: Int)] = [
  ("4k", 1 << 12), ("256k", 1 << 18), ("16M", 1 << 24),
]

private func line(_ count: Int, _ seed: Int = 0) -> Tensor {
  Random.uniform(Key(seed), [count], low: -2, high: 2)
}

/// Rows of 256 elements, the size of a layer's features.
private func rows(_ count: Int) -> Tensor { line(count).reshaped(to: [count / 256, 256]) }

private func matrix(_ count: Int) -> Tensor {
  let side = Int(Double(count).squareRoot())
  return line(count).reshaped(to: [side, side])
}

private func unary(
  _ name: String, _ function: @escaping (Tensor) -> Tensor
) -> MemoryKernel {
  MemoryKernel(name: name, bytes: 8) { count in
    let x = line(count)
    return { function(x) }
  }
}

/// A function compiled by `jit`, of rows.
private func compiled(
  _ name: String, bytes: Double = 8, _ function: @escaping (Tensor) -> Tensor
) -> MemoryKernel {
  MemoryKernel(name: name, bytes: bytes) { count in
    let x = rows(count)
    let program = jit(function)
    return { try program(x) }
  }
}

private func layerNorm(_ x: Tensor) -> Tensor {
  let center = mean(x, axes: [-1], keepingAxes: true)
  let spread = mean(square(x), axes: [-1], keepingAxes: true) - square(center)
  return (x - center) * rsqrt(spread + 1e-6)
}

private func memoryKernels() -> [MemoryKernel] {
  [

    MemoryKernel(name: "add", bytes: 12) { count in
      let (x, y) = (line(count), line(count, 1))
      return { x + y }
    },
    unary("add scalar") { $0 + 1 },
    MemoryKernel(name: "add row", bytes: 8) { count in
      let (x, y) = (rows(count), line(256, 1))
      return { x + y }
    },
    MemoryKernel(name: "add transposed", bytes: 12) { count in
      let (x, y) = (matrix(count), matrix(count).transposed())
      return { x + y }
    },
    MemoryKernel(name: "select", bytes: 13) { count in
      let (x, y) = (line(count), line(count, 1))
      let holds = x .> y
      return { which(holds, x, y) }
    },
    unary("exp", exp), unary("log") { log($0) }, unary("tanh", tanh), unary("erf", erf),
    unary("sigmoid", sigmoid), unary("sin", sin), unary("sqrt") { sqrt($0) },
    MemoryKernel(name: "to bfloat16", bytes: 6) { count in
      let x = line(count)
      return { x.cast(to: .bfloat16) }
    },
    MemoryKernel(name: "transpose", bytes: 8) { count in
      let x = matrix(count)
      // Nothing but the order changes: the copy that a reshape of a transposed matrix takes.
      return { x.transposed().reshaped(to: [x.elementCount]) }
    },
    MemoryKernel(name: "sum of rows", bytes: 4) { count in
      let x = rows(count)
      return { sum(x, axes: [1]) }
    },
    MemoryKernel(name: "sum of columns", bytes: 4) { count in
      let x = rows(count)
      return { sum(x, axes: [0]) }
    },
    MemoryKernel(name: "max of rows", bytes: 4) { count in
      let x = rows(count)
      return { max(x, axes: [1]) }
    },
    MemoryKernel(name: "random bits", bytes: 4) { count in { Random.bits(Key(0), [count]) } },
    MemoryKernel(name: "uniform", bytes: 4) { count in { Random.uniform(Key(0), [count]) } },
    MemoryKernel(name: "normal", bytes: 4) { count in { Random.normal(Key(0), [count]) } },
    compiled("gelu") { gelu($0) },
    compiled("silu") { silu($0) },
    compiled("softmax") { softmax($0) },
    compiled("layer norm", layerNorm),
  ]
}

private func benchMemoryBound(_ result: inout Result) throws {
  func time(_ count: Int, _ body: () throws -> Void) throws -> Double {
    // About 20 ms a round.
    try nanoseconds(calls: Swift.max(1, (1 << 23) / count), rounds: 7, body)
  }
  var limits: [Double] = []
  print("share of the bandwidth of a copy".padded(34) + sizes.map { $0.label.padded(9) }.joined())
  for size in sizes {
    let calls = Swift.max(1, (1 << 23) / size.count)
    let seconds = (0..<7).map { _ in probe_copy(size.count, calls) / Double(calls) }.min() ?? 0
    limits.append(8 * Double(size.count) / seconds * 1e-9)
    result.add("copy_gbs_\(size.label)", limits[limits.count - 1], digits: 1)
  }
  print("  copy, GB/s".padded(34) + limits.map { decimal($0, digits: 1).padded(9) }.joined())
  for kernel in memoryKernels() {
    var text = "  \(kernel.name)".padded(34)
    for (size, limit) in zip(sizes, limits) {
      let call = try kernel.make(size.count)
      _ = try call()
      let rate = try kernel.bytes * Double(size.count) / time(size.count) { _ = try call() }
      text += percent(rate / limit).padded(9)
      result.add(field(kernel.name, size.label), rate / limit)
    }
    print(text)
  }
}

// MARK: - Products

private func benchProducts(_ result: inout Result) throws {
  let size = 1024
  let (a, b) = (
    Random.normal(Key(0), [size, size]), Random.normal(Key(1), [size, size])
  )
  func rate(_ flops: Int, _ body: () throws -> Void) rethrows -> Double {
    Double(flops)
      / (try nanoseconds(calls: Swift.max(1, (1 << 30) / flops), rounds: 9, body))
  }
  let limit = rate(2 * size * size * size) { _ = matmul(a, b) }
  result.add("gemm_gflops", limit, digits: 1)
  print("share of the rate of a product of \(size)")
  print("  gemm, GFLOP/s".padded(34) + decimal(limit, digits: 1))
  func report(_ name: String, _ flops: Int, _ body: () throws -> Void) rethrows {
    let share = try rate(flops, body) / limit
    result.add(field(name, nil), share)
    print("  \(name)".padded(34) + percent(share))
  }

  let flops = 2 * size * size * size
  report("transposed left", flops) { _ = matmul(a.transposed(), b) }
  report("transposed right", flops) { _ = matmul(a, b.transposed()) }
  report("transposed both", flops) { _ = matmul(a.transposed(), b.transposed()) }
  let (q, k) = (Random.normal(Key(2), [128, 128, 32]), Random.normal(Key(3), [128, 128, 32]))
  let weights = Random.normal(Key(4), [128, 128, 128])
  let batched = 2 * 128 * 128 * 128 * 32
  report("batched, depth 32", batched) { _ = einsum("bik,bjk->bij", q, k) }
  report("batched, width 32", batched) { _ = matmul(weights, k) }

  let image = Random.normal(Key(5), [32, 32, 32, 64])
  for (name, taps, features, stride) in [
    ("conv 3x3", 3, 64, 1), ("conv 3x3 stride 2", 3, 128, 2), ("conv 1x1", 1, 128, 1),
  ] {
    let kernel = Random.normal(Key(6), [taps, taps, 64, features])
    func convolve(_ x: Tensor, _ kernel: Tensor) -> Tensor {
      convGeneralDilated(x, kernel, strides: [stride, stride], padding: .same)
    }
    let y = convolve(image, kernel)
    let flops = 2 * y.elementCount * taps * taps * 64
    report("\(name), forward", flops) { _ = convolve(image, kernel) }
    let (_, inputPullback) = try vjp({ convolve($0, kernel) }, image)
    try report("\(name), input gradient", flops) { _ = try inputPullback(y) }
    let (_, kernelPullback) = try vjp({ convolve(image, $0) }, kernel)
    try report("\(name), kernel gradient", flops) { _ = try kernelPullback(y) }
  }
}

// MARK: - Texts

private func field(_ name: String, _ size: String?) -> String {
  let words = name.split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
  return words + (size.map { "_\($0)" } ?? "")
}

private func decimal(_ value: Double, digits: Int) -> String {
  let scale = digits == 0 ? 1.0 : 10.0
  return "\((value * scale).rounded() / scale)"
}

private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

extension String {
  /// With spaces at its end, up to a width.
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}
