import Tensor

/// A number as a function of the count of updates so far, such as a learning rate.
public struct Schedule: ScalarOrSchedule {
  private let body: @Sendable (Tensor) -> Tensor

  /// Creates a schedule from a function of the count, a scalar, that works under `jit` too.
  public init(_ body: @escaping @Sendable (_ count: Tensor) -> Tensor) { self.body = body }

  /// Computes the number at a count.
  public func callAsFunction(_ count: Tensor) -> Tensor { body(count) }

  /// Computes the number at a count.
  public func callAsFunction(_ count: Int) -> Tensor { body(Tensor(count, dtype: .int32)) }

  /// This schedule.
  public var schedule: Schedule? { self }
}
