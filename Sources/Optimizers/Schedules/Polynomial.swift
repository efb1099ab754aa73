import Tensor

/// Goes from one number to another along a power of the remaining fraction.
///
/// Mirrors `optax.polynomial_schedule`: begins after `transitionBegin` updates and takes
/// `transitionSteps`. Without steps it stays at `initValue`.
public func polynomialSchedule(
  initValue: Double, endValue: Double, power: Double, transitionSteps: Int,
  transitionBegin: Int = 0
) -> Schedule {
  guard transitionSteps > 0 else { return constantSchedule(initValue) }
  let begin = max(transitionBegin, 0)
  return Schedule { count in
    let done = (count - begin).cast(to: .defaultFloat) / Double(transitionSteps)
    let rest = 1 - minimum(maximum(done, 0.0), 1.0)
    return (initValue - endValue) * (power == 1 ? rest : pow(rest, Tensor(power))) + endValue
  }
}

/// Goes from one number to another in a straight line.
///
/// Mirrors `optax.linear_schedule`.
public func linearSchedule(
  initValue: Double, endValue: Double, transitionSteps: Int, transitionBegin: Int = 0
) -> Schedule {
  polynomialSchedule(
    initValue: initValue, endValue: endValue, power: 1, transitionSteps: transitionSteps,
    transitionBegin: transitionBegin)
}

/// Goes from one number to another in a straight line and stays there.
///
/// Mirrors `optax.warmup_constant_schedule`.
public func warmupConstantSchedule(
  initValue: Double, peakValue: Double, warmupSteps: Int
) -> Schedule {
  linearSchedule(initValue: initValue, endValue: peakValue, transitionSteps: warmupSteps)
}
