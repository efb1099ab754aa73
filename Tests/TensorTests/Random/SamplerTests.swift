import Tensor
import TestSupport
import Testing

private let shape: Shape = [1000, 1001]

/// Draws of jax.random at key(42), as sums over all bits: a million numbers each, in both layouts.
///
/// Half precisions with `jax_disable_jit`: compiled, JAX rounds them less often.
private struct Draw: Sendable, CustomTestStringConvertible {
  let name: String
  let partitionable: Digest
  let original: Digest
  let sample: @Sendable (Key) -> Tensor

  var testDescription: String { name }
}

private let draws: [Draw] = [
  Draw(
    name: "bits", partitionable: Digest(2_149_822_359_836_873, 6_276_216_769_659_275_799),
    original: Digest(2_152_281_144_057_308, 7_521_800_838_924_146_854)
  ) { Random.bits($0, shape) },
  Draw(
    name: "bits u8", partitionable: Digest(127470, 63_188_423),
    original: Digest(130903, 66_725_445)
  ) { Random.bits($0, [1001], dtype: .uint8) },
  Draw(
    name: "bits u16", partitionable: Digest(32_130_798, 16_365_662_663),
    original: Digest(33_305_776, 16_832_375_477)
  ) { Random.bits($0, [1001], dtype: .uint16) },
  Draw(
    name: "bits u64", partitionable: Digest(7_732_418_813_809_782_354, 10_186_799_098_448_722_882),
    original: Digest(5_335_202_582_948_602_373, 1_882_682_613_300_114_440)
  ) { Random.bits($0, [1001], dtype: .uint64) },
  Draw(
    name: "uniform", partitionable: Digest(1_053_822_123_883_710, 10_931_195_031_762_813_912),
    original: Digest(1_053_850_217_056_432, 10_947_520_349_648_688_150)
  ) { Random.uniform($0, shape) },
  Draw(
    name: "uniform -3.3 1.7",
    partitionable: Digest(2_484_071_779_165_159, 7_236_716_766_758_974_077),
    original: Digest(2_482_334_065_101_823, 6_697_912_893_199_819_805)
  ) { Random.uniform($0, shape, low: -3.3, high: 1.7) },
  Draw(
    name: "uniform f64",
    partitionable: Digest(8_760_263_701_783_978_315, 14_288_941_363_492_976_321),
    original: Digest(8_967_200_083_109_919_901, 5_888_062_697_000_746_398)
  ) { Random.uniform($0, [1001], dtype: .float64, low: -3.3, high: 1.7) },
  Draw(
    name: "normal", partitionable: Digest(2_132_878_730_181_132, 15_959_813_943_822_853_725),
    original: Digest(2_130_921_583_968_363, 14_731_190_369_546_855_506)
  ) { Random.normal($0, shape) },
  Draw(
    name: "truncatedNormal -2 2",
    partitionable: Digest(2_132_014_346_846_379, 15_526_922_089_696_717_294),
    original: Digest(2_130_057_527_903_663, 14_298_959_376_957_667_486)
  ) { Random.truncatedNormal($0, -2, 2, shape) },
  Draw(
    name: "truncatedNormal -1.5 0.25",
    partitionable: Digest(2_803_183_225_218_706, 995_605_443_478_669_319),
    original: Digest(2_801_650_910_765_016, 415_257_391_002_327_052)
  ) { Random.truncatedNormal($0, -1.5, 0.25, shape) },
  Draw(
    name: "bernoulli 0.3", partitionable: Digest(300194, 150_196_327_408),
    original: Digest(300256, 150_178_401_300)
  ) { Random.bernoulli($0, 0.3, shape) },
  Draw(
    name: "uniform f16", partitionable: Digest(13_830_123_010, 6_921_930_856_206_520),
    original: Digest(13_832_432_692, 6_923_296_589_173_800)
  ) { Random.uniform($0, shape, dtype: .float16) },
  Draw(
    name: "normal f16", partitionable: Digest(30_771_803_534, 15_401_285_759_898_697),
    original: Digest(30_769_277_576, 15_396_623_081_100_069)
  ) { Random.normal($0, shape, dtype: .float16) },
  Draw(
    name: "truncatedNormal f16", partitionable: Digest(30_662_659_742, 15_346_673_992_427_312),
    original: Digest(30_660_068_053, 15_341_899_880_237_820)
  ) { Random.truncatedNormal($0, -2, 2, shape, dtype: .float16) },
  Draw(
    name: "uniform bf16", partitionable: Digest(15_957_126_658, 7_986_441_004_610_844),
    original: Digest(15_957_504_468, 7_986_849_347_294_430)
  ) { Random.uniform($0, shape, dtype: .bfloat16) },
  Draw(
    name: "normal bf16", partitionable: Digest(32_565_064_207, 16_297_545_394_892_568),
    original: Digest(32_563_078_515, 16_307_855_382_295_480)
  ) { Random.normal($0, shape, dtype: .bfloat16) },
  Draw(
    name: "truncatedNormal bf16", partitionable: Digest(32_432_835_219, 16_231_279_599_055_512),
    original: Digest(32_429_227_976, 16_241_019_461_797_292)
  ) { Random.truncatedNormal($0, -2, 2, shape, dtype: .bfloat16) },
  Draw(
    name: "randint", partitionable: Digest(29_494_037_216_309, 14_625_094_145_049_458_693),
    original: Digest(30_670_858_041_970, 15_333_340_504_645_283_183)
  ) { Random.randint($0, shape, -7, 1000) },
  Draw(
    name: "randint wide", partitionable: Digest(1_080_935_176_395, 538_786_754_198_885),
    original: Digest(1_090_723_240_012, 554_888_239_968_280)
  ) { Random.randint($0, [1001], 0, Int(Int32.max)) },
  Draw(
    name: "randint i8", partitionable: Digest(130166, 65_307_514),
    original: Digest(129761, 64_337_121)
  ) { Random.randint($0, [1001], -128, 128, dtype: .int8) },
  Draw(
    name: "randint tensor bounds", partitionable: Digest(11_026_510, 1_924_588_534),
    original: Digest(12_534_343, 2_171_355_725)
  ) { key in
    let low = Tensor(Array(-500..<501), dtype: .int32)
    let high = Tensor((0..<1001).map { 3 * $0 }, dtype: .int32)
    return Random.randint(key, [1001], low, high, dtype: .int16)
  },
  Draw(
    name: "randint i64", partitionable: Digest(570_394_138_811_946_125, 6_348_777_087_397_383_401),
    original: Digest(558_413_364_228_497_079, 4_774_372_037_211_577_390)
  ) { Random.randint($0, [1001], -(1 << 40), 1 << 50, dtype: .int64) },
  Draw(
    name: "permutation", partitionable: Digest(4_999_950_000, 249_846_313_396_117),
    original: Digest(4_999_950_000, 249_702_772_348_369)
  ) { Random.permutation($0, 100_000) },
  Draw(
    name: "gumbel", partitionable: Digest(1_851_246_203_409_956, 4_253_340_021_616_177_993),
    original: Digest(1_849_094_730_880_946, 2_881_192_592_993_363_258)
  ) { Random.gumbel($0, shape) },
  Draw(
    name: "gumbel high", partitionable: Digest(1_850_908_243_893_095, 4_204_395_743_443_137_231),
    original: Digest(1_851_038_145_580_660, 4_158_593_989_758_990_492)
  ) { Random.gumbel($0, shape, resolution: .high) },
  Draw(
    name: "exponential", partitionable: Digest(1_058_943_939_263_102, 13_495_826_669_662_901_706),
    original: Digest(1_058_981_363_662_011, 13_515_784_063_236_679_410)
  ) { Random.exponential($0, shape) },
  Draw(
    name: "laplace", partitionable: Digest(2_133_937_120_428_850, 16_656_012_400_204_245_796),
    original: Digest(2_135_923_771_505_375, 17_891_754_283_506_591_196)
  ) { Random.laplace($0, shape) },
  Draw(
    name: "logistic", partitionable: Digest(2_139_051_588_586_190, 602_687_715_140_452_272),
    original: Digest(2_137_094_713_423_517, 17_820_620_576_493_495_548)
  ) { Random.logistic($0, shape) },
]

@Suite struct SamplerTests {
  @Test(arguments: draws)
  private func equalsJAXBitForBit(draw: Draw) {
    #expect(Digest(draw.sample(Key(42))) == draw.partitionable)
    #expect(Digest(draw.sample(Key(42, layout: .original))) == draw.original)
  }

  @Test(arguments: draws)
  private func doesNotDependOnThreads(draw: Draw) {
    let threads = threadCount
    defer { threadCount = threads }
    threadCount = 1
    let serial = Digest(draw.sample(Key(7)))
    threadCount = 4
    #expect(Digest(draw.sample(Key(7))) == serial)
  }

  // jax.random under jax_enable_x64 at key(42).
  @Test func float64IsThatOfJAXToRounding() throws {
    try withDefaultPrecision(.x64) {
      let expected = [
        -0.18471174528191162, -2.169824560397754, 0.18693555179382582, 0.6122653570510959,
      ]
      for (x, y) in zip(try Random.normal(Key(42), [4]).scalars(as: Double.self), expected) {
        #expect(abs(x - y) < 5e-15)
      }
      let truncated = [0.01998452592513169, -0.9504476695340623, 0.32827144083703297]
      let sample = Random.truncatedNormal(Key(42), -1, 2, [3])
      #expect(sample.dtype == .float64)
      for (x, y) in zip(try sample.scalars(as: Double.self), truncated) {
        #expect(abs(x - y) < 5e-15)
      }
      // A Double is a float64 probability then, compared with numbers of 64 bits.
      #expect(Digest(Random.bernoulli(Key(42), 0.3, [1001])) == Digest(294, 143_077))
    }
  }

  @Test func boundsMayBeTensors() throws {
    let low = Tensor([[-1.0], [0.0], [5.0]])
    let high = Tensor([1.0, 10.0])
    let sample = try Random.uniform(Key(1), [3, 2], low: low, high: high).scalars(as: Float.self)
    let unit = try Random.uniform(Key(1), [3, 2]).scalars(as: Float.self)
    for row in 0..<3 {
      for column in 0..<2 {
        let (a, b) = ([-1, 0, 5][row] as Float, [1, 10][column] as Float)
        let expected = max(a, a.addingProduct(unit[2 * row + column], b - a))
        #expect(sample[2 * row + column] == expected)
      }
    }
  }

  @Test func samplesOfNoElementsAreEmpty() throws {
    for layout in [ThreefryLayout.partitionable, .original] {
      let key = Key(0, layout: layout)
      #expect(Random.normal(key, [0, 3]).shape == [0, 3])
      #expect(Random.bits(key, [0], dtype: .uint8).shape == [0])
      #expect(Random.randint(key, [2, 0], 0, 5).shape == [2, 0])
      #expect(key.split(into: [0]).shape == [0])
      #expect(key.split(0).isEmpty)
    }
  }

  @Test func integersStayWithinEmptyAndWholeRanges() throws {
    #expect(try Random.randint(Key(0), [4], 3, 3).scalars(as: Int.self) == [3, 3, 3, 3])
    #expect(try Random.randint(Key(0), [3], 3, -8).scalars(as: Int.self) == [3, 3, 3])
    let whole = Random.randint(Key(0), [1000], 0, 256, dtype: .uint8)
    #expect(Set(try whole.scalars(as: UInt8.self)).count > 240)
  }

  @Test func recordsWrongArguments() {
    func expect(_ text: String, _ body: () -> Tensor) {
      #expect { try withErrors(body) } throws: { "\($0)" == text }
    }
    expect("Random.normal: dtype i32 is not supported, expected a floating-point type") {
      Random.normal(Key(0), [2], dtype: .int32)
    }
    expect("Random.uniform: shape is [2, -1], expected sizes of at least 0") {
      Random.uniform(Key(0), [2, -1])
    }
    expect("Random.randint: dtype f32 is not supported, expected an integer type") {
      Random.randint(Key(0), [2], 0, 3, dtype: .float32)
    }
    expect(
      """
      Random.normal: key is a batch of shape [3], expected a single key
      hint: take one by its index, or go over the batch with vmap
      """
    ) { Random.normal(Key(0).split(into: [3]), [2]) }
  }
}
