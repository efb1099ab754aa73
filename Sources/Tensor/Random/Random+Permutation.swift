extension Random {
  /// Draws a random order of the numbers below `count`, of the default integer type.
  public static func permutation(_ key: Key, _ count: Int) -> Tensor {
    if let placeholder = refuse("permutation", key, [count], .int32, unless: true, "") {
      return placeholder
    }
    return bind(RandomPermutation([count], layout: key.layout), key.data)
      .cast(to: .defaultInteger)
  }

  /// Puts the slices of `x` along `axis` in a random order.
  ///
  /// If `isIndependent`, the elements of each line along the axis in an order of their own. Records
  /// an error if there is no such axis.
  public static func permutation(
    _ key: Key, _ x: Tensor, axis: Int = 0, isIndependent: Bool = false
  ) -> Tensor {
    if let placeholder = refuse("permutation", key, x.shape, x.dtype, unless: true, "") {
      return placeholder
    }
    guard let axis = resolvedAxis("Random.permutation", x, axis) else { return x }
    if isIndependent || x.rank == 1 {
      let order = bind(RandomPermutation(x.shape, axis: axis, layout: key.layout), key.data)
      return takeAlongAxis(x, order, axis: axis, outOfBounds: .promiseInBounds)
    }
    let order = bind(RandomPermutation([x.shape[axis]], layout: key.layout), key.data)
    return take(x, order, axis: axis, outOfBounds: .promiseInBounds)
  }
}
