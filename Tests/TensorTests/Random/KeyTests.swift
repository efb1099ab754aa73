import Tensor
import Testing

private func words(_ key: Key) throws -> [UInt32] { try key.data.scalars() }

@Suite struct KeyTests {
  @Test func seedsBecomeWordsAsInJAX() throws {
    #expect(try words(Key(0)) == [0, 0])
    #expect(try words(Key(5)) == [0, 5])
    #expect(try words(Key(-1)) == [0, .max])
    #expect(try words(Key((1 << 40) + 3)) == [0, 3])
    let (all, wide) = withDefaultPrecision(.x64) { (Key(-1), Key((1 << 40) + 3)) }
    #expect(try words(all) == [.max, .max])
    #expect(try words(wide) == [256, 3])
  }

  // jax.random.split(key(42), 3) and fold_in(key(42), n).
  @Test(
    arguments: [
      (
        ThreefryLayout.partitionable,
        [
          [1_832_780_943, 270_669_613], [64_467_757, 2_916_123_636], [2_465_931_498, 255_383_827],
        ]
      ),
      (
        .original,
        [
          [3_134_548_294, 3_733_159_049], [3_746_501_087, 894_150_801],
          [801_545_058, 2_363_201_431],
        ]
      ),
    ] as [(ThreefryLayout, [[UInt32]])])
  func splitsAsJAX(layout: ThreefryLayout, expected: [[UInt32]]) throws {
    let key = Key(42, layout: layout)
    let keys = key.split(3)
    let split = try keys.map(words)
    #expect(split == expected)
    #expect(keys.allSatisfy { $0.layout == layout })
    let stacked = key.split(into: [3])
    #expect(stacked.shape == [3])
    #expect((0..<3).allSatisfy { stacked[$0] == keys[$0] })
    #expect(stacked[-1] == keys[2])
    #expect(try words(key.foldIn(7)) == [2_547_012_911, 1_371_500_959])
    #expect(try words(key.foldIn(-3)) == [3_870_250_634, 4_275_682_102])
    #expect(key.foldIn(Tensor(7)) == key.foldIn(7))
  }

  @Test func batchesSplitAndFoldMemberByMember() throws {
    let batch = Key(1).split(into: [3])
    let split = batch.split(into: [2])
    #expect(split.shape == [3, 2])
    let folded = batch.foldIn(9)
    let foldedEach = batch.foldIn(Tensor([4, 5, 6]))
    for index in 0..<3 {
      #expect(split[index] == batch[index].split(into: [2]))
      #expect(folded[index] == batch[index].foldIn(9))
      #expect(foldedEach[index] == batch[index].foldIn(4 + index))
    }
  }

  @Test func comparesByLayoutAndData() {
    #expect(Key(3) == Key(3))
    #expect(Key(3) != Key(4))
    #expect(Key(3) != Key(3, layout: .original))
    #expect(Key(3).split(into: [2]) == Key(3).split(into: [2]))
    #expect(Key(3).split(into: [2]) != Key(3))
  }

  @Test func describesItself() {
    #expect("\(Key(42))" == "Key([0, 42])")
    #expect("\(Key(42, layout: .original))" == "Key([0, 42], layout: .original)")
    #expect("\(Key(42).split(into: [4]))" == "Key(u32[4,2])")
  }

  @Test func isATreeOfItsData() throws {
    let key = Key(6)
    let leaves = treeLeaves(["a": key])
    #expect(leaves.map(\.type) == [ShapeDtype([2], .uint32)])
    let other = treeMap(key) { _ in Tensor([1, 2] as [UInt32]) }
    #expect(try words(other) == [1, 2])
  }

  @Test func refusesOtherData() {
    #expect {
      try withErrors { Key(data: Tensor([1.0, 2.0])) }
    } throws: {
      "\($0)" == "Key: data is f32[2], expected u32[...,2]"
    }
    #expect {
      try withErrors { Key(0).split(into: [3])[3] }
    } throws: {
      "\($0)" == "Key: index is 3, expected one of 3 keys, data u32[3,2]"
    }
  }
}
