import Tensor

/// Follows one schedule until a boundary, then the next, which counts from that boundary.
///
/// Mirrors `optax.join_schedules`. Records an error unless there is one boundary less than schedules.
public func joinSchedules(_ schedules: [Schedule], boundaries: [Int]) -> Schedule {
  guard let first = schedules.first, boundaries.count == schedules.count - 1 else {
    record(
      TensorError(
        "joinSchedules",
        .argumentInvalid(
          name: "boundaries", value: "\(boundaries)",
          expected: "one less than the \(schedules.count) schedules")))
    return constantSchedule(0)
  }
  return Schedule { count in
    var value = first(count)
    for (boundary, schedule) in zip(boundaries, schedules.dropFirst()) {
      value = which(count .< Tensor(boundary), value, schedule(count - boundary))
    }
    return value
  }
}
