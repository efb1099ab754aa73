import Tensor

/// What becomes of the examples left over behind the last whole batch.
public enum Remainder: Hashable, Sendable {
  /// They make a smaller batch.
  case keep
  /// They are left out.
  case drop
  /// They are filled up with zeros to a whole batch, so that all batches have one shape.
  case pad
}

/// The batches of a data set, each made when it is asked for.
public struct Batches<Example: TensorTree & Sendable>: RandomAccessCollection, Sendable {
  let dataset: Dataset<Example>
  /// The examples of all batches, one batch after the other.
  let order: [Int]
  /// The number of examples of a whole batch.
  public let size: Int
  let remainder: Remainder

  /// The number of batches.
  public var count: Int {
    remainder == .drop ? order.count / size : (order.count + size - 1) / size
  }

  /// The place of the first batch.
  public var startIndex: Int { 0 }

  /// The place behind the last batch.
  public var endIndex: Int { count }

  /// Makes the batch at `position`.
  public subscript(position: Int) -> Example {
    let examples = dataset[order.dropFirst(position * size).prefix(size)]
    let missing = size - exampleCount(position)
    guard remainder == .pad, missing > 0 else { return examples }
    return treeMap(examples) { padded($0, by: missing) }
  }

  /// Tells the examples of a batch from the zeros that fill it up, `[size]`; nil if there are none.
  ///
  /// A mean over the examples is taken with it as the mask of `mean`, or as weights.
  public func mask(_ position: Int) -> Tensor? {
    let present = exampleCount(position)
    guard remainder == .pad, present < size else { return nil }
    return Tensor((0..<size).map { $0 < present })
  }

  private func exampleCount(_ position: Int) -> Int {
    Swift.min(order.count - position * size, size)
  }
}

/// Lets a function that is compiled for batches of one size take smaller ones.
///
/// Zeros fill the first axes of all tensors up to `size`; the same places are cut off the result's.
/// Records an error if a batch is larger or the first axes differ. Mirrors
/// `flax.jax_utils.pad_shard_unpad` with `min_device_batch` on one device.
///
///     let predict = padUnpad(to: 64, jit { (x: Tensor) in try model.apply(variables) { $0(x) } })
public func padUnpad<Input: TensorTree, Output: TensorTree>(
  to size: Int, _ function: @escaping (Input) throws -> Output
) -> (Input) throws -> Output {
  { input in
    let leaves = treeLeaves(input)
    guard let count = leaves.first.map({ $0.rank > 0 ? $0.shape[0] : -1 }),
      leaves.allSatisfy({ $0.rank > 0 && $0.shape[0] == count }), (0...size).contains(count)
    else {
      throw TensorError(
        "padUnpad", .sizesDiffer(what: "numbers of examples"),
        leaves.enumerated().map { .init("tensor \($0)", $1.type) },
        hint: "all need one number of examples, at most \(size)")
    }
    let output = try function(treeMap(input) { padded($0, by: size - count) })
    return try withErrors { treeMap(output) { split($0, at: [count])[0] } }
  }
}

/// Adds zeros along the first axis.
private func padded(_ x: Tensor, by count: Int) -> Tensor {
  guard count > 0 else { return x }
  return concatenate([x, Tensor.zeros(x.shape.replacing(0, with: count), dtype: x.dtype)])
}
