import Tensor

/// Examples in memory: a tree of tensors whose first axes count the same examples.
///
///     let examples = try Dataset(["image": images, "label": labels])
///     let (train, test) = examples.split(testFraction: 0.2, Key(0))
///     for batch in train.batches(of: 64, shuffledBy: key) { ... batch["image"] ... }
public struct Dataset<Example: TensorTree & Sendable>: Sendable {
  /// The tensors, each `[examples, ...]`.
  public let arrays: Example
  /// The number of examples.
  public let count: Int

  /// Creates a data set of tensors `[examples, ...]`.
  /// - Throws: an error if there is no tensor or their first axes differ.
  public init(_ arrays: Example) throws {
    let leaves = treeLeavesWithPath(arrays)
    guard let first = leaves.first else {
      throw TensorError("Dataset", .other("there is no tensor"))
    }
    for (path, leaf) in leaves {
      guard leaf.rank > 0, leaf.array != nil else {
        throw TensorError(
          "Dataset", .rankInvalid(rank: leaf.rank, expected: "at least 1 and a known value"),
          [.init("tensor\(path)", leaf.type)])
      }
      guard leaf.shape[0] == first.leaf.shape[0] else {
        throw TensorError(
          "Dataset", .sizesDiffer(what: "numbers of examples"),
          [
            .init("tensor\(first.path)", first.leaf.type, axis: 0),
            .init("tensor\(path)", leaf.type, axis: 0),
          ])
      }
    }
    self.init(arrays, count: first.leaf.shape[0])
  }

  private init(_ arrays: Example, count: Int) {
    self.arrays = arrays
    self.count = count
  }

  /// The examples at `indices`, in that order, each tensor `[indices, ...]`.
  ///
  /// Records an error if an index is out of range.
  public subscript(indices: some Collection<Int>) -> Example {
    for index in indices where !(0..<count).contains(index) {
      record(
        TensorError(
          "Dataset",
          .argumentInvalid(name: "index", value: "\(index)", expected: "one in 0..<\(count)")))
      return arrays
    }
    return treeMap(arrays) { $0.array.map { Tensor(rows(of: $0.contiguous(), indices)) } ?? $0 }
  }

  /// Splits the examples at random into those to train with and those to test with.
  ///
  /// The same key gives the same split. `testFraction` is a part of 1; the test set's size is
  /// rounded to the nearest number.
  public func split(
    testFraction: Double, _ key: Key
  ) throws -> (train: Dataset, test: Dataset) {
    guard (0...1).contains(testFraction) else {
      throw TensorError(
        "split",
        .argumentInvalid(name: "testFraction", value: "\(testFraction)", expected: "0 to 1"))
    }
    let order = try Random.permutation(key, count).scalars(as: Int32.self).map(Int.init)
    let testCount = Int((Double(count) * testFraction).rounded())
    let (test, train) = (order.prefix(testCount), order.dropFirst(testCount))
    return (Dataset(self[train], count: train.count), Dataset(self[test], count: test.count))
  }

  /// Goes over the examples in batches, in an order drawn from `key`, or as they are without one.
  ///
  /// The order is that of `jax.random.permutation`.
  /// - Throws: an error if the size is not positive.
  public func batches(
    of size: Int, shuffledBy key: Key? = nil, remainder: Remainder = .keep
  ) throws -> Batches<Example> {
    guard size > 0 else {
      throw TensorError(
        "batches", .argumentInvalid(name: "size", value: "\(size)", expected: "at least 1"))
    }
    let order = try key.map { try Random.permutation($0, count).scalars(as: Int32.self) }
    return Batches(
      dataset: self, order: order?.map(Int.init) ?? Array(0..<count), size: size,
      remainder: remainder)
  }
}

/// Copies the chosen slices along the first axis.
private func rows(of array: NDArray, _ indices: some Collection<Int>) -> NDArray {
  let shape = array.shape.replacing(0, with: indices.count)
  let result = NDArray(uninitialized: array.dtype, shape)
  let width = shape.removing([0]).elementCount * array.dtype.byteSize
  withExtendedLifetime(array) {
    for (position, index) in indices.enumerated() {
      (result.data + position * width).copyMemory(
        from: array.data + index * width, byteCount: width)
    }
  }
  return result
}
