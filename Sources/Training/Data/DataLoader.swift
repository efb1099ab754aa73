import Tensor

/// Goes over a data set in epochs of batches, each epoch in an order of its own, from any place on.
///
///     let loader = try DataLoader(examples, batchSize: 64, shuffledBy: Key(1))
///     for batch in try loader.batches(from: state.dataPosition ?? DataPosition(), epochs: 10) {
///       state = try step(state, batch.examples).state
///       state.dataPosition = batch.next
///       if batch.endsEpoch { ... }
///     }
///
/// The order of an epoch depends on the key and the epoch's number alone, so that a training that is
/// resumed sees the batches it would have seen.
public struct DataLoader<Example: TensorTree & Sendable>: Sendable {
  /// The examples.
  public let dataset: Dataset<Example>
  /// The number of examples of a batch.
  public let batchSize: Int
  /// What the orders of the epochs are drawn from.
  public let key: Key?
  /// What becomes of the examples behind the last whole batch.
  public let remainder: Remainder
  /// The number of batches of an epoch.
  public let batchesPerEpoch: Int

  /// Describes how to go over a data set; without a key, always in its order.
  /// - Throws: an error if the batch size is not positive, or there is no batch.
  public init(
    _ dataset: Dataset<Example>, batchSize: Int, shuffledBy key: Key? = nil,
    remainder: Remainder = .keep
  ) throws {
    self.dataset = dataset
    self.batchSize = batchSize
    self.key = key
    self.remainder = remainder
    batchesPerEpoch = try dataset.batches(of: batchSize, remainder: remainder).count
    guard batchesPerEpoch > 0 else {
      throw TensorError(
        "DataLoader",
        .argumentInvalid(
          name: "batchSize", value: "\(batchSize)",
          expected: "at most \(dataset.count), the number of examples"))
    }
  }

  /// The batches of one epoch, in its order.
  public func epoch(_ number: Int) throws -> Batches<Example> {
    try dataset.batches(
      of: batchSize, shuffledBy: key?.foldIn(number), remainder: remainder)
  }

  /// Goes over the batches from a place to the end of the last epoch.
  ///
  /// A thread makes batches ahead, at most as many as `prefetching` says.
  /// - Throws: an error if the place's numbers are not known, as inside of `jit`.
  public func batches(
    from position: DataPosition = DataPosition(), epochs: Int, prefetching: Int = 2
  ) throws -> Prefetched<LoadedBatches<Example>> {
    let (epoch, batch) = try position.numbers()
    return Prefetched(
      LoadedBatches(loader: self, epoch: epoch, batch: batch, epochs: epochs), count: prefetching)
  }
}

/// The batches of a loader from a place on.
public struct LoadedBatches<Example: TensorTree & Sendable>: Sequence, Sendable {
  fileprivate let loader: DataLoader<Example>
  fileprivate let epoch: Int
  fileprivate let batch: Int
  fileprivate let epochs: Int

  /// Begins at the place.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// Makes the batches one after the other.
  public struct Iterator: IteratorProtocol {
    private let loader: DataLoader<Example>
    private let epochs: Int
    private var epoch: Int
    private var batch: Int
    /// Those of the epoch, once they are needed.
    private var batches: Batches<Example>?

    fileprivate init(_ start: LoadedBatches) {
      loader = start.loader
      epochs = start.epochs
      epoch = start.epoch
      batch = start.batch
    }

    /// Makes the next batch; nil behind the last.
    public mutating func next() -> LoadedBatch<Example>? {
      if batch >= loader.batchesPerEpoch { (epoch, batch, batches) = (epoch + 1, 0, nil) }
      guard epoch < epochs, loader.batchesPerEpoch > 0, let current = current() else { return nil }
      defer { batch += 1 }
      let endsEpoch = batch + 1 == loader.batchesPerEpoch
      return LoadedBatch(
        examples: current[batch], mask: current.mask(batch), epoch: epoch, index: batch,
        endsEpoch: endsEpoch,
        next: endsEpoch
          ? DataPosition(epoch: epoch + 1) : DataPosition(epoch: epoch, batch: batch + 1))
    }

    private mutating func current() -> Batches<Example>? {
      if let batches { return batches }
      do {
        batches = try loader.epoch(epoch)
      } catch {
        record(error)
      }
      return batches
    }
  }
}

/// A batch and its place among all.
public struct LoadedBatch<Example: TensorTree & Sendable>: Sendable {
  /// The examples, each tensor `[examples, ...]`.
  public let examples: Example
  /// Which of them are there and which fill the batch up, `[examples]`; nil if all are there.
  public let mask: Tensor?
  /// The epoch, from 0.
  public let epoch: Int
  /// The place in the epoch, from 0.
  public let index: Int
  /// Whether this is the epoch's last batch.
  public let endsEpoch: Bool
  /// The place of the batch behind it.
  public let next: DataPosition
}
