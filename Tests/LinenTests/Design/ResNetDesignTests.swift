import Linen
import Testing

private func norm(_ scope: Scope, _ name: String, _ x: Tensor) -> Tensor {
  batchNorm(scope.push(name), x)
}

private func plainBlock(_ scope: Scope, _ x: Tensor) -> Tensor {
  func convolved(_ name: String, _ x: Tensor) -> Tensor {
    convolution(scope.push(name), x, x.shape[-1], [3, 3])
  }
  let h = relu(norm(scope, "bn_1", convolved("conv_1", x)))
  return relu(x + norm(scope, "bn_2", convolved("conv_2", h)))
}

private func bottleneck(
  _ scope: Scope, _ input: Tensor, features: Int, strides: [Int]
) -> Tensor {
  func convolved(
    _ name: String, _ x: Tensor, _ features: Int, _ size: [Int], _ strides: [Int]? = nil
  ) -> Tensor {
    convolution(scope.push(name), x, features, size, strides: strides)
  }
  var x = relu(norm(scope, "bn_1", convolved("conv_1", input, features, [1, 1])))
  x = relu(norm(scope, "bn_2", convolved("conv_2", x, 4 * features, [3, 3], strides)))
  x = norm(scope, "bn_3", convolved("conv_3", x, 4 * features, [1, 1]))
  var residual = input
  if x.shape != input.shape {
    residual = norm(
      scope, "proj_bn", convolved("proj_conv", input, 4 * features, [1, 1], strides))
  }
  return relu(residual + x)
}

private func resNet(_ scope: Scope, _ input: Tensor, blockSizes: [Int], features: Int) -> Tensor {
  var x = convolution(
    scope.push("init_conv"), input, 16, [7, 7],
    padding: .explicit([WindowPadding.Pair(3, 3), WindowPadding.Pair(3, 3)]))
  x = relu(norm(scope, "init_bn", x))
  x = maxPool(x, [2, 2], strides: [2, 2], padding: .same)
  for (i, size) in blockSizes.enumerated() {
    for j in 0..<size {
      x = bottleneck(
        scope.push("block_\(i)_\(j)"), x, features: features << i,
        strides: i > 0 && j == 0 ? [2, 2] : [1, 1])
    }
  }
  return linear(scope.push("out"), mean(x, axes: [1, 2]), 1000)
}

@Suite("Residual networks on a bare scope") struct ResNetDesignTests {
  /// Fifty blocks by two nested loops.
  @Test func bigResNet() throws {
    let x = Random.normal(Key(0), [1, 8, 8, 8])
    // Rounding adds up over fifty blocks.
    let variables = try expectModel("big_resnet", x, tolerance: 5e-6) { scope, x in
      rematScan(
        lengths: [10, 5], variableAxes: ["params": 0, "batch_stats": 0],
        splitRNGs: ["params": true])(scope, x) { plainBlock($0, $1) }
    }
    #expect(
      variables["params"].shapesDescription
        == "{'bn_1': {'bias': (10, 5, 8), 'scale': (10, 5, 8)}, "
        + "'bn_2': {'bias': (10, 5, 8), 'scale': (10, 5, 8)}, "
        + "'conv_1': {'kernel': (10, 5, 3, 3, 8, 8)}, 'conv_2': {'kernel': (10, 5, 3, 3, 8, 8)}}")
    #expect(
      variables["batch_stats"].shapesDescription
        == "{'bn_1': {'mean': (10, 5, 8), 'var': (10, 5, 8)}, "
        + "'bn_2': {'mean': (10, 5, 8), 'var': (10, 5, 8)}}")
  }

  @Test func resNetOfBottlenecks() throws {
    let x = Random.normal(Key(0), [1, 64, 64, 3])
    let (y, variables) = try Scope.initialize(Key(1)) {
      resNet($0, x, blockSizes: [2, 2], features: 16)
    }
    try expect(variables["params"] as Variables, "core/resnet", "vars", exactly: true)
    try expect(y, "core/resnet", "out")
  }
}
