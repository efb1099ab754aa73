/// How the axes of an operand, of start indices and of slices belong together in gather and
/// scatter.
///
/// Each start index, a vector along the last axis of the indices, places a slice in the operand.
/// The terms are those of `jax.lax.GatherDimensionNumbers`.
package struct IndexAxes: Hashable, Sendable {
  /// The axes of the gathered result, or of the updates, that run through a slice.
  package let offset: [Int]
  /// The operand's axes along which slices have size 1 and which the result does not have.
  package let collapsed: [Int]
  /// The operand's axis that each component of a start index counts along.
  package let startMap: [Int]
  /// The operand's axes that go in step with the indices' axes of `indexBatching`.
  package let operandBatching: [Int]
  package let indexBatching: [Int]

  package init(
    offset: [Int], collapsed: [Int], startMap: [Int], operandBatching: [Int] = [],
    indexBatching: [Int] = []
  ) {
    self.offset = offset
    self.collapsed = collapsed
    self.startMap = startMap
    self.operandBatching = operandBatching
    self.indexBatching = indexBatching
  }

  /// The operand's axes that a slice keeps.
  package func windowAxes(rank: Int) -> [Int] {
    (0..<rank).filter { !collapsed.contains($0) && !operandBatching.contains($0) }
  }

  /// The same with a batch axis in front of the operand and the slices, but not of the indices.
  package var batchingOperand: IndexAxes {
    IndexAxes(
      offset: [0] + offset.map { $0 + 1 }, collapsed: collapsed.map { $0 + 1 },
      startMap: startMap.map { $0 + 1 }, operandBatching: operandBatching.map { $0 + 1 },
      indexBatching: indexBatching)
  }

  /// The same with a batch axis in front of the indices and the slices, but not of the operand.
  package var batchingIndices: IndexAxes {
    IndexAxes(
      offset: offset.map { $0 + 1 }, collapsed: collapsed, startMap: startMap,
      operandBatching: operandBatching, indexBatching: indexBatching.map { $0 + 1 })
  }

  /// The same with a batch axis in front of all.
  package var batchingAll: IndexAxes {
    IndexAxes(
      offset: offset.map { $0 + 1 }, collapsed: collapsed.map { $0 + 1 },
      startMap: startMap.map { $0 + 1 }, operandBatching: [0] + operandBatching.map { $0 + 1 },
      indexBatching: [0] + indexBatching.map { $0 + 1 })
  }

  /// What is wrong with these axes for an operand and indices; nil if nothing is.
  package func mistake(_ operand: Shape, _ indices: Shape, _ sliceSizes: [Int]) -> String? {
    guard indices.rank >= 1 else { return "indices of at least one axis" }
    guard indices.dimensions[indices.rank - 1] == startMap.count else {
      return "\(startMap.count) components along the last axis of the indices"
    }
    guard operand.resolve(axes: startMap) == startMap,
      operand.resolve(axes: collapsed + operandBatching) == collapsed + operandBatching,
      !startMap.contains(where: operandBatching.contains)
    else { return "distinct axes of the operand" }
    guard operandBatching.count == indexBatching.count,
      indices.resolve(axes: indexBatching) == indexBatching,
      !indexBatching.contains(indices.rank - 1),
      zip(operandBatching, indexBatching).allSatisfy({
        operand.dimensions[$0] == indices.dimensions[$1]
      })
    else { return "batching axes of equal sizes in operand and indices" }
    guard sliceSizes.count == operand.rank,
      zip(sliceSizes, operand).allSatisfy({ 0 <= $0 && $0 <= $1 })
    else { return "slices no larger than the operand" }
    guard (collapsed + operandBatching).allSatisfy({ sliceSizes[$0] <= 1 }) else {
      return "slices of size 1 along collapsed and batching axes"
    }
    let rank = indices.rank - 1 + offset.count
    guard offset.count == windowAxes(rank: operand.rank).count,
      Shape([Int](repeating: 1, count: rank)).resolve(axes: offset) == offset,
      offset == offset.sorted()
    else { return "a rising offset axis for each axis of a slice" }
    return nil
  }
}

/// What becomes of slices that don't lie within the operand.
package enum IndexMode: Hashable, Sendable {
  /// They are moved inside.
  case clip
  /// There are none; if there are, gather moves them inside and scatter leaves them out, as in XLA.
  case promiseInBounds
  /// Gather gives a value instead; scatter leaves them out.
  case fill(IndexFill)
}

/// What a gather gives where a slice does not lie within the operand.
package enum IndexFill: Hashable, Sendable {
  /// NaN; the lowest signed, the highest unsigned integer; true.
  case standard
  /// The double with these bits (a NaN would not be equal to itself).
  case number(UInt64)

  package static let zero = IndexFill.number(0)

  package func scalar(_ dtype: DType) -> NDArray {
    let type = ShapeDtype(.scalar, dtype)
    switch self {
    case .number(let bits): return NDArray.filled(Double(bitPattern: bits), type)
    case .standard:
      if dtype == .bool { return NDArray.filled(true, type) }
      if dtype.isInexact { return NDArray.filled(Double.nan, type) }
      return dtype.isUnsigned
        ? NDArray.filled(dtype.integerBounds.high, type)
        : NDArray.filled(dtype.integerBounds.low, type)
    }
  }
}
