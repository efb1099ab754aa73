import Optimizers
import Tensor
import Testing

/// The schedules of the fixture, under its names.
private let schedules: [String: Schedule] = [
  "constant": constantSchedule(0.1),
  "polynomial": polynomialSchedule(
    initValue: 1, endValue: 0.1, power: 2, transitionSteps: 10, transitionBegin: 2),
  "linear": linearSchedule(initValue: 1, endValue: 0.1, transitionSteps: 10, transitionBegin: 3),
  "piecewise_constant": piecewiseConstantSchedule(
    initValue: 1, boundariesAndScales: [5: 0.5, 20: 0.1]),
  "piecewise_linear": piecewiseInterpolateSchedule(
    .linear, initValue: 1, boundariesAndScales: [5: 0.5, 20: 3]),
  "piecewise_cosine": piecewiseInterpolateSchedule(
    .cosine, initValue: 1, boundariesAndScales: [5: 0.5, 20: 3]),
  "exponential": exponentialDecay(initValue: 0.1, transitionSteps: 10, decayRate: 0.9),
  "exponential_staircase": exponentialDecay(
    initValue: 0.1, transitionSteps: 10, decayRate: 0.5, transitionBegin: 5, staircase: true,
    endValue: 0.04),
  "exponential_growth": exponentialDecay(
    initValue: 0.1, transitionSteps: 10, decayRate: 2, endValue: 0.3),
  "cosine": cosineDecaySchedule(initValue: 0.1, decaySteps: 20, alpha: 0.1, exponent: 2),
  "warmup_constant": warmupConstantSchedule(initValue: 0, peakValue: 0.5, warmupSteps: 7),
  "warmup_cosine": warmupCosineDecaySchedule(
    initValue: 0, peakValue: 0.1, warmupSteps: 10, decaySteps: 30, endValue: 0.001),
  "warmup_exponential": warmupExponentialDecaySchedule(
    initValue: 0, peakValue: 0.1, warmupSteps: 10, transitionSteps: 5, decayRate: 0.5,
    endValue: 0.01),
  "sgdr": sgdrSchedule([
    WarmupCosineCycle(initValue: 0, peakValue: 0.1, warmupSteps: 3, decaySteps: 10),
    WarmupCosineCycle(
      initValue: 0.01, peakValue: 0.05, warmupSteps: 5, decaySteps: 12, endValue: 0.005),
  ]),
  "join": joinSchedules(
    [constantSchedule(0.1), linearSchedule(initValue: 0.2, endValue: 0, transitionSteps: 10)],
    boundaries: [8]),
  "linear_onecycle": linearOnecycleSchedule(transitionSteps: 30, peakValue: 0.5),
  "cosine_onecycle": cosineOnecycleSchedule(transitionSteps: 30, peakValue: 0.5),
  "polynomial_stays": polynomialSchedule(
    initValue: 1, endValue: 0.1, power: 0.5, transitionSteps: 0),
  "polynomial_root": polynomialSchedule(
    initValue: 0.1, endValue: 1, power: 0.5, transitionSteps: 12, transitionBegin: -3),
  "piecewise_constant_none": piecewiseConstantSchedule(initValue: 0.3),
  "piecewise_constant_zero": piecewiseConstantSchedule(
    initValue: 0.3, boundariesAndScales: [0: 2, 7: 0]),
  "piecewise_linear_zero": piecewiseInterpolateSchedule(
    .linear, initValue: 1, boundariesAndScales: [0: 0.5, 10: 4]),
  "piecewise_cosine_step": piecewiseInterpolateSchedule(
    .cosine, initValue: 1, boundariesAndScales: [0: 3]),
  "exponential_stays": exponentialDecay(initValue: 0.1, transitionSteps: 0, decayRate: 0.9),
  "exponential_zero": exponentialDecay(initValue: 0.1, transitionSteps: 10, decayRate: 0),
  "exponential_begin": exponentialDecay(
    initValue: 0.1, transitionSteps: 7, decayRate: 0.8, transitionBegin: -2),
  "cosine_plain": cosineDecaySchedule(initValue: 0.1, decaySteps: 25),
  "warmup_cosine_all": warmupCosineDecaySchedule(
    initValue: 0.01, peakValue: 0.1, warmupSteps: 5, decaySteps: 25, endValue: 0.02,
    exponent: 1.5),
  "warmup_cosine_zero": warmupCosineDecaySchedule(
    initValue: 0.1, peakValue: 0, warmupSteps: 5, decaySteps: 25),
  "warmup_exponential_all": warmupExponentialDecaySchedule(
    initValue: 0.2, peakValue: 0.1, warmupSteps: 4, transitionSteps: 6, decayRate: 0.5,
    transitionBegin: 3, staircase: true, endValue: 0.03),
  "sgdr_exponent": sgdrSchedule([
    WarmupCosineCycle(initValue: 0, peakValue: 0.1, warmupSteps: 3, decaySteps: 8, exponent: 2),
    WarmupCosineCycle(initValue: 0, peakValue: 0.2, warmupSteps: 0, decaySteps: 8),
    WarmupCosineCycle(
      initValue: 0.01, peakValue: 0.05, warmupSteps: 5, decaySteps: 12, endValue: 0.005),
  ]),
  "join_three": joinSchedules(
    [
      linearSchedule(initValue: 0, endValue: 0.1, transitionSteps: 5), constantSchedule(0.1),
      cosineDecaySchedule(initValue: 0.1, decaySteps: 10),
    ], boundaries: [5, 20]),
  "linear_onecycle_all": linearOnecycleSchedule(
    transitionSteps: 30, peakValue: 0.5, pctStart: 0.2, pctFinal: 0.6, divFactor: 10,
    finalDivFactor: 100),
  "linear_onecycle_short": linearOnecycleSchedule(transitionSteps: 3, peakValue: 0.5),
  "cosine_onecycle_all": cosineOnecycleSchedule(
    transitionSteps: 30, peakValue: 0.5, pctStart: 0.5, divFactor: 5, finalDivFactor: 20),
  "cosine_onecycle_short": cosineOnecycleSchedule(transitionSteps: 2, peakValue: 0.5),
]

@Suite struct ScheduleTests {
  @Test func knowsAllOfTheFixture() throws {
    #expect(try Set(OptaxFixture.shared.get().schedules.keys) == Set(schedules.keys))
  }

  @Test(arguments: schedules.keys.sorted())
  func schedulesLikeOptax(_ name: String) throws {
    let expected = try #require(OptaxFixture.shared.get().schedules[name])
    let schedule = try #require(schedules[name])
    for (count, number) in expected.enumerated() {
      let value = try schedule(count).item(as: Float.self)
      #expect(abs(value - number) <= 1e-5 * abs(number) + 1e-7, "count \(count)")
    }
  }
}
