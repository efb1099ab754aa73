import CKernels
import Foundation

/// Random orders of the places along an axis: key data `uint32[batch..., 2]` to
/// `int32[batch..., shape...]`.
///
/// As `jax.random.permutation`: the elements are sorted by random words, several times over so that
/// equal words don't favour an order; each line along `axis` on its own.
package struct RandomPermutation: NonDifferentiable {
  package static let name = "random_permutation"
  package let shape: Shape
  package let axis: Int
  package let layout: ThreefryLayout

  package init(_ shape: Shape, axis: Int = 0, layout: ThreefryLayout) {
    self.shape = shape
    self.axis = axis
    self.layout = layout
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let batch = try KeyData.batch(Self.name, inputs[0], sampling: shape)
    let output = ShapeDtype(Shape(batch.dimensions + shape.dimensions), .int32)
    guard shape.indices.contains(axis) else {
      throw TensorError(
        Self.name, .axisOutOfRange(axis: axis, rank: shape.rank), placeholders: [output])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let result = NDArray(uninitialized: outputs[0])
    let words = NDArray(uninitialized: .uint32, shape)
    let count = shape.elementCount
    for (member, key) in KeyData.words(inputs[0]).enumerated() {
      let order = result.pointer(as: Int32.self) + member * count
      forEachLine { place, step in
        for index in 0..<shape.dimensions[axis] { order[place + index * step] = Int32(index) }
      }
      var key = key
      for _ in 0..<rounds {
        let draw = Threefry.split(key, 1, of: 2, layout)
        key = Threefry.split(key, 0, of: 2, layout)
        Sampling.fill(count, width: 32, layout) { layout, begin, end in
          ck_random_bits(draw.0, draw.1, 32, layout, words.data, count, begin, end)
        }
        sort(order, by: words.pointer())
      }
    }
    return [result]
  }

  /// How often to sort, so that no two elements are likely to have had equal words each time.
  private var rounds: Int {
    Int((3 * log(Double(max(1, shape.elementCount))) / log(Double(UInt32.max))).rounded(.up))
  }

  /// Calls `body` with the first place of each line along the axis and the step within it.
  private func forEachLine(_ body: (_ place: Int, _ step: Int) -> Void) {
    let inner = shape[axis + 1..<shape.rank].elementCount
    let outer = shape[0..<axis].elementCount
    for block in 0..<outer {
      for column in 0..<inner { body(block * shape.dimensions[axis] * inner + column, inner) }
    }
  }

  private func sort(_ order: UnsafeMutablePointer<Int32>, by words: UnsafeMutablePointer<UInt32>) {
    var sorter = LineSorter(length: shape.dimensions[axis])
    forEachLine { place, step in sorter.sort(order + place, by: words + place, step: step) }
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, [moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)]), [0])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// Sorts lines by 32-bit keys, by counting 11 bits at a time; equal keys keep their order.
private struct LineSorter {
  private struct Item {
    var key: UInt32
    var value: Int32
  }

  private static let digitBits: UInt32 = 11
  /// Up to here moving elements is less than counting 2048 digits.
  private static let shortLength = 64
  private var items: [Item]
  private var scratch: [Item]

  init(length: Int) {
    items = Array(repeating: Item(key: 0, value: 0), count: length)
    scratch = items
  }

  mutating func sort(
    _ values: UnsafeMutablePointer<Int32>, by keys: UnsafeMutablePointer<UInt32>, step: Int
  ) {
    for index in items.indices {
      items[index] = Item(key: keys[index * step], value: values[index * step])
    }
    if items.count <= LineSorter.shortLength {
      insertionSort()
    } else {
      for shift in [0, LineSorter.digitBits, 2 * LineSorter.digitBits] { pass(shift) }
    }
    for index in items.indices { values[index * step] = items[index].value }
  }

  private mutating func insertionSort() {
    for index in items.indices.dropFirst() {
      let item = items[index]
      var place = index
      while place > 0, items[place - 1].key > item.key {
        items[place] = items[place - 1]
        place -= 1
      }
      items[place] = item
    }
  }

  private mutating func pass(_ shift: UInt32) {
    let mask = UInt32(1) << LineSorter.digitBits - 1
    var starts = [Int](repeating: 0, count: Int(mask) + 1)
    for item in items { starts[Int(item.key >> shift & mask)] += 1 }
    var place = 0
    for digit in starts.indices { (starts[digit], place) = (place, place + starts[digit]) }
    for item in items {
      let digit = Int(item.key >> shift & mask)
      scratch[starts[digit]] = item
      starts[digit] += 1
    }
    swap(&items, &scratch)
  }
}
