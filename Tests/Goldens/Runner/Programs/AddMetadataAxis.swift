import Linen
import Tensor
import Training

private final class Foo: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let kernelInit = withPartitioning(.lecunNormal(), ["foo", "bar"])
      return Dense(4, useBias: false, kernelInit: kernelInit, name: "dense")(x)
    }
  }
}

private final class Axis: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let lift = addMetadataAxis(
        variableAxes: ["params": 0], metadataParams: [partitionName: "baz"])
      return lift(self, x) { _, x in Foo(name: "foo")(x) }
    }
  }
}

private final class Vmapped: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let lifted = vmap(
        variableAxes: ["params": 0], splitRNGs: ["params": true],
        metadataParams: [partitionName: "layers"], name: "foo"
      ) { Foo() }
      return lifted(x) { foo, x in foo(x) }
    }
  }
}

/// Partitioned parameters, and the names of axes that vmap and addMetadataAxis put before theirs.
func addMetadataAxisNames(_ run: ProgramRun) throws {
  let x = try run.input("x")
  try give(run, "foo", Foo(), x) { $0($1) }
  try give(run, "axis", Axis(), x) { $0($1) }
  try give(run, "vmapped", Vmapped(), x.reshaped(to: [2, 2, 4])) { $0($1) }
}

private func give<M: Module>(
  _ run: ProgramRun, _ name: String, _ model: M, _ x: Tensor, _ call: (M, Tensor) -> Tensor
) throws {
  let variables = try model.initialize(run.key(0)) { call($0, x) }
  run.give("vars_\(name)", variables.unboxed)
  run.give("out_\(name)", try model.apply(variables) { call($0, x) })
  let specs = getPartitionSpec(variables)
  run.give(text: "spec_\(name)", .exact("\(specs)"))
  let lists = specs.flattened().compactMap { $0.value.value(as: PartitionSpec.self) }
  run.give(value: "names_\(name)", .array(lists.map { .array($0.axes.map(json)) }))
}

private func json(_ axis: PartitionSpec.Axis) -> JSON {
  if case .name(let name) = axis { .string(name) } else { .null }
}
