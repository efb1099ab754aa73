import Linen
import Testing

/// The examples of `param`, `variable`, `sow`, `perturb` and the methods about variables in the
/// documentation of `flax.linen.Module`, with the numbers that the page prints, which are those of the
/// original layout of keys.
@Suite struct SeedsVariablesTests {
  private let key = Key(0, layout: .original)

  private final class Mean: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let x = Dense(4)(x)
        let mean = param("mean", .lecunNormal(), x.shape)
        return x * mean
      }
    }
  }

  @Test func parameters() throws {
    let rngs = ["params": Key(0), "stats": Key(1)]
    let variables = try Mean().initialize(rngs) { $0(Tensor.ones([2, 3])) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (4,), 'kernel': (3, 4)}, 'mean': (2, 4)}}")
  }

  private final class Statistics: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let x = Dense(4)(x)
        let mean = variable("stats", "mean", .lecunNormal(), makeRNG("stats"), x.shape)
        return x * mean.value
      }
    }
  }

  @Test func variables() throws {
    let rngs = ["params": Key(0), "stats": Key(1)]
    let variables = try Statistics().initialize(rngs) { $0(Tensor.ones([2, 3])) }
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'bias': (4,), 'kernel': (3, 4)}}, 'stats': {'mean': (2, 4)}}")
  }

  private final class Sowing: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let h = Dense(4)(x)
        sow("intermediates", "h", h)
        return Dense(2)(h)
      }
    }
  }

  @Test func sowing() throws {
    let x = Tensor.ones([16, 9])
    let model = Sowing()
    let variables = try model.initialize(key) { $0(x) }
    let (_, state) = try model.apply(variables, mutable: ["intermediates"]) { $0(x) }
    let sown = try #require(state["intermediates"]["h"].elements)
    #expect(sown.count == 1)
    let h = try #require(sown[0].tensor)
    #expect(h.shape == [16, 4])
    let row = [-1.503171, 0.7377704, -0.59388214, -1.0079019]
    try expectScalars(h, Array(repeating: row, count: 16).flatMap { $0 })
    // Where the collection is not mutable, nothing is kept.
    #expect(!variables.contains("intermediates"))
    #expect(try model.apply(variables, mutable: ["params"]) { $0(x) }.variables.keys == ["params"])
  }

  private final class Summing: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        sow("intermediates", "h", x, initial: { Tensor(0.0) }, reduce: +)
        sow("intermediates", "h", x * 2, initial: { Tensor(0.0) }, reduce: +)
        return x
      }
    }
  }

  @Test func sowingWithAReduction() throws {
    let x = Tensor.ones([1, 1])
    let model = Summing()
    let variables = try model.initialize(key) { $0(x) }
    let (_, state) = try model.apply(variables, mutable: ["intermediates"]) { $0(x) }
    let h: Tensor = state["intermediates"]["h"]
    #expect(h.shape == [1, 1])
    try expectScalars(h, [3])
  }

  private final class Perturbed: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let x = perturb("dense3", Dense(3)(x))
        return Dense(2)(x)
      }
    }
  }

  @Test func perturbing() throws {
    let (x, y) = (Tensor.ones([2, 9]), Tensor.ones([2, 2]))
    let model = Perturbed()
    func loss(_ variables: Variables) throws -> Tensor {
      mean(square(try model.apply(variables) { $0(x) } - y))
    }
    let variables = try model.initialize(key) { $0(x) }
    let gradients = try grad(loss)(variables)
    let row = [-1.456924, -0.44332537, 0.02422847]
    let dense3: Tensor = gradients["perturbations"]["dense3"]
    #expect(dense3.shape == [2, 3])
    try expectScalars(dense3, row + row)
    let output = [-1.0980128, -0.67961735]
    try expectScalars(try model.apply(variables) { $0(x) }, output + output)
    // Without perturbations it does nothing.
    let params: Variables = ["params": variables["params"]]
    try expectScalars(try model.apply(params) { $0(x) }, output + output)
    #expect(try !grad(loss)(params).contains("perturbations"))
  }

  /// As the older page has it, with parameters and perturbations as arguments of their own.
  @Test func perturbationsAsAnArgument() throws {
    let (x, y) = (Tensor.ones([2, 9]), Tensor.ones([2, 2]))
    let model = Perturbed()
    func loss(_ params: Variables, _ perturbations: Variables) throws -> Tensor {
      let variables: Variables = ["params": params, "perturbations": perturbations]
      return mean(square(try model.apply(variables) { $0(x) } - y))
    }
    let variables = try model.initialize(key) { $0(x) }
    let params: Variables = variables["params"]
    let gradients = try grad(variables["perturbations"]) { try loss(params, $0) }
    let dense3: Tensor = gradients["dense3"]
    let row = [-1.456924, -0.44332537, 0.02422847]
    try expectScalars(dense3, row + row)
  }

  @Test func readingAndWriting() throws {
    let model = Model { module, x in
      #expect(!module.hasVariable("stats", "count"))
      #expect(module.getVariable("stats", "count") as Tensor? == nil)
      let count = module.variable("stats", "count") { Tensor(0) }
      #expect(module.hasVariable("stats", "count"))
      #expect(module.isMutableCollection("stats"))
      #expect(module.hasRNG("params") && !module.hasRNG("dropout"))
      #expect(module.isInitializing)
      module.putVariable("stats", "count", Tensor(5))
      #expect((try? count.value.item(as: Int.self)) == 5)
      #expect(module.variables.keys == ["stats"])
      return x
    }
    let variables = try model.initialize(Key(0)) { $0(Tensor.ones([1])) }
    let count: Tensor = variables["stats"]["count"]
    #expect(try count.item(as: Int.self) == 5)
    let other = Model { module, x in
      #expect(!module.isInitializing)
      #expect(!module.isMutableCollection("stats"))
      module.putVariable("stats", "count", Tensor(6))
      return x
    }
    let text = errorText { _ = try other.apply(variables) { $0(Tensor.ones([1])) } }
    #expect(
      text.hasPrefix("Cannot update variable \"count\" in \"/\" because collection \"stats\""))
  }

  /// `bias_init` of a layer of another library, whose page prints its value.
  @Test func zeros() throws {
    let zeros = Initializer.zeros(Key(42), [2, 3], .float32)
    #expect("\(zeros)" == "[[0. 0. 0.]\n [0. 0. 0.]]")
    try expectScalars(zeros, [0, 0, 0, 0, 0, 0])
  }
}
