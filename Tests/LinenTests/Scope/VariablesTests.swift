import Linen
import Testing

@Suite struct VariablesTests {
  let variables: Variables = [
    "params": ["Dense_0": ["bias": Tensor.zeros([4]), "kernel": Tensor.ones([3, 4])]],
    "batch_stats": ["mean": Tensor.zeros([4])],
  ]

  @Test func subscriptsLeadToTensors() throws {
    let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]
    #expect(kernel.shape == [3, 4])
    #expect(variables["params"]["Dense_0"].keys == ["bias", "kernel"])
    #expect(variables["missing"]["too"].isEmpty)
    #expect(variables[path: ["params", "Dense_0", "kernel"]]?.tensor?.shape == [3, 4])
    #expect(variables[path: ["params", "Dense_1", "kernel"]] == nil)
    #expect(
      errorText {
        try withErrors { _ = variables["params"]["Dense_0"]["kernal"] as Tensor }
      } == """
        There is no tensor named "kernal".
        present: bias, kernel
        hint: did you mean "kernel"?
        """)
  }

  @Test func copiesAreIndependent() {
    var copy = variables
    copy["params"]["Dense_0"]["kernel"] = Tensor.zeros([1])
    copy["params"]["new"]["w"] = Tensor.zeros([2])
    copy.removeValue(forKey: "batch_stats")
    #expect(
      copy.shapesDescription
        == "{'params': {'Dense_0': {'bias': (4,), 'kernel': (1,)}, 'new': {'w': (2,)}}}")
    #expect(
      variables.shapesDescription
        == "{'batch_stats': {'mean': (4,)}, 'params': {'Dense_0': {'bias': (4,), 'kernel': (3, 4)}}}"
    )
  }

  @Test func treesAreSortedByName() {
    #expect(
      treeLeavesWithPath(variables).map { "\($0.path)" } == [
        "['batch_stats']['mean']", "['params']['Dense_0']['bias']",
        "['params']['Dense_0']['kernel']",
      ])
    #expect(variables.keys == ["params", "batch_stats"])
    let doubled = treeMap(variables) { $0 + $0 }
    #expect(doubled.keys == ["params", "batch_stats"])
    #expect(
      variables.flattened().map { $0.path.joined(separator: "/") } == [
        "batch_stats/mean", "params/Dense_0/bias", "params/Dense_0/kernel",
      ])
    #expect(
      Variables(flattened: variables.flattened()).shapesDescription == variables.shapesDescription)
  }

  @Test func mergingReplacesEntries() {
    let merged = variables.merging(["batch_stats": ["var": Tensor.ones([4])]])
    #expect(merged["batch_stats"].keys == ["var"])
    #expect(merged["params"].keys == ["Dense_0"])
  }

  @Test func valuesOfAnyTypeAreKept() throws {
    struct Point: Sendable, Equatable {
      var x = 1
    }
    #expect(Variables(value: 3).value(as: Int.self) == 3)
    #expect(Variables(value: Point()).value(as: Point.self) == Point())
    #expect(Variables(value: Point()).value(as: Int.self) == nil)
    let tensors = [Tensor(1), Tensor(2)]
    #expect(Variables(value: tensors).elements?.count == 2)
    #expect(Variables(value: tensors).value(as: [Tensor].self)?.count == 2)
    #expect(treeLeaves(Variables(value: tensors)).count == 2)
    #expect(treeLeaves(Variables(value: "text")).isEmpty)
  }

  @Test func dictionariesPrintAsInPython() {
    let small: Variables = ["b": ["x": [Tensor.ones([2])]], "a": Variables()]
    #expect(small.shapesDescription == "{'a': {}, 'b': {'x': ((2,),)}}")
    #expect(small.description.hasPrefix("{'b': {'x': ("))
  }

  @Test func boxesStayAroundTheirValues() throws {
    struct Named: AxisMetadata {
      var value: Variables
      var names: [String]
      func addingAxis(at index: Int, _ parameters: MetadataParams) -> Named { self }
      func removingAxis(at index: Int, _ parameters: MetadataParams) -> Named { self }
    }
    var boxed = Variables()
    boxed["w"] = Variables(value: Named(value: Variables(Tensor.ones([2])), names: ["in"]))
    #expect(boxed["w"].tensor?.shape == [2])
    let doubled = treeMap(boxed) { $0 + $0 }
    #expect(doubled["w"].value(as: Named.self)?.names == ["in"])
    try expectScalars(doubled["w"], [2, 2])
    #expect(treeLeavesWithPath(boxed).map { "\($0.path)" } == ["['w'].value"])
    let replaced = boxed.replacingBoxed(with: ["w": Tensor.zeros([3])])
    #expect(replaced["w"].value(as: Named.self)?.value.tensor?.shape == [3])
    #expect(boxed.unboxed["w"].value(as: Named.self) == nil)
  }
}
