extension Random {
  /// Draws a random order of the numbers below `count`, of the default integer type.
  public static func permutation(_ key: Key, _ count: Int) -> Tensor {
    if let placeholder = refuse(
      "permutation", key, [count], .int32, unless: true, "")
    {
      return placeholder
    }
    return bind(RandomPermutation([count], layout: key.layout), key.data)
      .cast(to: .defaultInteger)
  }
}
