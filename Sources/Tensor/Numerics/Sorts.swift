/// Sorts along `axis` in rising order; without one, the flattened tensor.
///
/// Stable; NaN comes last.
public func sort(_ x: Tensor, axis: Int? = -1, descending: Bool = false) -> Tensor {
  guard let axis else {
    return sort(x.reshaped(to: [x.elementCount]), axis: 0, descending: descending)
  }
  guard x.rank > 0, let index = resolvedAxis("sort", x, axis) else { return x }
  let sorted = bind(Sort(axis: index), x)
  return descending ? flip(sorted, axes: [index]) : sorted
}

/// Finds the indices, of the default integer type, that sort along `axis`; without one, the flattened
/// tensor.
///
/// Stable, also in falling order: equal elements keep their order.
public func argsort(_ x: Tensor, axis: Int? = -1, descending: Bool = false) -> Tensor {
  guard let axis else {
    return argsort(x.reshaped(to: [x.elementCount]), axis: 0, descending: descending)
  }
  guard x.rank > 0, let index = resolvedAxis("argsort", x, axis) else {
    return Tensor.zeros(x.shape, dtype: .defaultInteger)
  }
  let places = iota(.defaultInteger, x.shape, axis: index)
  guard descending else { return bind(Sort(axis: index), [x, places])[1] }
  // Sorting the reversed tensor and reversing the result keeps the order of equal elements.
  let reversed = Rev(axes: [index])
  return bind(reversed, bind(Sort(axis: index), [bind(reversed, x), bind(reversed, places)])[1])
}

/// Takes the k largest elements along the last axis, largest first, and their int32 indices.
///
/// Of equal elements the one with the smaller index comes first.
public func topK(_ x: Tensor, _ k: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
  guard let index = resolvedAxis("topK", x, axis) else {
    return (x, Tensor.zeros(x.shape, dtype: .int32))
  }
  let results = bind(TopK(k, axis: index), [x])
  return (results[0], results[1])
}

/// Finds where `values` would be inserted into a rising vector to keep its order, as int32.
///
/// Before equal elements, or after them if `right`.
public func searchSorted(_ sorted: Tensor, _ values: Tensor, right: Bool = false) -> Tensor {
  guard sorted.rank == 1 else {
    record(
      TensorError(
        "searchSorted", .rankInvalid(rank: sorted.rank, expected: "1 for the sorted vector"),
        [.init("sorted", sorted.type), .init("values", values.type)]))
    return Tensor.zeros(values.shape, dtype: .int32)
  }
  let column = values.expandingAxis(values.rank)
  let isBefore = right ? sorted .<= column : sorted .< column
  return sum(isBefore, axes: [-1], dtype: .int32)
}
