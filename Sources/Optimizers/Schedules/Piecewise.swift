import Tensor

/// Multiplies by a number at each of some counts, and stays the same between them.
///
/// Mirrors `optax.piecewise_constant_schedule`. At the count of a boundary its scale holds already.
/// Records an error if a scale is negative.
public func piecewiseConstantSchedule(
  initValue: Double, boundariesAndScales: [Int: Double] = [:]
) -> Schedule {
  let steps = sorted("piecewiseConstantSchedule", boundariesAndScales)
  return Schedule { count in
    var value = Tensor(initValue)
    for (boundary, scale) in steps {
      value = which(count .< Tensor(boundary), value, value * scale)
    }
    return value
  }
}

/// How ``piecewiseInterpolateSchedule(_:initValue:boundariesAndScales:)`` goes between its numbers.
public enum Interpolation: Sendable {
  /// In a straight line.
  case linear
  /// Along half a cosine.
  case cosine
}

/// Goes between the numbers that multiplying at each of some counts gives.
///
/// Mirrors `optax.piecewise_interpolate_schedule`. Records an error if a scale is negative.
public func piecewiseInterpolateSchedule(
  _ interpolation: Interpolation, initValue: Double, boundariesAndScales: [Int: Double] = [:]
) -> Schedule {
  let steps = sorted("piecewiseInterpolateSchedule", boundariesAndScales)
  return Schedule { count in
    let count = count.cast(to: .defaultFloat)
    var (start, startValue) = (0, initValue)
    var value = Tensor(initValue)
    for (boundary, scale) in steps {
      let endValue = startValue * scale
      // A boundary at the start is a step.
      let fraction =
        boundary > start
        ? minimum((count - Double(start)) / Double(boundary - start), 1.0) : Tensor(1.0)
      let between =
        switch interpolation {
        case .linear: (endValue - startValue) * fraction + startValue
        case .cosine: endValue + (startValue - endValue) / 2 * (cos(Double.pi * fraction) + 1)
        }
      value = which(count .< Tensor(Double(start)), value, between)
      (start, startValue) = (boundary, endValue)
    }
    return value
  }
}

/// Goes up in a straight line, then down, then further down: one cycle.
///
/// Mirrors `optax.linear_onecycle_schedule`. https://arxiv.org/abs/1708.07120
public func linearOnecycleSchedule(
  transitionSteps: Int, peakValue: Double, pctStart: Double = 0.3, pctFinal: Double = 0.85,
  divFactor: Double = 25, finalDivFactor: Double = 1e4
) -> Schedule {
  oneCycle(
    "linearOnecycleSchedule", .linear, transitionSteps, peakValue / divFactor,
    [
      (Int(pctStart * Double(transitionSteps)), divFactor),
      (Int(pctFinal * Double(transitionSteps)), 1 / divFactor),
      (transitionSteps, 1 / finalDivFactor),
    ])
}

/// Goes up along half a cosine, then down along another: one cycle.
///
/// Mirrors `optax.cosine_onecycle_schedule`. https://arxiv.org/abs/1708.07120
public func cosineOnecycleSchedule(
  transitionSteps: Int, peakValue: Double, pctStart: Double = 0.3, divFactor: Double = 25,
  finalDivFactor: Double = 1e4
) -> Schedule {
  oneCycle(
    "cosineOnecycleSchedule", .cosine, transitionSteps, peakValue / divFactor,
    [
      (Int(pctStart * Double(transitionSteps)), divFactor),
      (transitionSteps, 1 / (divFactor * finalDivFactor)),
    ])
}

private func oneCycle(
  _ name: String, _ interpolation: Interpolation, _ transitionSteps: Int, _ initValue: Double,
  _ scales: [(Int, Double)]
) -> Schedule {
  guard transitionSteps > 0 else {
    record(
      TensorError(
        name,
        .argumentInvalid(
          name: "transitionSteps", value: "\(transitionSteps)", expected: "at least 1")))
    return constantSchedule(initValue)
  }
  return piecewiseInterpolateSchedule(
    interpolation, initValue: initValue,
    boundariesAndScales: Dictionary(scales) { _, last in last })
}

private func sorted(_ name: String, _ scales: [Int: Double]) -> [(boundary: Int, scale: Double)] {
  for (boundary, scale) in scales where scale < 0 {
    record(
      TensorError(
        name,
        .argumentInvalid(
          name: "the scale at \(boundary)", value: "\(scale)", expected: "at least 0")))
  }
  return scales.sorted { $0.key < $1.key }.map { (boundary: $0.key, scale: $0.value) }
}
