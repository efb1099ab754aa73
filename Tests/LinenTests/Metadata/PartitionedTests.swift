import Linen
import Testing

/// Boxes of metadata on scopes: as tests/core/core_meta_test.py of google/flax.
@Suite struct PartitionedTests {
  private let members = vmap(
    variableAxes: ["params": 0], splitRNGs: ["params": true],
    metadataParams: [partitionName: "batch"])
  private let kernelInit = withPartitioning(.ones, ["in", "out"])

  @Test func boxedParam() throws {
    let (_, variables) = try Scope.initialize(Key(0)) { scope in
      members(scope, Tensor.zeros([8, 3])) { scope, x in
        let kernel = scope.param("kernel", kernelInit, [x.shape[-1], 2])
        let box = scope.getVariable("params", "kernel")?.value(as: Partitioned.self)
        #expect(box?.names == ["in", "out"])
        return matmul(x, kernel)
      }
    }
    let box = variables["params"]["kernel"].value(as: Partitioned.self)
    #expect(box?.names == ["batch", "in", "out"])
    #expect(box?.value.tensor?.shape == [8, 3, 2])
  }

  @Test func boxedVariable() throws {
    let (sums, variables) = try Scope.initialize(Key(0)) { scope in
      members(scope, Tensor.zeros([8, 3])) { scope, x in
        let kernel = scope.variable(
          "params", "kernel", kernelInit, scope.makeRNG("params"), [x.shape[-1], 2])
        kernel.value = kernel.value + 1
        let box = scope.getVariable("params", "kernel")?.value(as: Partitioned.self)
        #expect(box?.names == ["in", "out"])
        return sum(kernel.value)
      }
    }
    try expectScalars(sums, Array(repeating: 12, count: 8))
    let box = variables["params"]["kernel"].value(as: Partitioned.self)
    #expect(box?.names == ["batch", "in", "out"])
  }

  @Test func partitionAxisUnspecified() {
    let unnamed = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])
    let text = errorText {
      _ = try Scope.initialize(Key(0)) { scope in
        unnamed(scope, Tensor.zeros([8, 3])) { scope, x in
          _ = scope.param("kernel", kernelInit, [3, 2])
          return x
        }
      }
    }
    let first = text.split(separator: "\n").first ?? ""
    #expect(
      first.hasPrefix(
        "Trying to transform a Partitioned variable but \"partition_name\" is not specified in "
          + "metadata_params: Partitioned(value="), "\(text)")
    #expect(text.contains("\(documentation)PartitioningUnspecifiedError"))
    #expect(text.contains("hint: pass metadataParams: [partitionName: \"name\"]"))
  }

  @Test func unboxTree() {
    let variables: Variables = [
      "kernel": Variables(value: Partitioned(Tensor.zeros([3, 2]), ["in", "out"])),
      "complex": Variables(
        value: Partitioned(["K": Tensor.zeros([3, 2]), "b": Tensor.zeros([3])], ["data"])),
      "nested": Variables(
        value: Partitioned(
          Variables(value: Partitioned(Tensor.zeros([4]), ["in"])), ["out"])),
    ]
    #expect(
      variables.unboxed.shapesDescription
        == "{'complex': {'K': (3, 2), 'b': (3,)}, 'kernel': (3, 2), 'nested': (4,)}")
    let doubled = variables.replacingBoxed(with: treeMap(variables.unboxed) { $0 + 2 })
    #expect(doubled["kernel"].value(as: Partitioned.self)?.names == ["in", "out"])
    #expect(doubled["nested"].value(as: Partitioned.self)?.names == ["out"])
    #expect(
      treeLeaves(doubled).allSatisfy {
        (try? $0.scalars(as: Float.self).allSatisfy { $0 == 2 }) == true
      })
  }

  @Test func scanOverLayers() throws {
    let layers = scan(
      variableAxes: ["params": 0], splitRNGs: ["params": true], length: 8,
      metadataParams: [partitionName: "layers"])
    let (_, variables) = try Scope.initialize(Key(0)) { scope in
      layers(scope, Tensor.zeros([8, 3])) { scope, x in
        let kernel = scope.param("kernel", kernelInit, [3, 3])
        return matmul(x, kernel) + scope.param("bias", .zeros, [3])
      }
    }
    let params: Variables = variables["params"]
    #expect(params["kernel"].value(as: Partitioned.self)?.names == ["layers", "in", "out"])
    #expect(params.unboxed.shapesDescription == "{'bias': (8, 3), 'kernel': (8, 3, 3)}")
    #expect(params["bias"].value(as: Partitioned.self) == nil)
  }

  private var boxed: Variables {
    [
      "kernel": Variables(
        value: Partitioned(Tensor.zeros([8, 3, 3]), ["layers", "in", "out"])),
      "bias": Tensor.zeros([8, 3]), "step": Tensor(100),
    ]
  }

  @Test func partitionSpecs() {
    #expect(
      "\(getPartitionSpec(boxed))"
        == "{'kernel': P('layers', 'in', 'out'), 'bias': P(), 'step': P()}")
    let specs: Variables = [
      "a": Variables(tuple: [Variables(value: "text"), Variables(Tensor(1))])
    ]
    #expect(getPartitionSpec(specs)["a"].elements?.count == 2)
  }

  @Test func shardings() {
    let mesh = Mesh(["in", "out"])
    let layouts = getSharding(boxed, mesh)
    #expect(
      layouts["kernel"].value(as: NamedSharding.self)
        == NamedSharding(mesh, ["layers", "in", "out"]))
    #expect(layouts["step"].value(as: NamedSharding.self) == NamedSharding(mesh, []))
    #expect(mesh.description == "Mesh('in': 1, 'out': 1)")
  }

  @Test func boxedParamWithMesh() throws {
    let mesh = Mesh(["in", "out"])
    let initializer = withPartitioning(.ones, ["in", "out"], mesh: mesh)
    let create = jit { (key: Key) in
      try Scope.initialize(key) { scope in
        let kernel = scope.param("kernel", initializer, [4, 2])
        #expect(
          scope.getVariable("params", "kernel")?.value(as: Partitioned.self)?.names
            == ["in", "out"])
        return matmul(Tensor.zeros([8, 4]), kernel)
      }.variables
    }
    // Boxes go through jit as they go through other transforms.
    let box = try create(Key(0))["params"]["kernel"].value(as: Partitioned.self)
    #expect(box?.names == ["in", "out"])
    #expect(box?.mesh == mesh)
  }

  @Test func axesAreAddedAndRemovedWhereTheyAre() throws {
    let box = Partitioned(Tensor.zeros([2]), ["a"])
    let added = box.addingAxis(at: 2, [partitionName: "c"])
    #expect(added.names == ["a", nil, "c"])
    #expect(box.addingAxis(at: -1, [partitionName: nil]).names == [nil, "a"])
    #expect(added.removingAxis(at: 2, [partitionName: "c"]).names == ["a", nil])
    let text = errorText { try withErrors { _ = added.removingAxis(at: 0, [partitionName: "c"]) } }
    #expect(text == "Expected axis 'c' at position 0 in axis metadata ('a', None, 'c').")
    #expect(
      "\(LogicallyPartitioned(Tensor(1), ["a"], rules: ["a": "x"]))"
        == "LogicallyPartitioned(value=1, names=('a',), mesh=None, rules=(('a', 'x'),))")
  }
}
