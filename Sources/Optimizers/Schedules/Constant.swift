import Tensor

/// One number at every count.
///
/// Mirrors `optax.constant_schedule`.
public func constantSchedule(_ value: Double) -> Schedule {
  Schedule { _ in Tensor(value) }
}
