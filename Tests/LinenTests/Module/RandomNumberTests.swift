import Linen
import Testing

/// Two layers with a perturbation between them, as on the page of the Module class.
private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let x = perturb("dense3", Dense(3)(x))
      return Dense(2)(x)
    }
  }
}

@Suite struct RandomNumberTests {
  /// The printed results of the page came from the original layout; later ones from the default.
  @Test(arguments: [
    (ThreefryLayout.original, [-1.0980128, -0.67961735]),
    (ThreefryLayout.partitionable, [-0.04579117, 0.50412744]),
  ])
  func initialParametersAreThoseOfFlax(layout: ThreefryLayout, row: [Double]) throws {
    let x = Tensor.ones([2, 9])
    let variables = try Foo().initialize(Key(0, layout: layout)) { $0(x) }
    let y = try Foo().apply(variables) { $0(x) }
    try expectScalars(y, row + row)
    let params: Variables = ["params": variables["params"]]
    try expectScalars(Foo().apply(params) { $0(x) }, row + row)
  }

  @Test func gradientOfAPerturbationIsThatOfTheValue() throws {
    let x = Tensor.ones([2, 9])
    let variables = try Foo().initialize(Key(0, layout: .original)) { $0(x) }
    let gradient = try grad { (variables: Variables) in
      let error = try Foo().apply(variables) { $0(x) } - Tensor.ones([2, 2])
      return mean(error * error)
    }(variables)
    let row = [-1.456924, -0.44332537, 0.02422847]
    try expectScalars(gradient["perturbations"]["dense3"], row + row)
  }

  @Test func streamsFallBackToParams() throws {
    let module = Model { module, x in
      module.sow("keys", "key", module.makeRNG("other").data)
      return x
    }
    let x = Tensor.ones([1])
    func key(_ rngs: any RNGConvertible) throws -> [UInt32] {
      let keys = try module.apply([:], rngs: rngs, mutable: "keys") { $0(x) }.variables["keys"]
      return try keys["key"].elements?[0].tensor?.scalars(as: UInt32.self) ?? []
    }
    #expect(try key(Key(1)) == key(["params": Key(0), "other": Key(1)]))
    #expect(try key(["params": Key(1)]) == key(Key(1)))
    #expect(try key(["params": Key(0), "other": Key(2)]) != key(Key(1)))
  }

  /// `jax.random.key_data` of `make_rng` in a module of Flax, key(0).
  @Test func countersGoOnOverRepeatedAndSharedCalls() throws {
    let module = Model { module, x in
      let inner = Model { inner, x in
        inner.sow("keys", "key", inner.makeRNG("params").data)
        return x
      }
      return inner(inner(x))
    }
    let (_, variables) = try module.apply([:], rngs: Key(0), mutable: "keys") { module in
      module(module(Tensor.ones([1])))
    }
    let keys = variables["keys"]["M_0"]["key"].elements ?? []
    let words = try keys.compactMap { try $0.tensor?.scalars(as: UInt32.self) }
    #expect(
      words == [
        [1_662_927_325, 2_521_955_118], [3_255_666_963, 495_453_024],
        [599_712_848, 2_712_919_252], [3_903_679_899, 1_465_552_223],
      ])
  }
}
