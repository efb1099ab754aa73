import Linen
import Testing

private struct Foo: Equatable {
  var foo: Int
  var bar: Int?
}

private struct Pair: Equatable {
  var foo: Int
  var bar: Int
}

/// The part of Flax's tests/traverse_util_test.py on traversals.
@Suite struct TraversalTests {
  private func double(_ x: Int) -> Int { x + x }

  @Test func identity() {
    #expect(Traversal.of(Int.self).iterate(1) == [1])
    #expect(Traversal.of(Int.self).update(1, double) == 2)
  }

  @Test func traverseItem() throws {
    let tree: Variables = ["foo": Tensor(1)]
    let item = Traversal.of(Variables.self)["foo"]
    #expect(try item.iterate(tree).map { try $0.tensor?.item(as: Int.self) } == [1])
    let doubled = item.update(tree) { Variables(($0.tensor ?? Tensor(0)) * 2) }
    #expect(try doubled["foo"].tensor?.item(as: Int.self) == 2)
    #expect(Traversal.of(Variables.self)["bar"].iterate(tree).isEmpty)
  }

  @Test func traverseTupleItem() {
    let middle = Traversal.of((Int, Int, Int).self).at(\.1)
    #expect(middle.iterate((1, 2, 3)) == [2])
    #expect(middle.update((1, 2, 3), double) == (1, 4, 3))
    #expect(Traversal.of([Int].self)[1].update([1, 2, 3], double) == [1, 4, 3])
    #expect(Traversal.of([Int].self)[3].iterate([1, 2, 3]).isEmpty)
  }

  @Test func traverseTupleItems() {
    let middle = Traversal.of([Int].self)[1..<3]
    #expect(middle.iterate([1, 2, 3, 4]) == [2, 3])
    #expect(middle.update([1, 2, 3, 4], double) == [1, 4, 6, 4])
  }

  @Test func traverseNamedTupleItem() {
    let point = (x: 1, y: 2)
    let y = Traversal.of((x: Int, y: Int).self).at(\.1)
    #expect(y.iterate(point) == [2])
    #expect(y.update(point, double) == (x: 1, y: 4))
  }

  @Test func traverseAttribute() {
    let foo = Traversal.of(Foo.self).foo
    #expect(foo.iterate(Foo(foo: 1)) == [1])
    #expect(foo.update(Foo(foo: 1), double) == Foo(foo: 2))
  }

  @Test func traverseNamedTupleAttribute() {
    let y = Traversal.of((x: Int, y: Int).self).at(\.y)
    #expect(y.iterate((x: 1, y: 2)) == [2])
    #expect(y.update((x: 1, y: 2), double) == (x: 1, y: 4))
  }

  @Test func traverseMerge() {
    let pairs = [Pair(foo: 1, bar: 2), Pair(foo: 3, bar: 4)]
    let both = Traversal.of([Pair].self).each().merge(
      Traversal.of(Pair.self).foo, Traversal.of(Pair.self).bar)
    #expect(both.iterate(pairs) == [1, 2, 3, 4])
    #expect(both.update(pairs, double) == [Pair(foo: 2, bar: 4), Pair(foo: 6, bar: 8)])
  }

  @Test func traverseEach() {
    let foos = Traversal.of([Foo].self).each().foo
    #expect(foos.iterate([Foo(foo: 1), Foo(foo: 2)]) == [1, 2])
    #expect(foos.update([Foo(foo: 1), Foo(foo: 2)], double) == [Foo(foo: 2), Foo(foo: 4)])
  }

  @Test func traverseEachOfDictionary() throws {
    let tree: Variables = ["foo": Tensor(1), "bar": Tensor(2)]
    let each = Traversal.of(Variables.self).each()
    #expect(try each.iterate(tree).map { try $0.tensor?.item(as: Int.self) } == [1, 2])
    let doubled = each.update(tree) { Variables(($0.tensor ?? Tensor(0)) * 2) }
    #expect(try doubled["bar"].tensor?.item(as: Int.self) == 4)
  }

  @Test func traverseTree() throws {
    let tree = [["foo": Tensor(1)], ["bar": Tensor(2)]]
    let tensors = Traversal.of([[String: Tensor]].self).tree()
    #expect(try tensors.iterate(tree).map { try $0.item(as: Int.self) } == [1, 2])
    let doubled = tensors.update(tree) { $0 * 2 }
    #expect(try doubled[1]["bar"]?.item(as: Int.self) == 4)
  }

  @Test func traverseFilter() {
    let negative = Traversal.of([Int].self).each().filter { $0 < 0 }
    #expect(negative.iterate([1, -2, 3, -4]) == [-2, -4])
    #expect(negative.update([1, -2, 3, -4]) { -$0 } == [1, 2, 3, 4])
  }

  @Test func setsAsManyValuesAsPlaces() throws {
    struct Holder: Equatable { var foo: [Int] }
    let holder = Holder(foo: [1, 2])
    let each = Traversal.of(Holder.self).foo.each()
    #expect(try each.set([3, 4], in: holder) == Holder(foo: [3, 4]))
    #expect {
      try each.set([3], in: holder)
    } throws: {
      "\($0)" == "1 values were given to be set in 2 places"
    }
    #expect(throws: LinenError.self) { try each.set([3, 4, 5], in: holder) }
  }
}
