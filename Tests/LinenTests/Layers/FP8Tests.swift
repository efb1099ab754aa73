import Linen
import Testing

/// As Fp8Test in tests/linen/linen_test.py of Flax says.
@Suite("Products in eight bits")
struct FP8Tests {
  /// Rounds to numbers of a format, so that a product in eight bits is nearly the usual one.
  private func representable(_ x: Tensor, _ format: Float8) -> Tensor {
    format.quantizeDequantize(x, scale: Tensor.ones([1]), computeDtype: .float32)
  }

  @Test("the numbers of each format, as ml_dtypes rounds", arguments: Float8.allCases)
  func rounding(_ format: Float8) throws {
    let x = Tensor([0.0, 1, 1.06, 1.19, -3.3, 17, 100, 0.003, 1e-3, 5e-6, -0.0137, 230])
    // numpy.array(x).astype(ml_dtypes.float8_...).astype(float)
    let expected: [Float8: [Double]] = [
      .e4m3fn: [
        0, 1, 1, 1.25, -3.25, 16, 96, 0.00390625, 0.001953125, 0, -0.013671875, 224,
      ],
      .e5m2: [
        0, 1, 1, 1.25, -3.5, 16, 96, 0.0029296875, 0.0009765625, 0, -0.013671875, 224,
      ],
      .e4m3fnuz: [
        0, 1, 1, 1.25, -3.25, 16, 96, 0.0029296875, 0.0009765625, 0, -0.013671875, 224,
      ],
      .e5m2fnuz: [
        0, 1, 1, 1.25, -3.5, 16, 96, 0.0029296875, 0.0009765625, 7.62939453125e-06, -0.013671875,
        224,
      ],
    ]
    try expectScalars(format.rounded(x), try #require(expected[format]), tolerance: 0)
  }

  @Test(arguments: [
    ("mk,kn->mn", [16, 32], [32, 64], [16, 64]),
    ("...k,nk->...n", [2, 3, 32], [64, 32], [2, 3, 64]),
    ("...k,kn->...n", [2, 3, 64], [64, 32], [2, 3, 32]),
  ])
  func fp8Einsum(
    _ equation: String, _ xShape: [Int], _ yShape: [Int], _ gShape: [Int]
  ) throws {
    let keys = Key(42).split(4)
    let x = representable(Random.normal(keys[1], Shape(xShape)), .e4m3fn)
    let y = representable(Random.normal(keys[2], Shape(yShape)), .e4m3fn)
    let g = representable(Random.normal(keys[3], Shape(gShape)), .e5m2)
    let layer = FP8Einsum()
    let variables = try layer.initialize(keys[0]) { $0(equation, x, y) }
    let (value, gradients) = try valueAndGrad([x, y]) { operands in
      sum(try layer.apply(variables) { $0(equation, operands[0], operands[1]) } * g)
    }
    let (expected, usual) = try valueAndGrad([x, y]) { operands in
      sum(einsum(equation, operands[0], operands[1]) * g)
    }
    let scale = Swift.max(1, abs(try expected.item(as: Double.self)))
    try expectNear(value / scale, expected / scale, tolerance: 1e-2)
    for (a, b) in zip(gradients, usual) { try expectNear(a, b, tolerance: 3e-2) }
  }

  private static let classes: [(String, DotGeneralClass, Float8, Float8)] = [
    ("Fp8DirectDotGeneralOp", { FP8DirectDotGeneralOp() }, .e4m3fn, .e5m2),
    ("Fp8DotGeneralOp", { FP8DotGeneralOp() }, .e4m3fn, .e5m2),
    ("NANOOFp8DotGeneralOp", { NANOOFP8DotGeneralOp() }, .e4m3fnuz, .e5m2fnuz),
  ]

  @Test(arguments: FP8Tests.classes.indices)
  func fp8DotGeneralInjection(_ index: Int) throws {
    let (name, make, e4m3, e5m2) = Self.classes[index]
    let keys = Key(123).split()
    let x = representable(Random.uniform(keys[1], [16, 32]), e4m3)
    let dy = representable(Random.uniform(keys[1], [16, 64]), e5m2)
    func run(_ layer: DenseGeneral) throws -> (Tensor, Tensor, Tensor, Variables) {
      let variables = try layer.initialize(keys[0]) { $0(x) }
      let params: Variables = variables["params"]
      let rest = variables.merging(["params": params])
      let (loss, gradients) = try valueAndGrad([variables["params"]["kernel"] as Tensor, x]) {
        operands in
        var all = rest
        all["params"]["kernel"] = Variables(operands[0])
        return mean(try layer.apply(all) { $0(operands[1]) } * dy)
      }
      return (loss, gradients[0], gradients[1], variables)
    }
    let usual = try run(DenseGeneral([64], name: "dense"))
    let rounded = try run(DenseGeneral([64], dotGeneralCls: make, name: "dense"))
    #expect(
      shapes(rounded.3[overwriteWithGradient]["\(name)_0"]) == [
        "input_amax_history": [1024], "kernel_amax_history": [1024],
        "output_grad_amax_history": [1024], "input_scale": [1], "kernel_scale": [1],
        "output_grad_scale": [1],
      ])
    try expectNear(rounded.0, usual.0, tolerance: 1e-2)
    try expectNear(rounded.1, usual.1, tolerance: 1e-4)
    try expectNear(rounded.2, usual.2, tolerance: 1e-4)
  }

  @Test("scales and histories follow what the products see", arguments: FP8Tests.classes.indices)
  func fp8TrainState(_ index: Int) throws {
    let (name, make, e4m3, e5m2) = Self.classes[index]
    let layer = DenseGeneral([32], dotGeneralCls: make)
    var variables = try layer.initialize(Key(1)) { $0(Tensor.ones([16, 16])) }
    var expected: [String: (scale: Double, history: [Double])] = [:]
    for kind in ["input", "kernel", "output_grad"] {
      expected[kind] = (1, Array(repeating: 0, count: 1024))
    }
    for step in 0..<5 {
      let keys = Key(7).foldIn(step).split()
      let (x, g) = (Random.normal(keys[0], [16, 16]), Random.normal(keys[1], [16, 32]))
      let kernel: Tensor = variables["params"]["kernel"]
      for (kind, tensor, format) in [
        ("input", x, e4m3), ("kernel", kernel, e4m3), ("output_grad", g, e5m2),
      ] {
        var (scale, history) = try #require(expected[kind])
        let largest = history.max() ?? 0
        if largest > 0 { scale = largest / format.maximum }
        // Moved by one place, the first of which is then overwritten.
        history.append(history.removeFirst())
        history[0] = try max(abs(tensor)).item(as: Double.self)
        expected[kind] = (scale, history)
      }
      let gradients = try jit { (variables: Variables, x: Tensor, g: Tensor) in
        try grad(variables) { sum(try layer.apply($0) { $0(x) } * g) }
      }(variables, x, g)
      let params: Variables = variables["params"]
      let slopes: Variables = gradients["params"]
      variables = gradients.merging(["params": treeMap(params, slopes) { $0 - $1 * 0.01 }])
      let state: Variables = variables[overwriteWithGradient]["\(name)_0"]
      for (kind, value) in expected {
        try expectScalars(state["\(kind)_scale"], [value.scale], tolerance: 1e-5)
        try expectScalars(state["\(kind)_amax_history"], value.history, tolerance: 1e-5)
      }
    }
  }
}
