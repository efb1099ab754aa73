/// One part of an index into a tensor.
public enum TensorIndex: Sendable {
  /// One place along an axis, which is dropped; negative counts from the end.
  case at(Int)
  /// Places from `start` to below `stop` in steps of `step`; nil is the end that the step leads
  /// from or to. Bounds outside of the axis are cut, negative ones count from the end.
  case slice(start: Int?, stop: Int?, step: Int)
  /// As many whole axes as are not named otherwise.
  case ellipsis
  /// A new axis of size 1.
  case newAxis
  /// Places that an integer tensor names, or those where a bool tensor is true.
  case tensor(Tensor)
}

/// What can stand in the brackets of a tensor: integers, ranges, tensors and ``TensorIndex``
/// itself.
public protocol TensorIndexing: Sendable {
  /// The part of an index that this value stands for.
  var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexing {
  /// Itself.
  public var tensorIndex: TensorIndex { self }
}

extension Int: TensorIndexing {
  /// One place.
  public var tensorIndex: TensorIndex { .at(self) }
}

extension Range: TensorIndexing where Bound == Int {
  /// The places of the range.
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, stop: upperBound, step: 1) }
}

extension ClosedRange: TensorIndexing where Bound == Int {
  /// The places of the range, up to the last.
  public var tensorIndex: TensorIndex {
    .slice(start: lowerBound, stop: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}

extension PartialRangeFrom: TensorIndexing where Bound == Int {
  /// The places from the bound on.
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, stop: nil, step: 1) }
}

extension PartialRangeUpTo: TensorIndexing where Bound == Int {
  /// The places below the bound.
  public var tensorIndex: TensorIndex { .slice(start: nil, stop: upperBound, step: 1) }
}

extension PartialRangeThrough: TensorIndexing where Bound == Int {
  /// The places up to the bound.
  public var tensorIndex: TensorIndex {
    .slice(start: nil, stop: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}

extension Tensor: TensorIndexing {
  /// The places that this tensor names.
  public var tensorIndex: TensorIndex { .tensor(self) }
}

/// Makes the index from `start` to below `stop` in steps of `step`, as Python's `slice`.
///
/// For what Swift's ranges can't say: a step, or both bounds counted from different ends.
public func slice(_ start: Int?, _ stop: Int?, step: Int = 1) -> TensorIndex {
  .slice(start: start, stop: stop, step: step)
}

extension Tensor {
  /// Takes elements by NumPy's rules: `x[0]`, `x[1..<3, -1]`, `x[slice(0, nil, step: 2)]`,
  /// `x[ids]`.
  ///
  /// Integers drop their axis; a range's bounds are cut to the axis; tensors of integers broadcast
  /// together, and their axes take the place of those they index, or come first where other parts
  /// stand between them. Indices in tensors that are out of bounds are moved inside, as in JAX; an
  /// integer out of bounds records an error.
  public subscript(index: any TensorIndexing...) -> Tensor { indexed(index) }

  /// Takes elements with whole axes first: `x[..., 0]`.
  public subscript(whole: UnboundedRange, rest: any TensorIndexing...) -> Tensor {
    indexed([TensorIndex.ellipsis] + rest)
  }

  /// Takes elements with whole axes after the first index: `x[0, ..., 1]`.
  public subscript(
    first: any TensorIndexing, whole: UnboundedRange, rest: any TensorIndexing...
  ) -> Tensor {
    indexed([first, TensorIndex.ellipsis] + rest)
  }

  /// Takes elements with whole axes after the second index: `x[0, 1..<3, ..., 1]`.
  public subscript(
    first: any TensorIndexing, second: any TensorIndexing, whole: UnboundedRange,
    rest: any TensorIndexing...
  ) -> Tensor {
    indexed([first, second, TensorIndex.ellipsis] + rest)
  }

  /// Takes elements by a list of index parts.
  public func indexed(_ index: [any TensorIndexing]) -> Tensor {
    do throws(TensorError) {
      return try IndexPlan(index.map(\.tensorIndex), type).taken(from: self, .promiseInBounds)
    } catch {
      record(error)
      return self
    }
  }
}
