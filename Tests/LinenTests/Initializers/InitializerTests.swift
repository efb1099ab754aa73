import Linen
import TestSupport
import Testing

/// An initializer, how it prints, and what Flax gives at key(3) for a shape of [5, 3, 16, 33].
///
/// Half precisions with `jax_disable_jit`: compiled, JAX rounds them less often.
private struct Row: Sendable, CustomTestStringConvertible {
  let initializer: Initializer
  let testDescription: String
  let expected: [DType: Digest]

  init(_ initializer: Initializer, _ description: String, _ expected: [DType: Digest]) {
    self.initializer = initializer
    testDescription = description
    self.expected = expected
  }
}

private let rows: [Row] = [
  Row(
    .uniform(scale: 0.3), "uniform(scale: 0.3)",
    [
      .float32: Digest(8_221_405_287_907, 32_561_989_611_406_839),
      .float16: Digest(95_254_365, 376_892_303_733),
      .bfloat16: Digest(124_645_077, 494_030_385_210),
    ]),
  Row(
    .normal(stddev: 0.3), "normal(stddev: 0.3)",
    [
      .float32: Digest(16_830_489_104_098, 66_594_338_021_638_725),
      .float16: Digest(229_373_417, 908_954_706_241),
      .bfloat16: Digest(257_102_799, 1_018_063_989_344),
    ]),
  Row(
    .truncatedNormal(stddev: 0.3, lower: -1, upper: 1.5),
    "truncatedNormal(stddev: 0.3, lower: -1.0, upper: 1.5)",
    [
      .float32: Digest(15_824_692_663_467, 62_708_619_756_414_865),
      .float16: Digest(209_984_216, 829_821_519_833),
      .bfloat16: Digest(241_778_936, 957_763_939_339),
    ]),
  Row(
    .lecunNormal(), "lecunNormal()",
    [
      .float32: Digest(16_688_628_874_177, 66_032_502_181_498_329),
      .float16: Digest(212_062_538, 840_350_164_614),
      .bfloat16: Digest(253_944_574, 1_005_192_528_623),
    ]),
  Row(
    .lecunUniform(), "lecunUniform()",
    [
      .float32: Digest(16_700_190_623_934, 66_078_193_195_378_954),
      .float16: Digest(213_502_632, 845_941_677_877),
      .bfloat16: Digest(254_136_275, 1_005_949_604_966),
    ]),
  Row(
    .glorotNormal(), "glorotNormal()",
    [
      .float32: Digest(16_668_102_298_338, 65_951_328_033_565_176),
      .float16: Digest(209_566_559, 830_458_012_022),
      .bfloat16: Digest(253_631_927, 1_003_955_711_873),
    ]),
  Row(
    .glorotUniform(), "glorotUniform()",
    [
      .float32: Digest(16_679_991_020_326, 65_998_123_565_299_856),
      .float16: Digest(211_032_294, 836_152_444_333),
      .bfloat16: Digest(253_823_878, 1_004_712_393_186),
    ]),
  Row(
    .heNormal(), "heNormal()",
    [
      .float32: Digest(16_721_762_562_899, 66_163_901_830_572_226),
      .float16: Digest(216_095_478, 856_313_558_155),
      .bfloat16: Digest(254_453_035, 1_007_204_751_895),
    ]),
  Row(
    .heUniform(), "heUniform()",
    [
      .float32: Digest(16_733_873_604_900, 66_211_657_556_641_923),
      .float16: Digest(217_594_717, 862_143_677_323),
      .bfloat16: Digest(254_640_687, 1_007_945_552_747),
    ]),
  Row(
    .varianceScaling(
      scale: 1.7, mode: .fanGeoAvg, distribution: .normal, inAxis: [0, 2], batchAxis: [1]),
    "varianceScaling(scale: 1.7, mode: .fanGeoAvg, distribution: .normal, inAxis: [0, 2], batchAxis: [1])",
    [
      .float32: Digest(16_782_541_652_139, 66_404_599_629_107_597),
      .float16: Digest(223_511_225, 885_740_097_157),
      .bfloat16: Digest(256_372_199, 1_015_171_600_488),
    ]),
]

@Suite struct InitializerTests {
  @Test(arguments: rows)
  private func equalsFlaxBitForBit(row: Row) {
    #expect(row.initializer.description == row.testDescription)
    for (dtype, digest) in row.expected {
      let value = row.initializer(Key(3), [5, 3, 16, 33], dtype)
      #expect(value.dtype == dtype)
      #expect(Digest(value) == digest, "\(dtype)")
    }
  }

  @Test func constantsFill() throws {
    #expect(try Initializer.zeros(Key(0), [2, 2]).scalars(as: Float.self) == [0, 0, 0, 0])
    #expect(try Initializer.ones(Key(0), [2], .int32).scalars(as: Int32.self) == [1, 1])
    let half = Initializer.constant(0.5)
    #expect(half.description == "constant(0.5)")
    #expect(try half(Key(0), [2]).scalars(as: Float.self) == [0.5, 0.5])
    let row = Initializer.constant(Tensor([1.0, 2.0]))
    #expect(try row(Key(0), [2, 2], .float64).scalars(as: Double.self) == [1, 2, 1, 2])
  }

  @Test func defaultsAreThoseOfFlax() {
    #expect(Initializer.uniform().description == "uniform(scale: 0.01)")
    #expect(Initializer.normal().description == "normal(stddev: 0.01)")
    #expect(
      Initializer.truncatedNormal().description
        == "truncatedNormal(stddev: 0.01, lower: -2.0, upper: 2.0)")
    #expect(Initializer.xavierNormal().description == "glorotNormal()")
    #expect(Initializer.kaimingUniform(inAxis: [0]).description == "heUniform(inAxis: [0])")
    #expect(Initializer.zeros(Key(0), [1]).dtype == .float32)
    withDefaultPrecision(.x64) {
      #expect(Initializer.lecunNormal()(Key(0), [2, 2]).dtype == .float64)
    }
  }

  @Test func refusesShapesWithTooFewAxes() {
    #expect {
      try withErrors { Initializer.lecunNormal()(Key(0), [4]) }
    } throws: {
      "\($0)" == """
        Can't compute input and output sizes of a 1-dimensional weights tensor with default in_axis. \
        Must be at least 2D or specify in_axis explicitly.
        shape [4]
        """
    }
    #expect {
      try withErrors { Initializer.heNormal(inAxis: [2])(Key(0), [4, 4]) }
    } throws: {
      "\($0)" == "varianceScaling: axis 2 is out of range for rank 2, kernel f32[4,4]"
    }
  }

  @Test func orthogonalKernelsRefuseOtherShapes() {
    func expect(_ text: String, _ initializer: Initializer, _ shape: Shape) {
      #expect {
        try withErrors { initializer(Key(0), shape) }
      } throws: {
        "\($0)" == "\(text)\nshape \(shape)"
      }
    }
    expect("orthogonal initializer requires at least a 2D shape", .orthogonal(), [1])
    expect(
      "Delta orthogonal initializer requires a 3D, 4D or 5D shape.", .deltaOrthogonal(), [2, 2])
    expect("`fan_in` must be less or equal than `fan_out`.", .deltaOrthogonal(), [3, 4, 2])
    #expect(
      Initializer.orthogonal(scale: 2, columnAxis: 0).description
        == "orthogonal(scale: 2.0, columnAxis: 0)")
  }

  /// As tests/linen/initializers_test.py of Flax says.
  @Test func callBuilder() throws {
    try expect(Initializer.zeros(Key(42), [2, 3]), [2, 3], allEqual: 0)
    try expect(Initializer.ones(Key(42), [3, 2]), [3, 2], allEqual: 1)
  }

  @Test func kernelBuilder() throws {
    for (initializer, value) in [(Initializer.zeros, 0.0), (.ones, 1)] {
      let variables = try Dense(5, kernelInit: initializer)
        .initialize(Key(42)) { $0(Tensor.zeros([3, 2])) }
      try expect(variables["params"]["kernel"], [2, 5], allEqual: value)
    }
  }
}
