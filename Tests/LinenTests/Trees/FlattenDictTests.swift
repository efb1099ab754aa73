import Linen
import Testing

/// Dictionaries of numbers, as variables.
private let tree: Variables = [
  "foo": Tensor(1), "bar": ["a": Tensor(2), "b": Variables()] as Variables,
]

private func ints(_ flat: FlatTree<Variables>) throws -> [[String]: Int] {
  try flat.reduce(into: [:]) { result, entry in
    if let tensor = entry.value.tensor { result[entry.key] = try tensor.item(as: Int.self) }
  }
}

/// The part of Flax's tests/traverse_util_test.py on dictionaries and parameters.
@Suite struct FlattenDictTests {
  @Test func flattensNestedDictionaries() throws {
    let flat = flattenDict(tree)
    #expect(Array(flat.keys) == [["foo"], ["bar", "a"]])
    #expect(try ints(flat) == [["foo"]: 1, ["bar", "a"]: 2])
    let joined = flattenDict(tree, separator: "/")
    #expect(Array(joined.keys) == ["foo", "bar/a"])
  }

  @Test func unflattensDictionaries() throws {
    let one = Variables(Tensor(1))
    let two = Variables(Tensor(2))
    let flat: FlatTree<Variables> = [["foo"]: one, ["bar", "a"]: two]
    #expect(unflattenDict(flat).shapesDescription == "{'bar': {'a': ()}, 'foo': ()}")
    let joined: OrderedDictionary<String, Variables> = ["foo": one, "bar/a": two]
    #expect(unflattenDict(joined, separator: "/").keys == ["foo", "bar"])
    #expect(unflattenDict(joined, separator: "/")["bar"].keys == ["a"])
  }

  @Test func flattenDictKeepsEmptyNodes() throws {
    let flat = flattenDict(tree, keepEmptyNodes: true)
    #expect(Array(flat.keys) == [["foo"], ["bar", "a"], ["bar", "b"]])
    #expect(flat[["bar", "b"]]?.isEmpty == true)
    #expect(unflattenDict(flat).shapesDescription == tree.shapesDescription)
    // Nothing but an empty dictionary is nothing, in Flax too.
    #expect(flattenDict(Variables(), keepEmptyNodes: true).isEmpty)
  }

  @Test func flattenDictTakesLeaves() throws {
    let tree: Variables = [
      "foo": ["c": Tensor(4)], "bar": ["a": Tensor(2), "b": Variables()] as Variables,
    ]
    let flat = flattenDict(tree) { path, node in path.count == 1 && node.count == 2 }
    #expect(Array(flat.keys) == [["foo", "c"], ["bar"]])
    #expect(unflattenDict(flat).shapesDescription == tree.shapesDescription)
  }

  @Test func pathsHaveValues() throws {
    let params: Variables = ["a": ["b": Tensor(10), "c": Tensor(2)], "b": Variables()]
    let mapped = pathAwareMap(params) { path, value in
      guard let x = value.tensor else { return value }
      return Variables(path.contains("b") ? x + 1 : -x)
    }
    #expect(try ints(flattenDict(mapped)) == [["a", "b"]: 11, ["a", "c"]: -2])
    // Empty dictionaries stay.
    #expect(mapped["b"].isEmpty && mapped.contains("b"))
  }

  @Test func traversalOnlyWorksOnModelParams() {
    let all = ModelParamTraversal { _, _ in true }
    #expect {
      try all.iterate(Variables(tuple: []))
    } throws: {
      "\($0)".hasPrefix("Can only traverse a dictionary of parameters, not ")
    }
  }

  @Test func paramsAreSelectedByName() throws {
    let params: Variables = [
      "x": [
        "kernel": Tensor(1), "bias": Tensor(2),
        "y": ["kernel": Tensor(3), "bias": Tensor(4)] as Variables, "z": Variables(),
      ] as Variables
    ]
    let kernels = ModelParamTraversal { name, _ in name.contains("kernel") }
    #expect(try kernels.iterate(params).map { try $0.item(as: Int.self) } == [1, 3])
    let updated = try kernels.update(params) { $0 + $0 }
    #expect(
      try ints(flattenDict(updated)) == [
        ["x", "kernel"]: 2, ["x", "bias"]: 2, ["x", "y", "kernel"]: 6, ["x", "y", "bias"]: 4,
      ])
    #expect(updated["x"].keys == ["kernel", "bias", "y", "z"])
    let names = ModelParamTraversal { name, value in
      name == "/x/y/bias" && value.shape == []
    }
    #expect(try names.iterate(params).map { try $0.item(as: Int.self) } == [4])
  }

  @Test func partsAreFoundAndSetByKey() throws {
    var tree = tree
    let path = TreePath([.key("bar"), .key("a")])
    #expect(try tree[at: path]?.tensor?.item(as: Int.self) == 2)
    tree[at: path] = Variables(tuple: [Variables(Tensor(5)), Variables(Tensor(6))])
    tree[at: TreePath([.key("bar"), .key("a"), .index(1)])] = Variables(Tensor(7))
    #expect(try tree[at: TreePath([.key("bar"), .key("a"), .index(1)])]?.tensor?.item() == 7)
    tree[at: TreePath([.key("bar"), .key("a"), .index(0)])] = nil
    #expect(tree["bar"]["a"].elements?.count == 1)
    tree[at: TreePath([.key("bar"), .key("b")])] = nil
    #expect(tree["bar"].keys == ["a"])
    // There is no place for these.
    tree[at: TreePath([.key("nope"), .key("a")])] = Variables()
    tree[at: TreePath([.key("bar"), .key("a"), .index(9)])] = Variables()
    #expect(tree.shapesDescription == "{'bar': {'a': ((),)}, 'foo': ()}")
    #expect(path.names == ["bar", "a"])
  }
}
