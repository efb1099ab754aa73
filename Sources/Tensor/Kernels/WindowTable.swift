/// The input place under each element of a window at each place of the output.
package struct WindowTable {
  /// For place p and tap t, in row-major order, entry `p * taps + t`; -1 on padding or a gap.
  package let entries: [Int32]
  package let places: Int
  package let taps: Int
  /// The number of input places.
  package let inputs: Int

  /// Builds the table over some axes, with their sizes.
  package init(_ window: [ConvWindow.Axis], input: [Int], kernel: [Int], output: [Int]) {
    var table: [Int32] = [0]
    // Axis by axis: [places so far, taps so far] grows to [places, taps] of one axis more.
    var (places, taps) = (1, 1)
    for axis in window.indices {
      var next = [Int32](repeating: -1, count: places * output[axis] * taps * kernel[axis])
      for place in 0..<output[axis] {
        for tap in 0..<kernel[axis] {
          let source = window[axis].source(place: place, tap: tap, input: input[axis])
          guard let source else { continue }
          for p in 0..<places {
            for t in 0..<taps where table[p * taps + t] >= 0 {
              next[((p * output[axis] + place) * taps + t) * kernel[axis] + tap] =
                table[p * taps + t] * Int32(input[axis]) + Int32(source)
            }
          }
        }
      }
      table = next
      places *= output[axis]
      taps *= kernel[axis]
    }
    entries = table
    self.places = places
    self.taps = taps
    inputs = input.reduce(1, *)
  }
}
