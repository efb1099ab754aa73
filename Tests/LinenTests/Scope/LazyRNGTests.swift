import Linen
import Testing

/// Keys by flax.core.scope._fold_in_static at key(42), without and with separators.
@Suite struct LazyRNGTests {
  private func words(_ key: Key) throws -> [UInt32] { try key.data.scalars() }

  @Test(
    arguments: [
      (["Dense_0"], nil, [1_679_201_432, 1_498_379_994], [3_509_533_542, 983_329_022]),
      (["ab", "c"], 1, [3_179_423_742, 897_063_723], [685_994_881, 685_541_430]),
      (["a", "bc"], 1, [3_179_423_742, 897_063_723], [3_319_405_349, 854_077_396]),
      (
        ["encoder", "layers_3", "\u{FC}n\u{EF}"], 2, [2_453_791_177, 879_162_715],
        [2_736_417_729, 3_008_996_872]
      ),
      (["x"], 256, [3_938_946_996, 1_649_166_476], [3_264_127_095, 3_714_324_608]),
      (["x"], 0, [2_397_042_556, 1_748_647_212], [2_861_892_623, 2_813_298_041]),
      (["x"], 70000, [192_853_988, 1_447_569_494], [2_842_276_301, 463_176_749]),
    ] as [([String], UInt?, [UInt32], [UInt32])])
  func foldsPathAndCounter(
    path: [String], counter: UInt?, plain: [UInt32], separated: [UInt32]
  ) throws {
    for (separation, expected) in [(RNGs.Separation.none, plain), (.zeroByte, separated)] {
      let stream = path.reduce(LazyRNG(Key(42), separation: separation)) { $0.appending($1) }
      let key = counter.map { stream.key(counter: $0) } ?? stream.key
      #expect(try words(key) == expected)
    }
  }

  @Test func withoutPartsIsTheRoot() {
    #expect(LazyRNG(Key(42)).key == Key(42))
    #expect(LazyRNG(Key(42), separation: .zeroByte).key == Key(42))
  }

  @Test func keepsTheLayout() {
    let stream = LazyRNG(Key(1, layout: .original)).appending("Dense_0")
    #expect(stream.key(counter: 1).layout == .original)
    #expect(stream.key(counter: 1).data.type == ShapeDtype([2], .uint32))
  }

  @Test func isATreeOfItsRoot() {
    let stream = LazyRNG(Key(1)).appending("Dense_0")
    let moved = treeMap(stream) { _ in Key(2).data }
    #expect(moved == LazyRNG(Key(2)).appending("Dense_0"))
    #expect(treeLeaves(stream).count == 1)
  }
}
