import Linen
import Testing

/// Names of axes; a transform adds the name that its metadata have under `partition_name`.
private struct NamedAxes: AxisMetadata, Hashable {
  var value: Variables
  var names: [String]

  func addingAxis(at index: Int, _ parameters: MetadataParams) -> NamedAxes {
    var result = self
    result.names.insert((parameters["partition_name"] ?? nil) ?? "", at: index)
    return result
  }

  func removingAxis(at index: Int, _ parameters: MetadataParams) -> NamedAxes {
    var result = self
    result.names.remove(at: index)
    return result
  }

  static func == (a: NamedAxes, b: NamedAxes) -> Bool { a.names == b.names }

  func hash(into hasher: inout Hasher) { hasher.combine(names) }
}

/// A box whose value has the mean over the members outside, and is repeated for them inside.
private struct Averaged: AxisMetadata {
  var value: Variables

  func addingAxis(at index: Int, _ parameters: MetadataParams) -> Averaged {
    Averaged(value: treeMap(value) { mean($0, axes: [index]) })
  }

  func removingAxis(at index: Int, _ parameters: MetadataParams) -> Averaged {
    let size = Int((parameters["axis_size"] ?? nil) ?? "") ?? 1
    return Averaged(value: treeMap(value) { insertAxis($0, at: index, size: size) })
  }
}

/// What modules saw of their variables.
private final class Log: @unchecked Sendable {
  var names: [[String]] = []
  var shapes: [Shape] = []

  func note(_ part: Variables) {
    if let box: NamedAxes = part.value() { names.append(box.names) }
    if let box: Averaged = part.value(), let tensor = box.value.tensor {
      shapes.append(tensor.shape)
    }
  }
}

/// A kernel with names of its axes.
private final class Named: Module, UnaryLayer, @unchecked Sendable {
  let log: Log

  init(_ log: Log, name: String? = nil) {
    self.log = log
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let boxed: NamedAxes = param("kernel", unbox: false) { key in
        let kernel = Initializer.lecunNormal()(key, [x.shape[-1], 4])
        return NamedAxes(value: Variables(kernel), names: ["foo", "bar"])
      }
      log.note(variables["params"]["kernel"])
      return boxed.value.tensor.map { matmul(x, $0) } ?? x
    }
  }
}

extension NamedAxes: TensorTree {
  mutating func visitTensors(_ visitor: inout TensorVisitor) { value.visitTensors(&visitor) }
}

@Suite("Metadata of axes in lifted transforms, from Flax's tests") struct MetadataAxisTests {
  let x = Tensor.ones([4, 4])

  private func names(_ part: Variables) -> [String]? { (part.value() as NamedAxes?)?.names }

  @Test func addedMetadataAxis() throws {
    let log = Log()
    let model = Lifting { module, x in
      addMetadataAxis(variableAxes: ["params": 0], metadataParams: ["partition_name": "baz"])(
        module, x
      ) { _, x in Named(log, name: "foo")(x) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(names(variables["params"]["foo"]["kernel"]) == ["baz", "foo", "bar"])
    let y = try model.apply(variables) { $0(x) }
    let kernel: Tensor = variables["params"]["foo"]["kernel"]
    try expectEqual(y, matmul(x, kernel))
    #expect(log.names == [["foo", "bar"], ["foo", "bar"]])
  }

  @Test("vmap and scan name their axes", arguments: [0, 1])
  func metadataOfMappedAxes(_ axis: Int) throws {
    let log = Log()
    var expected = ["foo", "bar"]
    expected.insert("layers", at: axis)
    let mapped = vmap(
      variableAxes: ["params": VariableAxis(integerLiteral: axis)], splitRNGs: ["params": true],
      inAxes: nil, axisSize: 3, metadataParams: ["partition_name": "layers"]
    ) { Named(log) }
    let looped = scan(
      variableAxes: ["params": VariableAxis(integerLiteral: axis)], splitRNGs: ["params": true],
      length: 3, metadataParams: ["partition_name": "layers"]
    ) { Named(log) }
    for variables in [
      try mapped.initialize(Key(0)) { $0(x) }, try looped.initialize(Key(0)) { $0(x) },
    ] {
      #expect(names(variables["params"]["kernel"]) == expected)
      let kernel: Tensor = variables["params"]["kernel"]
      #expect(kernel.shape == Shape([4, 4]).inserting(3, at: axis))
      _ = try mapped.apply(variables) { $0(x) }
      _ = try looped.apply(variables) { $0(x) }
    }
    #expect(log.names.allSatisfy { $0 == ["foo", "bar"] })
    #expect(log.names.count >= 6)
  }

  @Test func boxesThatChangeTheirValue() throws {
    let log = Log()
    let model = Lifting { _, x in
      let layer = vmap(
        variableAxes: ["params": 0, "aux": 0], metadataParams: ["axis_size": "\(x.shape[0])"],
        name: "vfoo"
      ) {
        Lifting { module, x in
          if module.hasVariable("aux", "v") { log.note(module.variables["aux"]["v"]) }
          _ = module.variable("aux", "v", unbox: false) {
            Averaged(value: Variables(Tensor.ones([])))
          }
          log.note(module.variables["aux"]["v"])
          return x
        }
      }
      _ = layer(x) { $0($1) }
      let y = layer(x) { $0($1) }
      log.note(layer.variables["aux"]["v"])
      return y
    }
    let x = Tensor.ones([2, 5])
    let variables = try model.initialize(Key(0)) { $0(x) }
    _ = try model.apply(variables) { $0(x) }
    #expect(log.shapes.count == 9)
    #expect(log.shapes.allSatisfy { $0 == [] })
    let value: Tensor = variables["aux"]["vfoo"]["v"]
    #expect(value.shape == [])
  }
}
