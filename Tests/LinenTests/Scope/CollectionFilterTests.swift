import Linen
import Testing

@Suite struct CollectionFilterTests {
  private static let filters: [CollectionFilter] = [
    true, false, "a", ["a", "b"], ["b", "c"], .deny("a"), .deny(["a", "b"]), .deny(["b", "c"]),
    .deny(true), .deny(false), .deny(.deny("a")),
  ]
  private static let names = ["a", "b", "c", "d"]

  @Test(arguments: filters, filters)
  func algebraIsThatOfSets(_ x: CollectionFilter, _ y: CollectionFilter) {
    for name in Self.names {
      let (a, b) = (x.contains(name), y.contains(name))
      #expect(x.union(y).contains(name) == (a || b))
      #expect(x.intersection(y).contains(name) == (a && b))
      #expect(x.subtracting(y).contains(name) == (a && !b))
      #expect(CollectionFilter.deny(x).contains(name) == !a)
    }
  }

  @Test func nothingIsChosenByEmptyFilters() {
    #expect(CollectionFilter.none.isEmpty)
    #expect(CollectionFilter.deny(true).isEmpty)
    #expect(!CollectionFilter.deny("a").isEmpty)
    #expect(CollectionFilter.deny(.deny("a")) == "a")
    #expect("\(CollectionFilter.deny(["b", "a"]))" == "deny([\"a\", \"b\"])")
  }

  @Test func collectionsGoToTheFirstFilterThatChoosesThem() {
    let variables: Variables = [
      "a": ["x": Tensor(1)], "b": ["x": Tensor(1)], "c": ["x": Tensor(1)],
    ]
    let groups = variables.grouped(by: ["b", ["a", "b"], true])
    #expect(groups.map(\.keys) == [["b"], ["a"], ["c"]])
  }
}
