import Linen
import Testing

/// Variables as Flax's FrozenDict: as tests/core/core_frozen_dict_test.py of google/flax.
@Suite struct FrozenVariablesTests {
  private let xs: Variables = ["a": Tensor(1), "b": ["c": Tensor(2)]]

  @Test func frozenDictCopies() {
    var ys = xs
    let frozen = ys
    ys["a"] = Tensor(7)
    ys[path: ["b", "c"]] = Variables(Tensor(7))
    #expect(frozen == xs)
    #expect(ys != xs)
  }

  @Test func frozenDictMaps() {
    #expect(treeMap(xs) { $0 + $0 } == ["a": Tensor(2), "b": ["c": Tensor(4)]])
  }

  @Test func frozenDictPop() {
    var rest = xs
    let a = rest.removeValue(forKey: "a")
    #expect(a == Variables(Tensor(1)))
    #expect(rest == ["b": ["c": Tensor(2)]])
    #expect(xs.contains("a"))
  }

  /// A map over two trees asks for one structure; an entry of one can be put beside a part of the other.
  @Test func frozenDictPartiallyMaps() throws {
    let other: Variables = ["a": ["b": Tensor(1)]]
    let text = errorText {
      try withErrors { _ = treeMap(["a": Tensor(2)] as Variables, other) { a, _ in a } }
    }
    #expect(text.contains("the trees' structures differ: "))
    let pairs = Variables(
      (["a": Tensor(2)] as Variables).map { ($0.key, Variables(tuple: [$0.value, other[$0.key]])) })
    #expect("\(pairs)" == "{'a': (2, {'b': 1})}")
  }

  @Test func frozenDictHash() {
    let ys: Variables = ["a": Tensor(1), "b": ["c": Tensor(3)]]
    #expect(xs.hashValue != ys.hashValue)
    // The order of names does not count, dtypes and shapes do.
    let turned: Variables = ["b": ["c": Tensor(2)], "a": Tensor(1)]
    #expect(turned == xs && turned.hashValue == xs.hashValue)
    #expect(xs != ["a": Tensor(1.0), "b": ["c": Tensor(2)]])
    #expect(xs != ["a": Tensor([1]), "b": ["c": Tensor(2)]])
    #expect(Set([xs, turned, ys]).count == 2)
  }

  @Test func equalityOfOtherValues() {
    let boxed = Variables(value: Partitioned(Tensor(1), ["a"]))
    #expect(boxed == Variables(value: Partitioned(Tensor(1), ["a"])))
    #expect(boxed != Variables(value: Partitioned(Tensor(1), ["b"])))
    #expect(boxed != Variables(Tensor(1)))
    #expect(Variables(value: "text") == Variables(value: "text"))
    #expect(Variables(value: "text") != Variables(value: 1))
    let abstract = Variables(Tensor(ShapeDtype([2])))
    #expect(abstract == abstract)
    #expect(abstract != Variables(Tensor(ShapeDtype([2]))))
    // A view and a copy of the same elements are equal.
    let matrix = Tensor([[1.0, 2.0], [3.0, 4.0]])
    #expect(Variables(matrix.transposed()) == Variables(Tensor([[1.0, 3.0], [2.0, 4.0]])))
  }

  @Test func frozenItems() {
    let items = Array(xs)
    #expect(items.map(\.key) == ["a", "b"])
    #expect(items[0].value == Variables(Tensor(1)))
    #expect(items[1].value == ["c": Tensor(2)])
  }

  @Test func frozenDictRepr() {
    let ys: Variables = ["a": Tensor(1), "b": ["c": Tensor(2), "d": Variables()] as Variables]
    #expect(
      ys.prettyDescription() == "{\n    a: 1,\n    b: {\n        c: 2,\n        d: {},\n    },\n}")
    #expect(Variables().prettyDescription() == "{}")
  }

  @Test func frozenDictCopyReservedName() {
    let result = (["a": Tensor(1)] as Variables).merging(["cls": Tensor(2)])
    #expect(result == ["a": Tensor(1), "cls": Tensor(2)])
  }

  @Test func utilityPop() {
    var rest = xs
    #expect(rest.removeValue(forKey: "b") == ["c": Tensor(2)])
    #expect(rest == ["a": Tensor(1)])
    #expect(rest.removeValue(forKey: "nothing") == nil)
  }

  @Test func utilityCopy() {
    let new = xs.merging(["b": ["c": Tensor(-1), "d": Tensor(3)]])
    #expect(new == ["a": Tensor(1), "b": ["c": Tensor(-1), "d": Tensor(3)]])
    #expect(xs == ["a": Tensor(1), "b": ["c": Tensor(2)]])
  }

  @Test func utilityCopySinglearg() {
    let copy = xs
    #expect(copy == xs)
  }

  @Test func utilityPrettyRepr() {
    #expect(xs.prettyDescription() == "{\n    a: 1,\n    b: {\n        c: 2,\n    },\n}")
    #expect(xs.prettyDescription(spaces: 1) == "{\n a: 1,\n b: {\n  c: 2,\n },\n}")
    #expect(Variables(Tensor(345)).prettyDescription() == "345")
    let rows: Variables = ["m": Tensor([[1, 2], [3, 4]])]
    #expect(rows.prettyDescription(spaces: 2) == "{\n  m: [[1 2]\n   [3 4]],\n}")
  }

  @Test func flatten() throws {
    let frozen: Variables = ["c": Tensor(1), "b": ["a": Tensor(2)]]
    let leaves = treeLeavesWithPath(frozen)
    #expect(try leaves.map { try $0.leaf.item(as: Int.self) } == [2, 1])
    #expect(leaves.map(\.path.keys) == [[.key("b"), .key("a")], [.key("c")]])
    #expect(frozen.flattened().map(\.path) == [["b", "a"], ["c"]])
    #expect(Variables(flattened: frozen.flattened()) == frozen)
  }
}
