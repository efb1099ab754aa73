import Autodiff
import Linen
import Tensor
import Training

/// An operation whose arithmetic XLA's cost analysis has counted: its inputs' types and itself.
private struct CostedOperation: Sendable {
  let inputs: [ShapeDtype]
  let body: @Sendable ([Tensor]) throws -> Tensor

  init(_ inputs: [ShapeDtype], _ body: @escaping @Sendable ([Tensor]) throws -> Tensor) {
    self.inputs = inputs
    self.body = body
  }

  static func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> CostedOperation {
    CostedOperation([matrix]) { function($0[0]) }
  }

  static func binary(
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> CostedOperation {
    CostedOperation([matrix, matrix]) { function($0[0], $0[1]) }
  }
}

private let matrix = ShapeDtype([3, 5], .float32)
private let integers = ShapeDtype([3, 5], .int32)

private let costedOperations: [String: CostedOperation] = [
  "x + y": .binary { $0 + $1 },
  "x * y": .binary { $0 * $1 },
  "x / y": .binary { $0 / $1 },
  "-x": .unary { -$0 },
  "abs": .unary { abs($0) },
  "maximum": .binary { maximum($0, $1) },
  "x > y": .binary { $0 .> $1 },
  "select(x > 0, x, y)": .binary { which($0 .> 0, $0, $1) },
  "exp": .unary { exp($0) },
  "log": .unary { log($0) },
  "tanh": .unary { tanh($0) },
  "sqrt": .unary { sqrt($0) },
  "rsqrt": .unary { rsqrt($0) },
  "logistic": .unary { sigmoid($0) },
  "x ** 2": .unary { pow($0, 2) },
  "x ** 2.5": .unary { pow($0, 2.5) },
  "erf": .unary { erf($0) },
  "convert to bfloat16": .unary { $0.cast(to: .bfloat16) },
  "int + int": CostedOperation([integers, integers]) { $0[0] + $0[1] },
  "sum(axis=1)": .unary { sum($0, axes: [1]) },
  "sum()": .unary { sum($0) },
  "max(axis=1)": .unary { max($0, axes: [1]) },
  "mean(axis=1)": .unary { mean($0, axes: [1]) },
  "transpose": .unary { $0.transposed() },
  "broadcast add (5,)": CostedOperation([matrix, ShapeDtype([5], .float32)]) { $0[0] + $0[1] },
  "dot (3,5)x(5,4)": CostedOperation([matrix, ShapeDtype([5, 4], .float32)]) {
    matmul($0[0], $0[1])
  },
  "relu": .unary { relu($0) },
  "gelu": .unary { gelu($0) },
  "silu": .unary { silu($0) },
  "softmax": .unary { softmax($0) },
  "log_softmax": .unary { logSoftmax($0) },
  "take rows": CostedOperation([matrix, ShapeDtype([2], .int32)]) { take($0[0], $0[1], axis: 0) },
  "max_pool 2 over (1,8,2)": CostedOperation([ShapeDtype([1, 8, 2], .float32)]) {
    maxPool($0[0], [2], strides: [2])
  },
  "avg_pool 2 over (1,8,2)": CostedOperation([ShapeDtype([1, 8, 2], .float32)]) {
    avgPool($0[0], [2], strides: [2])
  },
  "conv 3x3 SAME (1,5,5,2)->3": convolution(.same),
  "conv 3x3 VALID (1,5,5,2)->3": convolution(.valid),
  "bernoulli (3,5)": CostedOperation([ShapeDtype([2], .uint32)]) {
    Random.bernoulli(Key(data: $0[0]), 0.5, [3, 5])
  },
]

private func convolution(_ padding: Padding) -> CostedOperation {
  let types = [ShapeDtype([1, 5, 5, 2], .float32), ShapeDtype([3, 3, 2, 3], .float32)]
  return CostedOperation(types) { inputs in
    let params: Variables = ["kernel": inputs[1]]
    return try Conv(3, [3, 3], padding: padding, useBias: false).apply(["params": params]) {
      $0(inputs[0])
    }
  }
}

/// The rows of op_flops: operations and transcendental functions by name.
func operationCostRows(_ table: JSON) -> [GoldenRow] {
  (table.members ?? []).map { member in
    GoldenRow("table", "op_flops/\(member.key)") {
      guard let operation = costedOperations[member.key] else {
        throw NotBuilt("op_flops of \(member.key)")
      }
      let graph = try withErrors {
        try Graph.record(name: "cost", operation.inputs) { [try operation.body($0)] }
      }
      let cost = graph.cost
      let expected = (member.value["flops"]?.integer, member.value["transcendentals"]?.integer)
      return expected == (cost.flops, cost.transcendentals)
        ? []
        : [
          "\(cost.flops) flops and \(cost.transcendentals) transcendentals, expected "
            + "\(expected.0 ?? 0) and \(expected.1 ?? 0)"
        ]
    }
  }
}
