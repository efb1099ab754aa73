import Autodiff
import Tensor

/// Adds updates to parameters; each keeps its dtype.
///
/// Mirrors `optax.apply_updates`.
///
/// Records an error naming the first path that only one of the trees has.
public func applyUpdates<Params: TensorTree>(_ params: Params, _ updates: Params) -> Params {
  treeMap(params, updates) { ($0 + $1).cast(to: $0.dtype) }
}

/// Moves old tensors towards new ones: `step new + (1 - step) old`.
///
/// The exponential moving average of parameters, as target networks and evaluation use it.
public func incrementalUpdate<Params: TensorTree>(
  _ new: Params, _ old: Params, stepSize: any Hyperparameter
) -> Params {
  let step = stepSize.coefficient
  return treeMap(new, old) { step * $0 + (1 - step) * $1 }
}

/// Takes the new tensors at every `updatePeriod`-th step, and the old ones at all others.
public func periodicUpdate<Params: TensorTree>(
  _ new: Params, _ old: Params, step: Tensor, updatePeriod: Int
) -> Params {
  let isDue = remainder(step, Tensor(updatePeriod)) .== 0
  return treeMap(new, old) { which(isDue, $0, $1) }
}

/// Lets the tensors through and multiplies their gradients by a number.
///
/// Mirrors `optax.scale_gradient`: 0 stops gradients, -1 reverses them.
public func scaleGradient<T: TensorTree>(_ inputs: T, _ scale: Double) -> T {
  treeMap(inputs) { x in
    let passing = customJVP({ (x: Tensor) in x }) { ($0, scale * $1) }
    do {
      return try passing(x)
    } catch {
      record(error)
      return x
    }
  }
}
