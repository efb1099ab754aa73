/// The sizes of a tensor's axes, outermost first.
///
/// The subscript is total: it takes negative axes, counted from the end, and an axis out of range
/// records an error and gives 1 instead of trapping, so that a shape never crashes a program.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The sizes as an array.
  public let dimensions: [Int]

  /// Creates a shape from the sizes of its axes.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// Creates a shape from the sizes of its axes.
  public init(arrayLiteral elements: Int...) { self.dimensions = elements }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the sizes, 1 for a scalar.
  public var elementCount: Int {
    var product = 1
    for size in dimensions { product *= size }
    return product
  }

  /// The size of an axis; negative axes count from the end.
  ///
  /// Records an error and gives 1 if there is no such axis.
  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? axis + dimensions.count : axis
    guard dimensions.indices.contains(index) else {
      record(
        TensorError(
          "shape", .axisOutOfRange(axis: axis, rank: rank),
          hint: "shape \(self) has axes \(-rank) to \(rank - 1)"))
      return 1
    }
    return dimensions[index]
  }

  /// The sizes of the axes in `range`, cut to those that exist.
  public subscript(range: some RangeExpression<Int>) -> Shape {
    Shape(Array(dimensions[range.relative(to: dimensions).clamped(to: 0..<rank)]))
  }
}

extension Shape: Sequence {
  /// Goes over the sizes, outermost first.
  public func makeIterator() -> IndexingIterator<[Int]> { dimensions.makeIterator() }

  /// The axes, 0 to rank - 1.
  public var indices: Range<Int> { dimensions.indices }
}

extension Shape: CustomStringConvertible {
  /// The sizes in brackets, such as `[2, 3]`.
  public var description: String { dimensions.description }
}

extension Shape {
  package static let scalar = Shape([])

  /// Resolves negative axes; nil if one is out of range or named twice.
  package func resolve(axes: [Int]) -> [Int]? {
    var resolved: [Int] = []
    resolved.reserveCapacity(axes.count)
    for axis in axes {
      let index = axis < 0 ? axis + rank : axis
      guard index >= 0, index < rank, !resolved.contains(index) else { return nil }
      resolved.append(index)
    }
    return resolved
  }

  /// The shape that both broadcast to by NumPy's rules; nil if they don't.
  package func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    let rank = Swift.max(self.rank, other.rank)
    var sizes = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let a = axis - (rank - self.rank)
      let b = axis - (rank - other.rank)
      let x = a < 0 ? 1 : dimensions[a]
      let y = b < 0 ? 1 : other.dimensions[b]
      guard x == y || x == 1 || y == 1 else { return nil }
      sizes[axis] = x == 1 ? y : x
    }
    return Shape(sizes)
  }

  /// A copy with another size at `axis`.
  package func replacing(_ axis: Int, with size: Int) -> Shape {
    var sizes = dimensions
    sizes[axis] = size
    return Shape(sizes)
  }

  /// A copy with an axis inserted before `axis`.
  package func inserting(_ size: Int, at axis: Int) -> Shape {
    var sizes = dimensions
    sizes.insert(size, at: axis)
    return Shape(sizes)
  }

  /// A copy without the axes, which are resolved already.
  package func removing(_ axes: [Int]) -> Shape {
    Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }

  /// The strides, in elements, of a row-major array of this shape.
  package var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in dimensions.indices.reversed() {
      strides[axis] = step
      step *= Swift.max(dimensions[axis], 1)
    }
    return strides
  }
}
