import Tensor

/// Computes the squared differences, or the squares if there are no targets.
///
/// Mirrors `optax.losses.squared_error`. Records an error if the shapes differ.
public func squaredError(_ predictions: Tensor, _ targets: Tensor? = nil) -> Tensor {
  square(errors("squaredError", predictions, targets, mayBroadcast: false))
}

/// Computes half the squared differences, whose gradient is the difference.
///
/// Mirrors `optax.losses.l2_loss`. Records an error if the shapes differ.
public func l2Loss(_ predictions: Tensor, _ targets: Tensor? = nil) -> Tensor {
  0.5 * square(errors("l2Loss", predictions, targets, mayBroadcast: false))
}

/// Computes half the squared differences up to `delta`, and a straight line beyond.
///
/// Mirrors `optax.losses.huber_loss`. https://www.jstor.org/stable/2238020
public func huberLoss(
  _ predictions: Tensor, _ targets: Tensor? = nil, delta: Double = 1
) -> Tensor {
  let distance = abs(errors("huberLoss", predictions, targets))
  let quadratic = minimum(distance, Tensor(delta))
  return 0.5 * square(quadratic) + delta * (distance - quadratic)
}

/// Computes log(cosh(difference)): half the square of small ones, the size of large ones.
///
/// Mirrors `optax.losses.log_cosh`.
public func logCosh(_ predictions: Tensor, _ targets: Tensor? = nil) -> Tensor {
  let difference = errors("logCosh", predictions, targets)
  return logAddExp(difference, -difference) - Double.ln2
}

/// Predictions less targets; records an error if the predictions are no floats or shapes differ.
private func errors(
  _ name: String, _ predictions: Tensor, _ targets: Tensor?, mayBroadcast: Bool = true
) -> Tensor {
  guard isFloat(name, "predictions", predictions) else { return predictions }
  guard let targets else { return predictions }
  if !mayBroadcast, predictions.shape != targets.shape {
    record(
      TensorError(
        name, .shapesDiffer,
        [.init("predictions", predictions.type), .init("targets", targets.type)]))
    return predictions
  }
  return predictions - targets
}
