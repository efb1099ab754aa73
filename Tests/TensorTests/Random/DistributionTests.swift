import Autodiff
import Tensor
import Testing

private let weights = Tensor([0.1, 0.2, 0.3, 0.4])
private let covariance = Tensor([[2.0, 0.5], [0.5, 1]])
private let logits = Tensor([[0.0, 1, 2], [2, 1, 0]])

/// Draws of jax.random at key(5) in both layouts, equal to rounding.
private struct Draw: Sendable, CustomTestStringConvertible {
  let name: String
  let partitionable: [Double]
  let original: [Double]
  let sample: @Sendable (Key) -> Tensor

  var testDescription: String { name }
}

private let draws: [Draw] = [
  Draw(
    name: "gamma",
    partitionable: [
      0.29579609632492065, 0.2570507526397705, 1.1554274559020996, 6.28043794631958,
      35.71249771118164,
    ],
    original: [
      1.9132286033229917e-10, 0.1582268625497818, 0.48058903217315674, 1.7270945310592651,
      40.56550598144531,
    ]
  ) { Random.gamma($0, Tensor([0.05, 0.5, 1, 2.5, 40])) },
  Draw(
    name: "logGamma",
    partitionable: [
      -85.56326293945312, -1.358481764793396, 0.14447036385536194, 1.8374396562576294,
      3.575500726699829,
    ],
    original: [
      -998.6180419921875, -1.8437256813049316, -0.7327427268028259, 0.5464404821395874,
      3.70291805267334,
    ]
  ) { Random.logGamma($0, Tensor([0.001, 0.5, 1, 2.5, 40])) },
  Draw(
    name: "beta", partitionable: [0.03007149137556553, 0.41285690665245056, 0.4184756577014923],
    original: [0.12757323682308197, 0.26097360253334045, 0.6856892108917236]
  ) { Random.beta($0, Tensor([0.5, 2, 7]), 1.5) },
  Draw(
    name: "dirichlet",
    partitionable: [
      0.16538894176483154, 0.14587926864624023, 0.6887317895889282, 0.3465092182159424,
      0.09569978713989258, 0.557790994644165,
    ],
    original: [
      0.15644611418247223, 0.06413683295249939, 0.7794169783592224, 0.00030623370548710227,
      0.5468781590461731, 0.45281556248664856,
    ]
  ) { Random.dirichlet($0, Tensor([0.5, 2, 7]), [2]) },
  Draw(
    name: "t", partitionable: [1.3080850839614868, 1.0434480905532837, -0.5460139513015747],
    original: [0.6833878755569458, -0.5388532280921936, 0.8470362424850464]
  ) { Random.t($0, Tensor([1.0, 4, 30])) },
  Draw(
    name: "chiSquare", partitionable: [3.8526217937469482, 3.398157835006714, 33.27219772338867],
    original: [0.07060845196247101, 1.7792479991912842, 20.827896118164062]
  ) { Random.chiSquare($0, Tensor([1.0, 4, 30])) },
  Draw(
    name: "f", partitionable: [0.13508211076259613, 1.6800819635391235, 6.667395114898682],
    original: [0.07795634865760803, 2.8878536224365234, 0.7057767510414124]
  ) { Random.f($0, Tensor([1.0, 4, 30]), 6) },
  Draw(
    name: "logNormal", partitionable: [0.9426491260528564, 2.6850945949554443, 1.5547846555709839],
    original: [1.9882192611694336, 0.6416618824005127, 0.8612878322601318]
  ) { Random.logNormal($0, 0.7, [3]) },
  Draw(
    name: "maxwell", partitionable: [1.5477763414382935, 1.9501744508743286, 2.7911574840545654],
    original: [1.1000862121582031, 2.2240939140319824, 1.7358208894729614]
  ) { Random.maxwell($0, [3]) },
  Draw(
    name: "doubleSidedMaxwell",
    partitionable: [3.784303665161133, 3.7654006481170654, 5.835945129394531],
    original: [4.1606903076171875, -1.3445377349853516, 5.370704174041748]
  ) { Random.doubleSidedMaxwell($0, 1, 2, [3]) },
  Draw(
    name: "rayleigh", partitionable: [1.2351151704788208, 0.812031626701355, 2.349914073944092],
    original: [0.5967552065849304, 3.2683444023132324, 3.9758386611938477]
  ) { Random.rayleigh($0, Tensor([1.0, 2, 3])) },
  Draw(
    name: "wald", partitionable: [0.6620892286300659, 0.45243072509765625, 1.002489686012268],
    original: [0.8056426644325256, 4.818395137786865, 0.546205997467041]
  ) { Random.wald($0, Tensor([1.0, 2, 3])) },
  Draw(
    name: "generalizedNormal",
    partitionable: [0.2514224350452423, 0.5207555294036865, 1.9357951879501343],
    original: [0.2763570547103882, -0.12538130581378937, 0.0695481151342392]
  ) { Random.generalizedNormal($0, p: 1.5, [3]) },
  Draw(
    name: "ball",
    partitionable: [
      0.20630529522895813, -0.15185174345970154, -0.9414799213409424, 0.6428991556167603,
      -0.27767276763916016, 0.5846612453460693,
    ],
    original: [
      0.06614727526903152, 0.7378912568092346, 0.4130135178565979, 0.12542270123958588,
      -0.3613145351409912, 0.01313389278948307,
    ]
  ) { Random.ball($0, 3, shape: [2]) },
  Draw(
    name: "weibull", partitionable: [1.4667942523956299, 3.7200984954833984, 2.4201059341430664],
    original: [2.974071979522705, 0.9067851901054382, 1.3214367628097534]
  ) { Random.weibullMin($0, scale: 2, concentration: 1.5, [3]) },
  Draw(
    name: "pareto", partitionable: [1.8739923238754272, 3.555164337158203, 1.558456301689148],
    original: [6.1309661865234375, 1.1649110317230225, 1.1960455179214478]
  ) { Random.pareto($0, Tensor([1.0, 2, 3])) },
  Draw(
    name: "geometric", partitionable: [8, 1, 1],
    original: [2, 2, 1]
  ) { Random.geometric($0, Tensor([0.1, 0.5, 0.9]), [3]) },
  Draw(
    name: "triangular",
    partitionable: [0.44869232177734375, 1.4033130407333374, 0.9096541404724121],
    original: [1.1432743072509766, 0.08807373046875, 0.3674492835998535]
  ) { Random.triangular($0, -1, 0.5, 2, [3]) },
  Draw(
    name: "cauchy", partitionable: [-0.10601504892110825, 3.9399843215942383, 0.9145937561988831],
    original: [1.777675986289978, -0.9209591150283813, -0.2717556059360504]
  ) { Random.cauchy($0, [3]) },
  Draw(
    name: "poisson", partitionable: [0, 0, 5, 14, 14, 32, 1199],
    original: [0, 0, 9, 10, 5, 29, 1237]
  ) { Random.poisson($0, Tensor([0, 0.3, 4, 9.5, 10, 33, 1200])) },
  Draw(
    name: "poisson of one rate", partitionable: [2, 3, 6, 6, 4, 2, 4, 4],
    original: [4, 3, 10, 2, 6, 8, 7, 1]
  ) { Random.poisson($0, 5, [8]) },
  Draw(
    name: "binomial", partitionable: [0, 1, 10, 8, 15, 702, 1003, 0],
    original: [0, 1, 7, 6, 14, 711, 1034, 0]
  ) {
    Random.binomial(
      $0, Tensor([0.0, 3, 10, 20, 100, 1000, 1e6, 50]),
      Tensor([0.5, 0.3, 0.9, 0.5, 0.2, 0.7, 0.001, 0]))
  },
  Draw(
    name: "binomial of one probability", partitionable: [7, 5, 6, 4, 5, 4, 5, 5],
    original: [8, 3, 9, 4, 6, 5, 5, 7]
  ) { Random.binomial($0, 12, 0.4, [8]) },
  Draw(
    name: "multinomial", partitionable: [1, 4, 0, 5, 41, 7, 52, 0],
    original: [1, 2, 4, 3, 35, 8, 57, 0]
  ) {
    Random.multinomial(
      $0, Tensor([10.0, 100]), Tensor([[0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.5, 0]]))
  },
  Draw(
    name: "multivariateNormal",
    partitionable: [
      0.8806784749031067, -0.7099392414093018, 1.891635537147522, -3.002574920654297,
      2.9359614849090576, -1.084448218345642,
    ],
    original: [
      1.6789371967315674, -1.3399007320404053, 1.7719192504882812, -1.2719380855560303,
      -1.1407561302185059, -2.3318912982940674,
    ]
  ) { Random.multivariateNormal($0, Tensor([1.0, -2]), covariance, [3]) },
  Draw(
    name: "multivariateNormal by eigh",
    partitionable: [
      -0.9654451608657837, -2.7327942848205566, 3.0130114555358887, -1.773848533630371,
    ],
    original: [
      2.916623115539551, -2.1523501873016357, -0.7411801815032959, -2.5156166553497314,
    ]
  ) { Random.multivariateNormal($0, Tensor([1.0, -2]), covariance, [2], factor: .eigh) },
  Draw(
    name: "multivariateNormal by svd",
    partitionable: [
      3.132697105407715, -1.7559943199157715, -0.22780850529670715, 3.358100652694702,
      -1.3522140979766846, 1.8662739992141724,
    ],
    original: [
      1.7545208930969238, -2.2842962741851807, -0.9390982389450073, -1.1245810985565186,
      -3.106119155883789, -0.5247377753257751,
    ]
  ) {
    Random.multivariateNormal(
      $0, Tensor([1.0, -2, 0]), Tensor([[2, 0.5, 0.1], [0.5, 1, 0.2], [0.1, 0.2, 3]]), [2],
      factor: .svd)
  },
  Draw(
    name: "multivariateNormal of two means",
    partitionable: [
      0.8806784749031067, -0.7099392414093018, 0.891635537147522, 1.9974249601364136,
    ],
    original: [
      2.3884334564208984, -2.7311043739318848, -0.3016851842403412, 4.06168270111084,
    ]
  ) { Random.multivariateNormal($0, Tensor([[1.0, -2], [0, 3]]), covariance) },
  Draw(
    name: "gamma in float16",
    partitionable: [0.0, 0.0225067138671875, 0.6533203125, 0.814453125, 42.625],
    original: [3.993511199951172e-06, 0.021392822265625, 1.2578125, 3.9296875, 32.96875]
  ) { Random.gamma($0, Tensor([0.05, 0.5, 1, 2.5, 40]), dtype: .float16) },
  Draw(
    name: "logGamma in bfloat16",
    partitionable: [-25.125, 1.0703125, -1.2109375, -0.27734375, 3.859375],
    original: [-10.8125, -0.328125, 0.125, 0.80078125, 3.75]
  ) { Random.logGamma($0, Tensor([0.05, 0.5, 1, 2.5, 40]), dtype: .bfloat16) },
  Draw(
    name: "gamma in bfloat16",
    partitionable: [1.1482370609883219e-11, 2.890625, 0.298828125, 0.75390625, 47.5],
    original: [2.0384788513183594e-05, 0.72265625, 1.1328125, 2.21875, 42.5]
  ) { Random.gamma($0, Tensor([0.05, 0.5, 1, 2.5, 40]), dtype: .bfloat16) },
  Draw(
    name: "choice without replacement", partitionable: [0, 2, 4, 1],
    original: [3, 0, 6, 1]
  ) { Random.choice($0, 7, [4], replacing: false) },
  Draw(
    name: "choice by p", partitionable: [30.0, 10.0, 20.0, 40.0, 10.0, 30.0],
    original: [30.0, 30.0, 20.0, 20.0, 40.0, 30.0]
  ) { Random.choice($0, Tensor([10.0, 20, 30, 40]), [2, 3], probabilities: weights) },
  Draw(
    name: "choice by p without replacement", partitionable: [1, 2, 3],
    original: [3, 0, 2]
  ) { Random.choice($0, 4, [3], replacing: false, probabilities: weights) },
  Draw(
    name: "choice of columns", partitionable: [1.0, 0.0, 5.0, 4.0, 9.0, 8.0],
    original: [2.0, 2.0, 6.0, 6.0, 10.0, 10.0]
  ) { Random.choice($0, arange(12).cast(to: .float32).reshaped(to: [3, 4]), [2], axis: 1) },
  Draw(
    name: "categorical", partitionable: [1, 1, 2, 0, 2, 2],
    original: [2, 0, 2, 0, 2, 0]
  ) { Random.categorical($0, logits, axis: 1, shape: [3, 2]) },
  Draw(
    name: "categorical along axis 0", partitionable: [1, 0, 0],
    original: [1, 0, 0]
  ) { Random.categorical($0, logits, axis: 0) },
  Draw(
    name: "categorical without replacement", partitionable: [1, 1, 2, 0],
    original: [2, 0, 1, 2]
  ) { Random.categorical($0, logits, axis: 1, shape: [2, 2], replacing: false) },
]

@Suite struct DistributionTests {
  @Test(arguments: draws)
  private func equalsJAXToRounding(draw: Draw) throws {
    for (layout, expected) in [
      (ThreefryLayout.partitionable, draw.partitionable), (.original, draw.original),
    ] {
      let values = try withErrors { draw.sample(Key(5, layout: layout)) }.scalars(as: Double.self)
      #expect(values.count == expected.count)
      for (x, y) in zip(values, expected) {
        #expect(abs(x - y) <= 1e-5 * abs(y) + 1e-6, "\(layout): \(x), expected \(y)")
      }
    }
  }

  // As jax.random.binomial.
  @Test func binomialOfWhatCannotBeIsNaN() throws {
    let counts = Tensor([-1.0, 5, .infinity, 3, 3])
    let draws = try withErrors {
      Random.binomial(Key(5), counts, Tensor([0.5, 1.5, 0.5, .nan, -0.1]))
    }.scalars(as: Float.self)
    #expect(draws.map(\.isNaN) == [true, true, false, true, true])
    #expect(draws[2] == .infinity)
  }

  // jax.grad of the sum of gamma and loggamma at key(5).
  @Test func gammaIsDifferentiableByItsShape() throws {
    let alpha = Tensor([0.05, 0.5, 1, 2.5, 40])
    for (layout, direct, logarithmic) in [
      (
        ThreefryLayout.partitionable,
        [
          7.630957126617432, 0.923032820224762, 1.2617195844650269, 1.6342928409576416,
          0.9483235478401184,
        ],
        [
          25.79802894592285, 3.590858221054077, 1.091993808746338, 0.2602195739746094,
          0.02655438892543316,
        ]
      ),
      (
        .original,
        [
          8.371987547661774e-08, 0.6865653395652771, 0.7888581156730652, 0.8824709057807922,
          1.0112425088882446,
        ],
        [
          437.58428955078125, 4.339119911193848, 1.6414402723312378, 0.510956883430481,
          0.024928631260991096,
        ]
      ),
    ] {
      let key = Key(5, layout: layout)
      let first = try grad(alpha) { sum(Random.gamma(key, $0)) }.scalars(as: Double.self)
      let second = try grad(alpha) { sum(Random.logGamma(key, $0)) }.scalars(as: Double.self)
      for (x, y) in zip(first + second, direct + logarithmic) {
        #expect(abs(x - y) <= 2e-5 * abs(y), "\(layout): \(x), expected \(y)")
      }
    }
  }

  @Test func drawsOfKeysUnderVMapAreThoseOfEachKey() throws {
    let samplers: [@Sendable (Key) -> Tensor] = [
      { Random.uniform($0, [3]) }, { Random.normal($0, [3]) },
      { Random.truncatedNormal($0, -1, 2, [3]) },
      { Random.bernoulli($0, 0.4, [3]).cast(to: .int32) },
      { Random.normal($0, [3], dtype: .bfloat16) }, { Random.randint($0, [3], 0, 50) },
      { Random.permutation($0, 5) }, { Random.orthogonal($0, 2) },
      { Random.gamma($0, Tensor([0.4, 3.0])) }, { Random.poisson($0, Tensor([0.4, 30.0])) },
      { $0.split(3)[2].foldIn(4).data }, { Random.normal($0.split(into: [2])[1], [2]) },
      { Random.categorical($0, logits) },
    ]
    for layout in [ThreefryLayout.partitionable, .original] {
      let keys = Key(9, layout: layout).split(into: [4])
      for (index, sampler) in samplers.enumerated() {
        let all = try vmap { (key: Key) in sampler(key) }(keys)
        for member in 0..<4 {
          let own = try sampler(keys[member]).scalars(as: Double.self)
          let row = try element(of: all, member).scalars(as: Double.self)
          #expect(row == own, "sampler \(index)")
        }
      }
    }
  }

  @Test func drawsUnderJITAreThoseOutside() throws {
    let sampler: @Sendable (Key) -> Tensor = { key in
      Random.normal(key, [5]) + Random.uniform(key.foldIn(1), [5])
        * Random.bernoulli(key.split()[1], 0.5, [5]).cast(to: .float32)
    }
    for layout in [ThreefryLayout.partitionable, .original] {
      let key = Key(21, layout: layout)
      let compiled = try jit { (key: Key) in sampler(key) }(key).scalars(as: Float.self)
      #expect(try sampler(key).scalars(as: Float.self) == compiled)
    }
  }

  @Test func uniformIsDifferentiableByItsBounds() throws {
    let key = Key(2)
    let unit = try Random.uniform(key, [4]).scalars(as: Float.self)
    let slope = try grad(Tensor(1.0)) { sum(Random.uniform(key, [4], low: 0, high: $0)) }
    #expect(abs(try slope.item(as: Float.self) - unit.reduce(0, +)) < 1e-6)
  }

  @Test func refusesDrawsThatCannotBe() {
    func expect(_ text: String, _ body: () -> Tensor) {
      #expect { try withErrors(body) } throws: { "\($0)" == text }
    }
    expect("Random.choice: shape is [4], expected at most 3 draws without replacement") {
      Random.choice(Key(0), 3, [4], replacing: false)
    }
    expect("Random.choice: count is 0, expected at least 1") { Random.choice(Key(0), 0, [4]) }
    expect("Random.choice: p is f32[4], expected a vector of 3") {
      Random.choice(Key(0), 3, [4], probabilities: weights)
    }
    expect(
      "Random.categorical: shape is [3], expected one that ends with [2], logits f32[2,3] axis 1 = 3"
    ) { Random.categorical(Key(0), logits, shape: [3]) }
    expect("Random.beta: shapes differ and don't broadcast, a f32[4], b f32[2,3]") {
      Random.beta(Key(0), weights, logits)
    }
  }
}
