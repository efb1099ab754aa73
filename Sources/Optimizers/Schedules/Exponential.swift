import Tensor

/// Multiplies by `decayRate` every `transitionSteps` updates, smoothly or in stairs.
///
/// Mirrors `optax.exponential_decay`: begins after `transitionBegin` updates, and does not go beyond
/// `endValue`.
public func exponentialDecay(
  initValue: Double, transitionSteps: Int, decayRate: Double, transitionBegin: Int = 0,
  staircase: Bool = false, endValue: Double? = nil
) -> Schedule {
  guard transitionSteps > 0, decayRate != 0 else { return constantSchedule(initValue) }
  let begin = max(transitionBegin, 0)
  return Schedule { count in
    let steps = (count - begin).cast(to: .defaultFloat)
    let power = steps / Double(transitionSteps)
    let decayed = initValue * pow(Tensor(decayRate), staircase ? floor(power) : power)
    let value = which(steps .<= 0, Tensor(initValue), decayed)
    guard let endValue else { return value }
    return decayRate < 1 ? maximum(value, Tensor(endValue)) : minimum(value, Tensor(endValue))
  }
}

/// Goes up in a straight line, then decays exponentially.
///
/// Mirrors `optax.warmup_exponential_decay_schedule`; the decay counts from the end of the warm-up.
public func warmupExponentialDecaySchedule(
  initValue: Double, peakValue: Double, warmupSteps: Int, transitionSteps: Int,
  decayRate: Double, transitionBegin: Int = 0, staircase: Bool = false, endValue: Double? = nil
) -> Schedule {
  joinSchedules(
    [
      linearSchedule(initValue: initValue, endValue: peakValue, transitionSteps: warmupSteps),
      exponentialDecay(
        initValue: peakValue, transitionSteps: transitionSteps, decayRate: decayRate,
        transitionBegin: transitionBegin, staircase: staircase, endValue: endValue),
    ], boundaries: [warmupSteps])
}
