"""Writes the structures of optimizer states as Flax saves them: optimizer_states.txt.

Run with Flax 0.12.8 and optax 0.2.8: python generate.py > optimizer_states.txt
Each line is the name of a case, a tab, and the state dict after one update with arrays by their types,
sorted by key: a dictionary is, as soon as JAX has gone through it.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import serialization

params = {
    "a": {"kernel": jnp.ones((4, 3), jnp.float32), "bias": jnp.ones((3,), jnp.float32)},
    "b": {"kernel": jnp.ones((3, 2), jnp.bfloat16)},
}
names = {"float32": "f32", "bfloat16": "bf16", "int32": "i32", "uint32": "u32", "bool": "bool"}


def text(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{key}': {text(part)}" for key, part in sorted(value.items())) + "}"
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        # Flax can't save typed keys; what is saved here is what they consist of.
        value = jax.random.key_data(value)
    if isinstance(value, (jax.Array, np.ndarray, np.generic)):
        return names[str(value.dtype)] + "[" + ",".join(str(size) for size in value.shape) + "]"
    return repr(value)


def kernel_mask(tree):
    return jax.tree_util.tree_map_with_path(lambda path, x: path[-1].key == "kernel", tree)


schedule = optax.linear_schedule(0.1, 0.0, 10)
cases = {
    "sgd": optax.sgd(0.1),
    "sgd momentum": optax.sgd(0.1, momentum=0.9, nesterov=True),
    "sgd accumulator": optax.sgd(0.1, momentum=0.9, accumulator_dtype=jnp.bfloat16),
    "sgd schedule": optax.sgd(schedule, momentum=0.9),
    "adam": optax.adam(0.1),
    "adam mu": optax.adam(0.1, mu_dtype=jnp.bfloat16),
    "adam schedule": optax.adam(schedule),
    "adamw": optax.adamw(0.1),
    "adamw mask": optax.adamw(0.1, mask=kernel_mask),
    "nadam": optax.nadam(0.1),
    "adamax": optax.adamax(0.1),
    "amsgrad": optax.amsgrad(0.1),
    "adabelief": optax.adabelief(0.1),
    "adagrad": optax.adagrad(0.1),
    "adadelta": optax.adadelta(0.1),
    "adafactor": optax.adafactor(0.1, min_dim_size_to_factor=3),
    "adafactor momentum": optax.adafactor(0.1, momentum=0.9, weight_decay_rate=0.1),
    "rmsprop": optax.rmsprop(0.1),
    "rmsprop centered": optax.rmsprop(0.1, centered=True, momentum=0.9),
    "rmsprop corrected": optax.rmsprop(0.1, bias_correction=True),
    "lamb": optax.lamb(0.1),
    "lars": optax.lars(0.1, momentum=0.9),
    "lion": optax.lion(0.1),
    "radam": optax.radam(0.1),
    "novograd": optax.novograd(0.1),
    "yogi": optax.yogi(0.1),
    "sm3": optax.sm3(0.1),
    "sign_sgd": optax.sign_sgd(0.1),
    "noisy_sgd": optax.noisy_sgd(0.1, key=0),
    "polyak_sgd": optax.polyak_sgd(1.0),
    "trace": optax.trace(0.9),
    "ema": optax.ema(0.9),
    "clip": optax.clip(1.0),
    "clip_by_global_norm": optax.clip_by_global_norm(1.0),
    "adaptive_grad_clip": optax.adaptive_grad_clip(0.1),
    "add_decayed_weights": optax.add_decayed_weights(0.1),
    "add_decayed_weights mask": optax.add_decayed_weights(0.1, mask=kernel_mask),
    "add_noise": optax.add_noise(0.1, 0.5, key=0),
    "identity": optax.identity(),
    "set_to_zero": optax.set_to_zero(),
    "scale": optax.scale(2.0),
    "scale_by_schedule": optax.scale_by_schedule(schedule),
    "zero_nans": optax.zero_nans(),
    "chain": optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.1)),
    "chain of chains": optax.chain(optax.chain(optax.scale(1.0), optax.trace(0.9)), optax.scale(2.0)),
    "masked": optax.masked(optax.adam(0.1), kernel_mask),
    "multi_transform": optax.multi_transform(
        {"w": optax.adam(0.1), "rest": optax.set_to_zero()},
        lambda tree: jax.tree_util.tree_map_with_path(
            lambda path, x: "w" if path[-1].key == "kernel" else "rest", tree
        ),
    ),
    "inject_hyperparams": optax.inject_hyperparams(optax.sgd, static_args="momentum")(
        learning_rate=0.1, momentum=0.9
    ),
    "inject_hyperparams schedule": optax.inject_hyperparams(optax.sgd)(learning_rate=schedule),
    "multi_steps": optax.MultiSteps(optax.adam(0.1), 2),
    "apply_if_finite": optax.apply_if_finite(optax.adam(0.1), 3),
}
for name, optimizer in cases.items():
    state = optimizer.init(params)
    grads = jax.tree_util.tree_map(jnp.ones_like, params)
    extra = {"value": jnp.float32(1.0)} if name == "polyak_sgd" else {}
    _, state = optimizer.update(grads, state, params, **extra)
    print(f"{name}\t{text(serialization.to_state_dict(state))}")
