import Foundation
import Linen
import Optimizers
import TestSupport
import Testing
import Training

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let hidden = relu(Dense(32)(x))  // parameters params/Dense_0/kernel and bias
      return Dense(10)(hidden)  // and params/Dense_1
    }
  }
}

/// What the right column of the README's table of names shows.
private final class Names: Module, @unchecked Sendable {
  @Setup var encoder: Dense

  override func setup() { encoder = Dense(3) }

  func encode(_ x: Tensor) -> Tensor { method(x) { encoder($0) } }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { encode($0) } }
}

private final class Parts: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let kernel = param("w", .lecunNormal(), [2, 3])
      let count = variable("cache", "n") { Tensor.zeros([]) }
      let noise = Random.normal(makeRNG("dropout"), x.shape)
      sow("intermediates", "h", x)
      let seen = perturb("h", x)
      let members = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(3) }
      let boxed = param("boxed", withPartitioning(.lecunNormal(), ["in", "out"]), [2, 3])
      return members(seen + noise) + sum(kernel + boxed) + count.value
    }
  }
}

@Suite struct ReadmePageTests {
  /// The program at the head of the page.
  @Test func trains() throws {
    var losses: [Tensor] = []
    func print(_ loss: Tensor) { losses.append(loss) }

    let model = MLP()
    let x = Random.normal(Key(1), [8, 64])
    let labels = Random.randint(Key(2), [8], 0, 10)
    var params = try model.initialize(Key(0)) { $0(x) }

    let optimizer = adam(1e-3)
    var state = optimizer.initialize(params)
    for _ in 0..<100 {
      let (loss, gradients) = try valueAndGrad(params) { params in
        let logits = try model.apply(params) { $0(x) }
        return mean(softmaxCrossEntropyWithIntegerLabels(logits, labels))
      }
      let updates: Variables
      (updates, state) = optimizer.update(gradients, state, params: params)
      params = applyUpdates(params, updates)
      print(loss)
    }

    #expect(losses.count == 100)
    #expect(try losses[99].item() < losses[0].item(as: Float.self) / 10)
  }

  @Test func modules() throws {
    let model = Names()
    let x = Tensor.ones([2, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let (y, _) = try model.initializeWithOutput(Key(0)) { $0(x) }
    let lazy = try model.lazyInitialize(Key(0)) { $0(x) }
    #expect(lazy == variables)
    let outputs = [
      try model.apply(variables) { $0(x) }, try model.apply(variables) { $0.encode(x) },
      try model.bind(variables).callAsFunction { $0(x) },
    ]
    for output in outputs { #expect(try output.scalars(as: Float.self) == y.scalars()) }
    let v = variables
    let (_, seen) = try model.apply(v, captureIntermediates: true) { $0(x) }
    #expect(seen["intermediates"].keys.sorted() == ["__call__", "encoder"])
    #expect(try model.tabulate(Key(0), x) { $0($1) }.contains("encoder"))
  }

  @Test func mutableCollections() throws {
    let model = BatchNorm(useRunningAverage: false)
    let x = Random.normal(Key(0), [4, 3])
    let v = try model.initialize(Key(0)) { $0(x) }
    let key = Key(1)
    let (_, updates) = try model.apply(v, rngs: ["dropout": key], mutable: ["batch_stats"]) {
      $0(x)
    }
    #expect(updates.keys == ["batch_stats"])
  }

  @Test func partsOfModules() throws {
    let x = Tensor.ones([4, 5])
    let variables = try Parts().initialize(["params": Key(0), "dropout": Key(1)]) { $0(x) }
    #expect(variables.keys.sorted() == ["cache", "params", "perturbations"])
    #expect(variables["params"].keys.sorted() == ["VmapDense_0", "boxed", "w"])
    let layers: [Module] = [Conv(32, [3, 3])]
    #expect("\(layers[0])".contains("features = 32"))
    let images = Tensor.ones([1, 4, 4, 2])
    let pooled = avgPool(images, [2, 2], strides: [2, 2])
    #expect(pooled.shape == [1, 2, 2, 2])
  }

  @Test func functions() throws {
    let key = Key(0)
    #expect(key.split()[0] != key.foldIn(1))
    let params = Random.normal(key, [2, 3])
    let f = { (x: Tensor) in sum(square(x)) }
    let (value, gradients) = try valueAndGrad(params, f)
    #expect(try value.item(as: Float.self) == jit(f)(params).item())
    #expect(try vmap(f)(params).shape == [2])
    let tree = [params, gradients]
    let doubled = treeMap(tree) { 2 * $0 }
    #expect(try doubled[0].scalars(as: Float.self) == gradients.scalars())
    let x = params
    let (a, b) = (x, zeros(like: x))
    let c = a .> b
    #expect(try min(which(c, a, b)).item(as: Float.self) == 0)
    #expect(sum(x, axes: [0]).shape == [3])
    #expect(x.reshaped(to: [2, -1]).shape == [2, 3])
    #expect(x.cast(to: .float16).dtype == .float16)
  }

  @Test func loops() throws {
    let (carry, xs) = (Tensor(0.0), Tensor.ones([4]))
    let f = { (sum: Tensor, x: Tensor) in (sum + x, sum) }
    #expect(try scan(carry, xs, f).carry.item(as: Float.self) == 4)
    let last = try whileLoop(carry, while: { $0 .< 3 }) { $0 + 1 }
    let chosen = try switchCase(Tensor(1), last, [{ $0 + 1 }, { $0 * 10 }])
    let result = try cond(chosen .> 20, chosen, then: { $0 }, else: { -$0 })
    #expect(try result.item(as: Float.self) == 30)
  }

  @Test func training() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path
    let x = Tensor.ones([2, 3])
    let variables = try MLP().initialize(Key(0)) { $0(x) }
    let tx = chain(clipByGlobalNorm(1), adamw(1e-3))
    let schedule = warmupCosineDecaySchedule(
      initValue: 0, peakValue: 1, warmupSteps: 2, decaySteps: 10)
    #expect(try schedule(Tensor(2)).item(as: Float.self) == 1)

    let params = variables
    let gradients = treeMap(params) { ones(like: $0) }
    let state = tx.initialize(params)
    let (updates, _) = tx.update(gradients, state, params: params)
    #expect(updates.shapesDescription == params.shapesDescription)

    let trainState = TrainState.create(variables, optimizer: tx)
    try Checkpoints(folder).save(trainState, step: 1)
    let data = try toBytes(params)
    #expect(try fromBytes(params, data) == params)
    #expect(flattenDict(params, separator: "/").count == 4)
  }

  /// The program and every cell of the table of names stand in this file.
  @Test func codeIsCompiled() throws {
    let page = try DocumentationPage("README.md")
    let program = try #require(page.snippets.first)
    let end = try #require(program.firstRange(of: "let model"))
    let start = try #require(program.firstRange(of: "final class"))
    let names = page.code(inTable: "| Flax, JAX, optax | here |")
    #expect(page.snippets.count == 1)
    #expect(names.count > 50)
    #expect(
      try DocumentationPage.missing(
        [
          String(program[start.lowerBound..<end.lowerBound]), String(program[end.lowerBound...]),
        ].map { $0.trimmingCharacters(in: .whitespaces) } + names,
        in: "Tests/TrainingTests/Documentation/ReadmePageTests.swift"
      ).isEmpty)
  }
}
