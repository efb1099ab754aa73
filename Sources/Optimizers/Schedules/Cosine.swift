import Tensor

/// Goes down to `alpha` times the first number along half a cosine.
///
/// Mirrors `optax.cosine_decay_schedule`. Records an error if `decaySteps` is not positive.
/// https://arxiv.org/abs/1608.03983
public func cosineDecaySchedule(
  initValue: Double, decaySteps: Int, alpha: Double = 0, exponent: Double = 1
) -> Schedule {
  guard decaySteps > 0 else {
    record(
      TensorError(
        "cosineDecaySchedule",
        .argumentInvalid(name: "decaySteps", value: "\(decaySteps)", expected: "at least 1")))
    return constantSchedule(initValue)
  }
  return Schedule { count in
    // Weakly typed, as in optax, so that half precision updates keep their dtype.
    let steps = minimum(count, Tensor(Double(decaySteps)))
    let cosine = 0.5 * (1 + cos(steps * Double.pi / Double(decaySteps)))
    let decay = exponent == 1 ? cosine : pow(cosine, Tensor(exponent))
    return initValue * ((1 - alpha) * decay + alpha)
  }
}

/// Goes up in a straight line, then down along half a cosine.
///
/// Mirrors `optax.warmup_cosine_decay_schedule`; `decaySteps` counts from the start.
public func warmupCosineDecaySchedule(
  initValue: Double, peakValue: Double, warmupSteps: Int, decaySteps: Int, endValue: Double = 0,
  exponent: Double = 1
) -> Schedule {
  joinSchedules(
    [
      linearSchedule(initValue: initValue, endValue: peakValue, transitionSteps: warmupSteps),
      cosineDecaySchedule(
        initValue: peakValue, decaySteps: decaySteps - warmupSteps,
        alpha: peakValue == 0 ? 0 : endValue / peakValue, exponent: exponent),
    ], boundaries: [warmupSteps])
}

/// One cycle of ``sgdrSchedule(_:)``: the arguments of a warm-up and a cosine decay.
public struct WarmupCosineCycle: Hashable, Sendable {
  /// The number at the cycle's start.
  public var initValue: Double
  /// The number at the end of the warm-up.
  public var peakValue: Double
  /// The updates that the warm-up takes.
  public var warmupSteps: Int
  /// The updates that the cycle takes.
  public var decaySteps: Int
  /// The number at the cycle's end.
  public var endValue: Double
  /// The power of the cosine.
  public var exponent: Double

  /// Describes a cycle.
  public init(
    initValue: Double, peakValue: Double, warmupSteps: Int, decaySteps: Int, endValue: Double = 0,
    exponent: Double = 1
  ) {
    self.exponent = exponent
    self.initValue = initValue
    self.peakValue = peakValue
    self.warmupSteps = warmupSteps
    self.decaySteps = decaySteps
    self.endValue = endValue
  }
}

/// Goes through warm-ups and cosine decays one after the other: descent with warm restarts.
///
/// Mirrors `optax.sgdr_schedule`. https://arxiv.org/abs/1608.03983
public func sgdrSchedule(_ cycles: [WarmupCosineCycle]) -> Schedule {
  var boundaries: [Int] = []
  for cycle in cycles.dropLast() {
    boundaries.append((boundaries.last ?? 0) + cycle.decaySteps)
  }
  let schedules = cycles.map {
    warmupCosineDecaySchedule(
      initValue: $0.initValue, peakValue: $0.peakValue, warmupSteps: $0.warmupSteps,
      decaySteps: $0.decaySteps, endValue: $0.endValue,
      exponent: $0.exponent)
  }
  return joinSchedules(schedules, boundaries: boundaries)
}
