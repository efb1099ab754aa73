/// An element type that windows combine.
protocol WindowScalar: Comparable, AdditiveGrowth {
  /// What the maximum of no elements is.
  static var lowest: Self { get }
  /// What the minimum of no elements is.
  static var highest: Self { get }
  /// Whether the value is not a number, which every maximum and minimum keeps.
  var isUnordered: Bool { get }
}

/// Addition that wraps for integers.
protocol AdditiveGrowth: ExpressibleByIntegerLiteral {
  static func grown(_ a: Self, _ b: Self) -> Self
}

extension AdditiveGrowth where Self: FixedWidthInteger {
  static func grown(_ a: Self, _ b: Self) -> Self { a &+ b }
}

extension AdditiveGrowth where Self: FloatingPoint {
  static func grown(_ a: Self, _ b: Self) -> Self { a + b }
}

extension WindowScalar where Self: FixedWidthInteger {
  static var lowest: Self { .min }
  static var highest: Self { .max }
  var isUnordered: Bool { false }
}

extension WindowScalar where Self: FloatingPoint {
  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
  var isUnordered: Bool { isNaN }
}

extension Float: WindowScalar {}
extension Double: WindowScalar {}
extension Int8: WindowScalar {}
extension Int16: WindowScalar {}
extension Int32: WindowScalar {}
extension Int64: WindowScalar {}
extension UInt8: WindowScalar {}
extension UInt16: WindowScalar {}
extension UInt32: WindowScalar {}
extension UInt64: WindowScalar {}

extension Windows {
  static func table<T: WindowScalar>(
    _ combination: Combination, _ groups: WindowGroups, _ x: NDArray, _ result: NDArray,
    as type: T.Type
  ) {
    let table = groups.table
    let inner = groups.inner
    let (px, py) = (x.pointer(as: T.self), result.pointer(as: T.self))
    defer { withExtendedLifetime(x) {} }
    let identity: T =
      switch combination {
      case .sum: 0
      case .max: T.lowest
      case .min: T.highest
      }
    parallelPlaces(groups, table) { image, place in
      let y = py + (image * table.places + place) * inner
      y.update(repeating: identity, count: inner)
      for tap in 0..<table.taps {
        let entry = table.entries[place * table.taps + tap]
        guard entry >= 0 else { continue }
        let source = px + (image * table.inputs + Int(entry)) * inner
        switch combination {
        case .sum: for c in 0..<inner { y[c] = T.grown(y[c], source[c]) }
        case .max:
          for c in 0..<inner where source[c] > y[c] || source[c].isUnordered { y[c] = source[c] }
        case .min:
          for c in 0..<inner where source[c] < y[c] || source[c].isUnordered { y[c] = source[c] }
        }
      }
    }
  }

  static func scatterTable<T: WindowScalar>(
    _ choice: Combination, _ groups: WindowGroups, _ x: NDArray, _ source: NDArray,
    _ result: NDArray, as type: T.Type
  ) {
    let table = groups.table
    let (px, ps, py) = (
      x.pointer(as: T.self), source.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, source)) {} }
    py.update(repeating: 0, count: result.count)
    // Windows overlap: one thread an image.
    images(groups) { image in
      for place in 0..<table.places {
        for c in 0..<groups.inner {
          guard let chosen = chosen(choice, table, place, px, image, c, groups.inner) else {
            continue
          }
          let value = ps[(image * table.places + place) * groups.inner + c]
          py[chosen] = T.grown(py[chosen], value)
        }
      }
    }
  }

  static func gatherTable<T: WindowScalar>(
    _ choice: Combination, _ groups: WindowGroups, _ x: NDArray, _ tangents: NDArray,
    _ result: NDArray, as type: T.Type
  ) {
    let table = groups.table
    let (px, pt, py) = (
      x.pointer(as: T.self), tangents.pointer(as: T.self), result.pointer(as: T.self)
    )
    defer { withExtendedLifetime((x, tangents)) {} }
    parallelPlaces(groups, table) { image, place in
      for c in 0..<groups.inner {
        let chosen = chosen(choice, table, place, px, image, c, groups.inner)
        py[(image * table.places + place) * groups.inner + c] = chosen.map { pt[$0] } ?? 0
      }
    }
  }

  /// The index of the window's first largest or smallest element; nil for a window on padding.
  @inline(__always)
  private static func chosen<T: WindowScalar>(
    _ choice: Combination, _ table: WindowTable, _ place: Int, _ x: UnsafePointer<T>, _ image: Int,
    _ channel: Int, _ inner: Int
  ) -> Int? {
    var best: Int?
    for tap in 0..<table.taps {
      let entry = table.entries[place * table.taps + tap]
      guard entry >= 0 else { continue }
      let index = (image * table.inputs + Int(entry)) * inner + channel
      if let current = best {
        let keeps = choice == .min ? x[current] <= x[index] : x[current] >= x[index]
        if keeps { continue }
      }
      best = index
    }
    return best
  }

  private static func parallelPlaces(
    _ groups: WindowGroups, _ table: WindowTable, _ body: (_ image: Int, _ place: Int) -> Void
  ) {
    let work = max(1, table.taps * groups.inner)
    let grain = max(1, RowLoop.parallelThreshold / work)
    parallelRanges(groups.outer * table.places, grain: grain) { range in
      for index in range {
        let (image, place) = index.quotientAndRemainder(dividingBy: table.places)
        body(image, place)
      }
    }
  }
}
