extension Tensor {
  /// The tensor with some elements changed: `x.at[0, 1..<3].set(y)`, `x.at[ids].add(y)`.
  ///
  /// The tensor itself stays as it is. Mirrors `jax.numpy.ndarray.at`.
  public var at: TensorUpdater { TensorUpdater(tensor: self) }
}

/// A tensor of which elements are going to be named; see ``Tensor/at``.
public struct TensorUpdater: Sendable {
  fileprivate let tensor: Tensor

  /// Names elements as a tensor's own subscript does.
  public subscript(index: any TensorIndexing...) -> TensorPlaces { TensorPlaces(tensor, index) }

  /// Names elements with whole axes first.
  public subscript(whole: UnboundedRange, rest: any TensorIndexing...) -> TensorPlaces {
    TensorPlaces(tensor, [TensorIndex.ellipsis] + rest)
  }

  /// Names elements with whole axes after the first index.
  public subscript(
    first: any TensorIndexing, whole: UnboundedRange, rest: any TensorIndexing...
  ) -> TensorPlaces {
    TensorPlaces(tensor, [first, TensorIndex.ellipsis] + rest)
  }
}

/// Some elements of a tensor, to be changed; see ``Tensor/at``.
///
/// Values broadcast to the elements' shape and take the tensor's dtype. Of several values for one
/// element, `set` keeps the last and the others combine all. Indices in tensors that are out of
/// bounds are left out. A mask whose values are not known, as inside `jit`, takes scalar values.
public struct TensorPlaces: Sendable {
  private let tensor: Tensor
  private let index: [TensorIndex]

  fileprivate init(_ tensor: Tensor, _ index: [any TensorIndexing]) {
    self.tensor = tensor
    self.index = index.map(\.tensorIndex)
  }

  /// Takes the elements.
  public func get() -> Tensor { tensor.indexed(index) }

  /// Replaces the elements.
  public func set(_ values: Tensor) -> Tensor { scatter(.set, values) }

  /// Adds to the elements.
  public func add(_ values: Tensor) -> Tensor { scatter(.add, values) }

  /// Subtracts from the elements.
  public func subtract(_ values: Tensor) -> Tensor { scatter(.add, -values) }

  /// Multiplies the elements.
  public func multiply(_ values: Tensor) -> Tensor { scatter(.mul, values) }

  /// Divides the elements.
  public func divide(_ values: Tensor) -> Tensor {
    tensor / Tensor.ones(tensor.shape, dtype: tensor.dtype).at(index).multiply(values)
  }

  /// Takes the smaller of each element and a value.
  public func min(_ values: Tensor) -> Tensor { scatter(.min, values) }

  /// Takes the larger of each element and a value.
  public func max(_ values: Tensor) -> Tensor { scatter(.max, values) }

  private func scatter(_ combination: Scatter.Combination, _ values: Tensor) -> Tensor {
    if let mask, values.rank == 0 { return masked(combination, mask, values) }
    do throws(TensorError) {
      let plan = try IndexPlan(index, tensor.type)
      let values = values.converted(tensor.dtype)
      if plan.isBlock { return try block(combination, plan, values) }
      if plan.isWhole(tensor.type) { return try slices(combination, plan, values) }
      return try elements(combination, plan, values)
    } catch {
      record(error)
      return tensor
    }
  }

  /// The index, if it is a mask over the leading axes.
  private var mask: Tensor? {
    guard index.count == 1, case .tensor(let mask) = index[0], mask.dtype == .bool,
      mask.shape.dimensions == Array(tensor.shape.dimensions.prefix(mask.rank))
    else { return nil }
    return mask
  }

  /// One value for all elements where a mask holds, which then need not be known.
  private func masked(
    _ combination: Scatter.Combination, _ mask: Tensor, _ value: Tensor
  ) -> Tensor {
    let axes = Array(mask.shape.indices)
    let holds: Tensor = bind(BroadcastInDim(tensor.shape, axes: axes), mask)
    let value = value.converted(tensor.dtype)
    let changed =
      switch combination {
      case .set: value
      case .add: tensor + value
      case .mul: tensor * value
      case .min: minimum(tensor, value)
      case .max: maximum(tensor, value)
      }
    return which(holds, changed, tensor)
  }

  private func fitted(_ values: Tensor, to shape: Shape) throws(TensorError) -> Tensor {
    guard values.shape.broadcast(with: shape) == shape else {
      throw TensorError(
        "at", .shapesDiffer,
        [.init("values", values.type), .init("elements", tensor.type.with(shape: shape))])
    }
    return values.expanded(to: shape)
  }

  /// A block of neighbouring elements: one slice.
  private func block(
    _ combination: Scatter.Combination, _ plan: IndexPlan, _ values: Tensor
  ) throws(TensorError) -> Tensor {
    let sizes = zip(plan.slice.start, plan.slice.limit).map { $1 - $0 }
    let update = try fitted(values, to: plan.shape).reshaped(to: Shape(sizes))
    let all = Array(sizes.indices)
    let operation = Scatter(
      combination, IndexAxes(offset: all, collapsed: [], startMap: all), mode: .promiseInBounds,
      isUnique: true)
    return bind(operation, tensor, Tensor(plan.slice.start, dtype: .int64), update)
  }

  /// Index tensors and whole axes: slices that reach through those axes.
  private func slices(
    _ combination: Scatter.Combination, _ plan: IndexPlan, _ values: Tensor
  ) throws(TensorError) -> Tensor {
    let (axes, indices) = try plan.gathering(tensor.type)
    let kept = axes.windowAxes(rank: tensor.rank).map { tensor.shape.dimensions[$0] }
    var sizes = Array(indices.shape.dimensions.dropLast())
    for (place, size) in zip(axes.offset, kept) { sizes.insert(size, at: place) }
    let operation = Scatter(combination, axes, mode: .fill(.zero))
    return bind(operation, tensor, indices, try fitted(values, to: Shape(sizes)))
  }

  /// Anything else: one element at a time, by the number each has in row-major order.
  private func elements(
    _ combination: Scatter.Combination, _ plan: IndexPlan, _ values: Tensor
  ) throws(TensorError) -> Tensor {
    let count = tensor.elementCount
    let numbers = iota(.int64, [count]).reshaped(to: tensor.shape)
    let outside = IndexMode.fill(.number((-1.0).bitPattern))
    let places = try IndexPlan(index, numbers.type).taken(from: numbers, outside)
    let update = try fitted(values, to: places.shape)
    let operation = Scatter(
      combination, IndexAxes(offset: [], collapsed: [0], startMap: [0]), mode: .fill(.zero),
      isUnique: plan.arrays.isEmpty)
    let result = bind(
      operation, tensor.reshaped(to: [count]),
      places.reshaped(to: [places.elementCount, 1]), update.reshaped(to: [places.elementCount]))
    return result.reshaped(to: tensor.shape)
  }
}

extension Tensor {
  fileprivate func at(_ index: [TensorIndex]) -> TensorPlaces { TensorPlaces(self, index) }
}
