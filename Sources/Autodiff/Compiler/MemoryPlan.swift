/// Places for temporary values in one block of memory: values that live at different times share it.
struct MemoryPlan {
  /// The bytes of the block so far.
  private(set) var size = 0
  private var free: [Range<Int>] = []

  /// A place for `bytes`: the smallest free one that is large enough.
  mutating func allocate(_ bytes: Int) -> Range<Int> {
    let need = max(64, (bytes + 63) / 64 * 64)
    let fit = free.indices.filter { free[$0].count >= need }.min { free[$0].count < free[$1].count }
    if let fit {
      let range = free[fit]
      let taken = range.lowerBound..<range.lowerBound + need
      if range.count == need {
        free.remove(at: fit)
      } else {
        free[fit] = taken.upperBound..<range.upperBound
      }
      return taken
    }
    // Grow from the free place at the end, if there is one.
    if let last = free.indices.first(where: { free[$0].upperBound == size }) {
      let start = free.remove(at: last).lowerBound
      size = start + need
      return start..<size
    }
    defer { size += need }
    return size..<size + need
  }

  /// Gives a place back, and joins it with its free neighbours.
  mutating func release(_ range: Range<Int>) {
    var range = range
    free.removeAll { other in
      if other.upperBound == range.lowerBound {
        range = other.lowerBound..<range.upperBound
        return true
      }
      if other.lowerBound == range.upperBound {
        range = range.lowerBound..<other.upperBound
        return true
      }
      return false
    }
    free.append(range)
  }
}
