import Tensor

/// Adds normal noise of variance `eta / t^gamma` to the updates.
///
/// Mirrors `optax.add_noise`.
///
/// The key is part of the state and is split at each update. https://arxiv.org/abs/1511.06807
public func addNoise(
  eta: any Hyperparameter, gamma: any Hyperparameter, key: Key
) -> GradientTransformation {
  let (eta, gamma) = (eta.coefficient, gamma.coefficient)
  return GradientTransformation(
    initialize: { _ in .fields(["count": .zeroCount, "rng_key": .tensor(key.data)]) },
    update: { updates, state, _ in
      let count = incremented(state["count"].tensor)
      let deviation = sqrt(eta.tensor / pow(count.cast(to: .defaultFloat), gamma.tensor))
      let keys = Key(data: state["rng_key"].tensor, layout: key.layout).split()
      let samples = keys[1].split(updates.leaves.count)
      let leaves = zip(updates.leaves, samples).map { leaf, key in
        leaf + deviation.cast(to: leaf.dtype) * Random.normal(key, leaf.shape, dtype: leaf.dtype)
      }
      return (
        updates.replacing(leaves),
        .fields(["count": .tensor(count), "rng_key": .tensor(keys[0].data)])
      )
    })
}
