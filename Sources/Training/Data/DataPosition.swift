import Tensor

/// A place in the data: an epoch, and the batch within it that comes next.
///
/// Part of a ``TrainState``, so that training goes on from a checkpoint with the batch that would have
/// come. See ``DataLoader``.
public struct DataPosition: TensorTree, Sendable {
  /// The epoch, from 0, an int32 scalar.
  public private(set) var epoch: Tensor
  /// The number of batches of the epoch that are done, an int32 scalar.
  public private(set) var batch: Tensor

  /// Names a place; by default the start.
  public init(epoch: Int = 0, batch: Int = 0) {
    self.epoch = Tensor(epoch, dtype: .int32)
    self.batch = Tensor(batch, dtype: .int32)
  }

  /// Reads the numbers.
  /// - Throws: an error inside of `jit`, where they are not known.
  public func numbers() throws -> (epoch: Int, batch: Int) {
    (try epoch.item(as: Int.self), try batch.item(as: Int.self))
  }

  /// Presents both numbers.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("epoch"), &epoch)
    visitor.visit(.field("batch"), &batch)
  }
}
