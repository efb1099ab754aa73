import Linen
import Testing

private final class SubModel: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, dropout: Bool) -> Tensor {
    compact(x, dropout) { x, dropout in
      let h = Dropout(0.8)(Dense(8)(x), deterministic: !dropout)
      let p = param("parameter") { key in Random.normal(key, h.shape) }
      return h * p + Random.normal(makeRNG("noise"), h.shape)
    }
  }
}

private final class DefaultRNG: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, dropout: Bool) -> Tensor {
    compact(x, dropout) { x, dropout in
      let h = SubModel()(Dense(16)(x), dropout: dropout)
      let y = Dropout(0.5)(h, deterministic: !dropout)
      let v = variable("var_collection", "variable") {
        Random.normal(makeRNG("var_rng"), y.shape)
      }
      return y * v.value + Random.normal(makeRNG("noise"), y.shape)
    }
  }

  override class var linenName: String { "Model" }
}

private final class NoisyModel: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, dropout: Bool = false, noise: Bool = false) -> Tensor {
    compact(x, dropout, noise) { x, dropout, noise in
      let y = Dropout(0.5)(Dense(16)(x), deterministic: !dropout)
      return noise ? y + Random.normal(makeRNG("params"), []) : y
    }
  }
}

/// What linen_module_test.py tests of random streams.
@Suite struct FlaxRNGTests {
  private func equal(_ a: Variables, _ b: Variables) throws -> Bool {
    try treeStructure(a) == treeStructure(b)
      && zip(treeLeaves(a), treeLeaves(b)).allSatisfy {
        try $0.scalars(as: Float.self) == $1.scalars(as: Float.self)
      }
  }

  private func scalars(_ x: Tensor) throws -> [Float] { try x.scalars() }

  @Test func defaultParamsRNGEquivalence() throws {
    let keys = Key(0).split(3)
    let x = Random.normal(keys[0], [10, 8])
    let model = NoisyModel()
    // Dropout takes its key from `params`.
    _ = try model.initialize(keys[1]) { $0(x, dropout: true) }
    let variables = try model.initialize(["params": keys[1]]) { $0(x) }
    #expect(try equal(variables, model.initialize(keys[1]) { $0(x) }))
    for (dropout, noise) in [(true, false), (false, true), (true, true)] {
      let named = try model.apply(variables, rngs: ["params": keys[2]]) {
        $0(x, dropout: dropout, noise: noise)
      }
      let single = try model.apply(variables, rngs: keys[2]) {
        $0(x, dropout: dropout, noise: noise)
      }
      try expectEqual(named, single)
    }
    // What is no single key is refused, in every place.
    let batch = keys[1].split(into: [3])
    for text in [
      errorText { _ = try model.initialize(batch) { $0(x) } },
      errorText { _ = try model.initialize(["params": batch]) { $0(x) } },
      errorText { _ = try model.apply(variables, rngs: batch) { $0(x) } },
      errorText { _ = try model.apply(variables, rngs: ["dropout": batch]) { $0(x) } },
    ] {
      #expect(text.hasPrefix("RNGs should be of shape (2,) or PRNGKey"), "\(text)")
    }
  }

  @Test func initApplyDefaultRNG() throws {
    let keys = Key(0).split(3)
    let x = Random.normal(keys[0], [10, 4])
    let model = DefaultRNG()
    let variables = try model.initialize(["params": keys[1]]) { $0(x, dropout: false) }
    var rngs = ["params": keys[1], "var_rng": keys[1], "noise": keys[1]]
    #expect(try equal(variables, model.initialize(rngs) { $0(x, dropout: false) }))
    for name in ["params", "var_rng"] {
      rngs[name] = keys[2]
      #expect(try !equal(variables, model.initialize(rngs) { $0(x, dropout: false) }))
      rngs[name] = keys[1]
    }
    let output = try model.apply(variables, rngs: keys[1]) { $0(x, dropout: true) }
    try expectScalars(
      output.indexed([0]),
      [
        0.26761705, -0.43990216, 0.81619954, -1.930361, -0.061690204, 0.89099395, -0.32475674,
        -1.0047262,
      ])
    rngs = ["dropout": keys[1], "noise": keys[1]]
    try expectEqual(output, model.apply(variables, rngs: rngs) { $0(x, dropout: true) })
    for name in ["dropout", "noise"] {
      rngs[name] = keys[2]
      let other = try model.apply(variables, rngs: rngs) { $0(x, dropout: true) }
      #expect(try max(abs(other - output)).item() > 0.1)
      rngs[name] = keys[1]
    }
  }

  @Test func defaultMakeRNG() throws {
    func model(_ draw: @escaping @Sendable (Model) -> Key) -> Model {
      Model { model, x in
        let y = Model { inner, x in x + Random.normal(draw(inner), x.shape) }(x)
        return y + Random.normal(draw(model), x.shape)
      }
    }
    let keys = Key(0).split()
    let x = Random.normal(keys[0], [10, 4])
    let output = try model { $0.makeRNG() }.apply([:], rngs: ["params": keys[1]]) { $0(x) }
    let explicit = try model { $0.makeRNG("params") }.apply([:], rngs: ["params": keys[1]]) {
      $0(x)
    }
    try expectEqual(output, explicit)
    try expectScalars(output.indexed([0]), [0.91296369, -0.61807716, -1.0400199, -2.5558939])
  }

  @Test func defaultRNGError() {
    let x = Tensor.ones([1, 3])
    let text = errorText {
      _ = try Model { _, x in Dense(2)(x) }.initialize(["other_rng_stream": Key(0)]) { $0(x) }
    }
    #expect(
      text.hasPrefix("Dense_0 needs PRNG for \"params\" (\(documentation)InvalidRngError)"),
      "\(text)")
    let root = errorText {
      _ = try Model { $1 + Random.normal($0.makeRNG(), $1.shape) }
        .initialize(["other_rng_stream": Key(0)]) { $0(x) }
    }
    #expect(root.hasPrefix("None needs PRNG for \"params\""), "\(root)")
  }

  @Test func rngReuseAfterRewind() throws {
    let draws = Model { _, x in
      let a = Model { _, x in
        Model { c, x in c.makeRNG("dropout").data }(x)
      }
      return concatenate([a(x), a(x)], axis: 0)
    }
    let words = try draws.apply([:], rngs: ["dropout": Key(0)]) { $0(Tensor(0)) }
      .scalars(as: UInt32.self)
    #expect(Array(words[..<2]) != Array(words[2...]))
    // B().apply({}, rngs={'dropout': key(0)}): the data of both keys.
    #expect(words == [58447640, 3446559680, 1839026275, 3319162466])
  }

  @Test func jitRNGEquivalence() throws {
    let x = Tensor.ones([1, 1])
    let folded = try foldRNGs { Dense(1, useBias: false) }.initialize(Key(0)) { $0(x) }
    let compiled = try jit { Dense(1, useBias: false) }.initialize(Key(0)) { $0(x) }
    try expectEqual(folded["params"]["kernel"], compiled["params"]["kernel"])
  }

  @Test func hasRNG() throws {
    final class Foo: Module, @unchecked Sendable {
      func callAsFunction() -> Bool { method { hasRNG("bar") } }
    }
    #expect(
      errorText { try withErrors { _ = Foo()() } }
        .hasPrefix("Can't query for RNGs on unbound modules"))
    #expect(try Foo().apply([:], rngs: ["bar": Key(0)]) { $0() })
    #expect(try !Foo().apply([:], rngs: ["baz": Key(0)]) { $0() })
  }
}
