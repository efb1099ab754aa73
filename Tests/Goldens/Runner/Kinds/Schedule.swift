import Optimizers
import Tensor
import Training

private let schedules: [String: @Sendable (Arguments) throws -> Schedule] = [
  "constant_schedule": { constantSchedule(try $0.double("value")) },
  "cosine_decay_schedule": { args in
    let (start, steps) = (
      try args.double("init_value") as Double, try args.int("decay_steps") as Int
    )
    let (alpha, exponent) =
      (try args.double("alpha"), try args.double("exponent")) as (Double?, Double?)
    if alpha == nil, exponent == nil {
      return cosineDecaySchedule(initValue: start, decaySteps: steps)
    }
    return cosineDecaySchedule(
      initValue: start, decaySteps: steps, alpha: alpha ?? 0, exponent: exponent ?? 1)
  },
  "warmup_cosine_decay_schedule": { args in
    warmupCosineDecaySchedule(
      initValue: try args.double("init_value"), peakValue: try args.double("peak_value"),
      warmupSteps: try args.int("warmup_steps"), decaySteps: try args.int("decay_steps"),
      endValue: try args.double("end_value", 0), exponent: try args.double("exponent", 1))
  },
  "exponential_decay": { args in
    exponentialDecay(
      initValue: try args.double("init_value"), transitionSteps: try args.int("transition_steps"),
      decayRate: try args.double("decay_rate"),
      transitionBegin: try args.int("transition_begin", 0),
      staircase: try args.bool("staircase", false), endValue: try args.double("end_value"))
  },
  "warmup_exponential_decay_schedule": { args in
    warmupExponentialDecaySchedule(
      initValue: try args.double("init_value"), peakValue: try args.double("peak_value"),
      warmupSteps: try args.int("warmup_steps"),
      transitionSteps: try args.int("transition_steps"), decayRate: try args.double("decay_rate"),
      transitionBegin: try args.int("transition_begin", 0),
      staircase: try args.bool("staircase", false), endValue: try args.double("end_value"))
  },
  "piecewise_constant_schedule": { args in
    piecewiseConstantSchedule(
      initValue: try args.double("init_value"), boundariesAndScales: try boundaries(args))
  },
  "piecewise_interpolate_schedule": { args in
    let kind: String = try args.text("interpolate_type")
    guard kind == "linear" || kind == "cosine" else { throw NotBuilt("interpolation \(kind)") }
    return piecewiseInterpolateSchedule(
      kind == "linear" ? .linear : .cosine, initValue: try args.double("init_value"),
      boundariesAndScales: try boundaries(args))
  },
  "polynomial_schedule": { args in
    polynomialSchedule(
      initValue: try args.double("init_value"), endValue: try args.double("end_value"),
      power: try args.double("power"), transitionSteps: try args.int("transition_steps"),
      transitionBegin: try args.int("transition_begin", 0))
  },
  "linear_schedule": { args in
    linearSchedule(
      initValue: try args.double("init_value"), endValue: try args.double("end_value"),
      transitionSteps: try args.int("transition_steps"),
      transitionBegin: try args.int("transition_begin", 0))
  },
  "warmup_constant_schedule": { args in
    warmupConstantSchedule(
      initValue: try args.double("init_value"), peakValue: try args.double("peak_value"),
      warmupSteps: try args.int("warmup_steps"))
  },
  "sgdr_schedule": { args in
    sgdrSchedule(
      try (args.json("cosine_kwargs")?.elements ?? []).map { json in
        let cycle = Arguments(json, args.values)
        let result = WarmupCosineCycle(
          initValue: try cycle.double("init_value"), peakValue: try cycle.double("peak_value"),
          warmupSteps: try cycle.int("warmup_steps"), decaySteps: try cycle.int("decay_steps"),
          endValue: try cycle.double("end_value", 0), exponent: try cycle.double("exponent", 1))
        try cycle.checkAllRead()
        return result
      })
  },
  "join_schedules": { args in
    joinSchedules(
      try (args.json("schedules")?.elements ?? []).map { json in
        guard let name = json["schedule"]?.text else { throw GoldenError("\(json) is no schedule") }
        return try schedule(name, Arguments(json["args"], args.values))
      }, boundaries: try args.ints("boundaries") ?? [])
  },
  "linear_onecycle_schedule": { args in
    linearOnecycleSchedule(
      transitionSteps: try args.int("transition_steps"), peakValue: try args.double("peak_value"),
      pctStart: try args.double("pct_start", 0.3), pctFinal: try args.double("pct_final", 0.85),
      divFactor: try args.double("div_factor", 25),
      finalDivFactor: try args.double("final_div_factor", 1e4))
  },
  "cosine_onecycle_schedule": { args in
    cosineOnecycleSchedule(
      transitionSteps: try args.int("transition_steps"), peakValue: try args.double("peak_value"),
      pctStart: try args.double("pct_start", 0.3),
      divFactor: try args.double("div_factor", 25),
      finalDivFactor: try args.double("final_div_factor", 1e4))
  },
]

/// Steps, as texts, and the factors that hold from there on.
private func boundaries(_ args: Arguments) throws -> [Int: Double] {
  var result: [Int: Double] = [:]
  for member in args.given("boundaries_and_scales")?.members ?? [] {
    guard let step = Int(member.key), let scale = member.value.double else {
      throw GoldenError("boundaries_and_scales has \(member.key)")
    }
    result[step] = scale
  }
  return result
}

/// Builds the schedule that optax calls `name`.
func schedule(_ name: String, _ arguments: Arguments) throws -> Schedule {
  guard let row = schedules[name] else { throw NotBuilt("optax.\(name)") }
  let result = try row(arguments)
  try arguments.checkAllRead()
  return result
}

/// Runs a case of kind "schedule": its values at the counts of `in/count`.
func runSchedule(_ golden: GoldenCase, _ check: Check) throws {
  let values = Values(golden)
  let schedule = try schedule(golden.module, Arguments(golden.json["config"], values))
  let counts = try values.tensor("in/count").scalars(as: Int.self)
  let results = try counts.map { try schedule($0).cast(to: .float32).item(as: Float.self) }
  try check.equal("out/0", Tensor(results), group: "out")
}
