"""Writes optax.json: what optax 0.2.8 computes for each optimizer and schedule in the lists below.

usage: python generate.py > optax.json, in an environment with jax==0.10.2 and optax==0.2.8
"""
import json
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax

warnings.simplefilter("ignore")
STEPS = 8
r = np.random.RandomState(0)


def tree():
    return {
        "b": jnp.asarray(r.randn(3), jnp.float32),
        "layer": {"kernel": jnp.asarray(r.randn(4, 3), jnp.float32)},
    }


PARAMS = tree()
GRADIENTS = [tree() for _ in range(STEPS)]
cosine = lambda: optax.cosine_decay_schedule(0.5, 3)
no_bias = lambda p: jax.tree.map(lambda x: x.ndim > 1, p)

OPTIMIZERS = {
    "sgd": optax.sgd(0.1),
    "sgd_momentum": optax.sgd(0.1, momentum=0.9),
    "sgd_nesterov": optax.sgd(0.1, momentum=0.9, nesterov=True),
    "sgd_schedule": optax.sgd(cosine(), momentum=0.5),
    "sign_sgd": optax.sign_sgd(0.1),
    "noisy_sgd": optax.noisy_sgd(0.1, key=3),
    "adam": optax.adam(0.01),
    "adam_eps_root": optax.adam(0.01, b1=0.8, b2=0.9, eps=1e-3, eps_root=1e-4),
    "nadam": optax.nadam(0.01),
    "adamw": optax.adamw(0.01, weight_decay=0.1),
    "adamw_mask": optax.adamw(0.01, weight_decay=0.1, mask=no_bias),
    "adamw_schedules": optax.adamw(cosine(), weight_decay=optax.linear_schedule(0.1, 0.0, 3)),
    "nadamw": optax.nadamw(0.01),
    "adamax": optax.adamax(0.01),
    "adamaxw": optax.adamaxw(0.01),
    "amsgrad": optax.amsgrad(0.01),
    "amsgrad_paper": optax.amsgrad(0.01, bias_correction_mu=False, bias_correction_nu=False),
    "adagrad": optax.adagrad(0.1),
    "adadelta": optax.adadelta(1.0, weight_decay=0.01),
    "rmsprop": optax.rmsprop(0.01),
    "rmsprop_all": optax.rmsprop(
        0.01, centered=True, momentum=0.9, nesterov=True, bias_correction=True, eps=1e-3, eps_in_sqrt=False),
    "rmsprop_bias": optax.rmsprop(0.01, bias_correction=True, initial_scale=0.5),
    "rmsprop_centered": optax.rmsprop(0.01, centered=True, eps=1e-3),
    "lamb": optax.lamb(0.01, weight_decay=0.01),
    "lars": optax.lars(0.1, weight_decay=0.01),
    "lars_masks": optax.lars(0.1, weight_decay=0.01, weight_decay_mask=no_bias, trust_ratio_mask=no_bias, nesterov=True),
    "lion": optax.lion(0.01),
    "adafactor": optax.adafactor(0.01, min_dim_size_to_factor=3),
    "adafactor_all": optax.adafactor(
        0.01, min_dim_size_to_factor=2, decay_rate=0.7, multiply_by_parameter_scale=False, clipping_threshold=0.5,
        momentum=0.9, weight_decay_rate=0.01),
    "adafactor_whole": optax.adafactor(None, factored=False),
    "radam": optax.radam(0.01, b2=0.9),
    "radam_nesterov": optax.radam(0.01, nesterov=True),
    "novograd": optax.novograd(0.01, weight_decay=0.01),
    "yogi": optax.yogi(0.01),
    "sm3": optax.sm3(0.1),
    "adabelief": optax.adabelief(0.01),
    "adabelief_nesterov": optax.adabelief(0.01, nesterov=True),
    "polyak_sgd": optax.polyak_sgd(0.05),
    "clip": optax.chain(optax.clip(0.3), optax.sgd(0.1)),
    "clip_by_global_norm": optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.05)),
    "clip_by_global_norm_loose": optax.chain(optax.clip_by_global_norm(100.0), optax.sgd(0.1)),
    "clip_by_block_rms": optax.chain(optax.clip_by_block_rms(0.5), optax.sgd(0.1)),
    "adaptive_grad_clip": optax.chain(optax.adaptive_grad_clip(0.1), optax.sgd(0.1)),
    "param_block": optax.chain(optax.scale_by_param_block_norm(), optax.scale_by_param_block_rms(), optax.scale(-0.1)),
    "ema": optax.chain(optax.ema(0.9), optax.scale(-0.1)),
    "ema_biased": optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)),
    "masked": optax.masked(optax.adam(0.1), no_bias),
    "multi_transform": optax.multi_transform(
        {"train": optax.adam(0.1), "freeze": optax.set_to_zero()},
        lambda p: jax.tree.map(lambda x: "train" if x.ndim > 1 else "freeze", p)),
    "named_chain": optax.named_chain(("clip", optax.clip(0.3)), ("adam", optax.scale_by_adam())),
    "multi_steps": optax.MultiSteps(optax.adam(0.1), 2).gradient_transformation(),
    "multi_steps_sum": optax.MultiSteps(optax.sgd(0.1), 3, use_grad_mean=False).gradient_transformation(),
    "apply_if_finite": optax.apply_if_finite(optax.adam(0.1), 2),
    "inject_hyperparams": optax.inject_hyperparams(
        lambda learning_rate, b1: optax.adam(learning_rate, b1=b1))(learning_rate=cosine(), b1=0.8),
    "zero_nans": optax.chain(optax.zero_nans(), optax.sgd(0.1)),
}

SCHEDULES = {
    "constant": optax.constant_schedule(0.1),
    "polynomial": optax.polynomial_schedule(1.0, 0.1, 2, 10, 2),
    "linear": optax.linear_schedule(1.0, 0.1, 10, 3),
    "piecewise_constant": optax.piecewise_constant_schedule(1.0, {5: 0.5, 20: 0.1}),
    "piecewise_linear": optax.piecewise_interpolate_schedule("linear", 1.0, {5: 0.5, 20: 3.0}),
    "piecewise_cosine": optax.piecewise_interpolate_schedule("cosine", 1.0, {5: 0.5, 20: 3.0}),
    "exponential": optax.exponential_decay(0.1, 10, 0.9),
    "exponential_staircase": optax.exponential_decay(
        0.1, 10, 0.5, transition_begin=5, staircase=True, end_value=0.04),
    "exponential_growth": optax.exponential_decay(0.1, 10, 2.0, end_value=0.3),
    "cosine": optax.cosine_decay_schedule(0.1, 20, alpha=0.1, exponent=2.0),
    "warmup_constant": optax.warmup_constant_schedule(0.0, 0.5, 7),
    "warmup_cosine": optax.warmup_cosine_decay_schedule(0.0, 0.1, 10, 30, end_value=0.001),
    "warmup_exponential": optax.warmup_exponential_decay_schedule(0.0, 0.1, 10, 5, 0.5, end_value=0.01),
    "sgdr": optax.sgdr_schedule([
        dict(init_value=0.0, peak_value=0.1, warmup_steps=3, decay_steps=10),
        dict(init_value=0.01, peak_value=0.05, warmup_steps=5, decay_steps=12, end_value=0.005)]),
    "join": optax.join_schedules([optax.constant_schedule(0.1), optax.linear_schedule(0.2, 0.0, 10)], [8]),
    "linear_onecycle": optax.linear_onecycle_schedule(30, 0.5),
    "cosine_onecycle": optax.cosine_onecycle_schedule(30, 0.5),
}


X = jnp.asarray(r.randn(4, 5), jnp.float32)
Y = jnp.asarray(r.randn(4, 5), jnp.float32)
Z = jnp.asarray(r.randn(4, 5), jnp.float32)
P = jax.nn.softmax(Y)
CLASSES = jnp.asarray([1, 4, 0, -2])
SIGNS = jnp.sign(Y)
BITS = (Y > 0).astype(jnp.float32)
MASK = jnp.asarray(r.rand(4, 5) > 0.3).at[3].set(False)
FRAMES = jnp.asarray(r.randn(2, 6, 5), jnp.float32)
FRAME_PADDINGS = jnp.asarray([[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1]], jnp.float32)
LABELS = jnp.asarray([[1, 2, 2], [3, 1, 0]])
LABEL_PADDINGS = jnp.asarray([[0, 0, 0], [0, 0, 1]], jnp.float32)

# Functions of the first input, whose gradient is taken too; the first is X, or FRAMES for ctc.
LOSSES = {
    "softmax": lambda x: optax.losses.softmax_cross_entropy(x, P),
    "softmax_axis": lambda x: optax.losses.softmax_cross_entropy(x, P, axis=0),
    "softmax_where": lambda x: optax.losses.softmax_cross_entropy(x, P, where=MASK)[:3],
    "softmax_safe": lambda x: optax.losses.safe_softmax_cross_entropy(x.at[:, 0].set(-jnp.inf), P.at[:, 0].set(0.0)),
    "softmax_integer": lambda x: optax.losses.softmax_cross_entropy_with_integer_labels(x, CLASSES),
    "softmax_integer_axis": lambda x: optax.losses.softmax_cross_entropy_with_integer_labels(x, jnp.asarray([0, 3, 1, 2, 0]), axis=0),
    "softmax_integer_where": lambda x: optax.losses.softmax_cross_entropy_with_integer_labels(x, CLASSES, where=MASK),
    "poly": lambda x: optax.losses.poly_loss_cross_entropy(x, P, epsilon=1.5),
    "smooth": lambda x: optax.losses.smooth_labels(x, 0.1),
    "smooth_where": lambda x: optax.losses.smooth_labels(x[:3], 0.1, where=MASK[:3]),
    "sigmoid": lambda x: optax.losses.sigmoid_binary_cross_entropy(x, P),
    "focal": lambda x: optax.losses.sigmoid_focal_loss(x, BITS),
    "focal_alpha": lambda x: optax.losses.sigmoid_focal_loss(40.0 * x, P, alpha=0.25, gamma=1.5),
    "squared": lambda x: optax.losses.squared_error(x, Y),
    "l2": lambda x: optax.losses.l2_loss(x),
    "huber": lambda x: optax.losses.huber_loss(x, Y, delta=0.7),
    "log_cosh": lambda x: optax.losses.log_cosh(20.0 * x, Y),
    "cosine": lambda x: optax.losses.cosine_similarity(x, Y),
    "cosine_distance": lambda x: optax.losses.cosine_distance(x, Y, epsilon=4.0, axis=0),
    "kl": lambda x: optax.losses.kl_divergence(x, P.at[0, 0].set(0.0)),
    "kl_log": lambda x: optax.losses.kl_divergence_with_log_targets(x, Y),
    "kl_general": lambda x: optax.losses.generalized_kl_divergence(x, P),
    "hinge": lambda x: optax.losses.hinge_loss(x, SIGNS),
    "perceptron": lambda x: optax.losses.perceptron_loss(x, SIGNS),
    "multiclass_hinge": lambda x: optax.losses.multiclass_hinge_loss(x, jnp.abs(CLASSES)),
    "multiclass_perceptron": lambda x: optax.losses.multiclass_perceptron_loss(x, jnp.abs(CLASSES)),
    "triplet": lambda x: optax.losses.triplet_margin_loss(x, Y, Z, margin=2.0),
    "ctc": lambda x: optax.losses.ctc_loss(x, FRAME_PADDINGS, LABELS, LABEL_PADDINGS),
}


def loss(name, function):
    x = FRAMES if name == "ctc" else X
    return {"value": numbers(function(x)), "gradient": numbers(jax.grad(lambda x: function(x).sum())(x))}


def numbers(leaf):
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    # Nine digits tell any two float32 values apart.
    return [float(f"{v:.9g}") for v in np.asarray(leaf, np.float64).ravel()]


def leaves(x):
    return [numbers(leaf) for leaf in jax.tree.leaves(x)]


def run(name, tx):
    # RAdam rectifies from the seventh step on; for the others four say enough.
    gradients = GRADIENTS if name == "radam" else GRADIENTS[:4]
    if name in ("apply_if_finite", "zero_nans"):
        broken = jax.tree.map(lambda x: x.at[0].set(np.nan) if x.ndim == 1 else x, GRADIENTS[1])
        gradients = gradients[:1] + [broken] + gradients[2:]
    params, state, updates = PARAMS, tx.init(PARAMS), []
    extra = {"value": jnp.float32(1.5)} if name == "polyak_sgd" else {}
    for gradient in gradients:
        update, state = tx.update(gradient, state, params, **extra)
        params = optax.apply_updates(params, update)
        updates.append(leaves(update))
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_flatten_with_path(state)[0]]
    return {"updates": updates, "params": leaves(params), "state_paths": paths, "state": leaves(state)}


def lines(cases):
    return "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in cases.items()) + "\n}"


print(lines({
    "params": leaves(PARAMS),
    "gradients": [leaves(g) for g in GRADIENTS],
    "inputs": {"x": numbers(X), "y": numbers(Y), "z": numbers(Z), "mask": numbers(MASK), "frames": numbers(FRAMES)},
    "losses": {name: loss(name, function) for name, function in LOSSES.items()},
    "schedules": {name: numbers(jnp.stack([jnp.float32(s(i)) for i in range(40)])) for name, s in SCHEDULES.items()},
})[:-2] + ',\n"optimizers": ' + lines({name: run(name, tx) for name, tx in OPTIMIZERS.items()}) + "}")