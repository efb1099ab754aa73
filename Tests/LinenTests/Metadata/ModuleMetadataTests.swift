import Linen
import Testing

/// Boxes of metadata on modules: as tests/linen/linen_meta_test.py of google/flax.
@Suite struct ModuleMetadataTests {
  private final class Parameter: Module, UnaryLayer, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let kernel = param("kernel", withPartitioning(.ones, ["in", "out"]), [x.shape[-1], 2])
        #expect(
          getVariable("params", "kernel", as: Partitioned.self)?.names == ["in", "out"])
        return matmul(x, kernel)
      }
    }
  }

  private final class Reference: Module, UnaryLayer, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let kernel = variable(
          "params", "kernel", withPartitioning(.ones, ["in", "out"]),
          isInitializing ? makeRNG("params") : Key(0), [x.shape[-1], 2])
        if isInitializing { kernel.value = kernel.value + 1 }
        #expect(
          getVariable("params", "kernel", as: Partitioned.self)?.names == ["in", "out"])
        return matmul(x, kernel.value)
      }
    }
  }

  private final class Mapped<M: Module & UnaryLayer>: Module, @unchecked Sendable {
    let make: @Sendable () -> M

    init(_ make: @escaping @Sendable () -> M) {
      self.make = make
      super.init()
    }

    func callAsFunction(_ xs: Tensor) -> Tensor {
      compact(xs) { xs in
        vmap(
          variableAxes: ["params": 0], splitRNGs: ["params": true],
          metadataParams: [partitionName: "batch"], name: "bar", make)(xs)
      }
    }
  }

  private func expectNames<M: UnaryLayer>(
    _ make: @escaping @Sendable () -> M, value: Double
  ) throws {
    let model = Mapped(make)
    let x = Tensor.ones([8, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let box = variables["params"]["bar"]["kernel"].value(as: Partitioned.self)
    #expect(box?.names == ["batch", "in", "out"])
    let y = try model.apply(variables) { $0(x) }
    try expectScalars(y, Array(repeating: 3 * value, count: 16))
  }

  /// A layer that hands its initializer another shape keeps the box, as Flax does.
  @Test func denseGeneralKeepsBoxes() throws {
    let layer = DenseGeneral(
      [4, 5], kernelInit: withPartitioning(.lecunNormal(), ["in", "h", "d"]),
      biasInit: withPartitioning(.zeros, ["h", "d"]))
    let params = try layer.initialize(Key(0)) { $0(Tensor.ones([2, 3])) }["params"]
    let expected: [(String, PartitionSpec)] = [
      ("kernel", ["in", "h", "d"]), ("bias", ["h", "d"]),
    ]
    for (name, axes) in expected {
      #expect(params[name].value(as: Partitioned.self)?.names == axes)
    }
    #expect(params.unboxed.shapesDescription == "{'bias': (4, 5), 'kernel': (3, 4, 5)}")
  }

  @Test func boxedModuleParam() throws { try expectNames({ Parameter() }, value: 1) }

  @Test func boxedModuleVariable() throws { try expectNames({ Reference() }, value: 2) }

  @Test func aParameterCanBeReadWithItsBox() throws {
    let model = Model { module, x in
      let box = module.param("w", unbox: false) { key in
        Partitioned(Initializer.ones(key, [3]), ["axis"])
      }
      #expect(box.names == ["axis"])
      let reference: Variable<Partitioned> = module.variable(
        "params", "w2", unbox: false
      ) { Partitioned(Tensor.ones([3]), [nil]) }
      #expect(reference.value.names == [nil])
      return x * (box.value.tensor ?? x)
    }
    let x = Tensor.ones([2, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables["params"]["w"].value(as: Partitioned.self)?.names == ["axis"])
    try expectEqual(try model.apply(variables) { $0(x) }, x)
  }

  private final class MLP: Module, UnaryLayer, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let kernelInit = defaultKernelInit
        let h = relu(
          Dense(512, kernelInit: withPartitioning(kernelInit, ["data", "model"]))(x))
        return Dense(
          x.shape[-1], kernelInit: withPartitioning(kernelInit, ["model", "data"]))(h)
      }
    }
  }

  private final class Layers: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let loop = scan(
          variableAxes: ["params": 0], splitRNGs: ["params": false], length: 8,
          metadataParams: [partitionName: nil])
        return loop(self, x) { _, x in MLP()(x) }
      }
    }
  }

  @Test func pjitScanOverLayers() throws {
    let model = Layers()
    let x = Tensor.ones([8, 128])
    let types = try evalShape({ (key: Key) in try model.initialize(key) { $0(x) } }, Key(0))
    #expect(
      "\(getPartitionSpec(types))"
        == "{'params': {'MLP_0': {'Dense_0': {'kernel': P(None, 'data', 'model'), 'bias': P()}, "
        + "'Dense_1': {'kernel': P(None, 'model', 'data'), 'bias': P()}}}}")
    let variables = try jit { (key: Key) in try model.initialize(key) { $0(x) } }(Key(0))
    #expect(getPartitionSpec(variables) == getPartitionSpec(types))
    let y = try jit { (variables: Variables, x: Tensor) in
      try model.apply(variables) { $0(x) }
    }(variables, x)
    #expect(y.shape == [8, 128])
  }

  /// Gradients and updates keep the boxes.
  @Test func boxesGoThroughGrad() throws {
    let model = Parameter()
    let x = Tensor.ones([4, 3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let gradients = try grad(variables) { variables in
      sum(try model.apply(variables) { $0(x) })
    }
    let box = gradients["params"]["kernel"].value(as: Partitioned.self)
    #expect(box?.names == ["in", "out"])
    try expectScalars(try #require(box?.value.tensor), Array(repeating: 4, count: 6))
  }
}
