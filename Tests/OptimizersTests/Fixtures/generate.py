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
    "adagrad_all": optax.adagrad(cosine(), initial_accumulator_value=0.0, eps=1e-3),
    "adadelta_all": optax.adadelta(0.5, rho=0.8, eps=1e-3, weight_decay=0.01, weight_decay_mask=no_bias),
    "adafactor_default": optax.adafactor(0.01),
    "adafactor_offset": optax.adafactor(
        cosine(), min_dim_size_to_factor=2, decay_offset=-2, clipping_threshold=None, momentum=0.8,
        dtype_momentum=jnp.bfloat16, weight_decay_rate=0.01, weight_decay_mask=no_bias, eps=1e-3),
    "adamax_all": optax.adamax(cosine(), b1=0.8, b2=0.9, eps=1e-3),
    "adamaxw_all": optax.adamaxw(0.01, b1=0.8, b2=0.9, eps=1e-3, weight_decay=0.1, mask=no_bias),
    "adam_half": optax.adam(0.01, mu_dtype=jnp.bfloat16, nesterov=True),
    "adamw_nesterov": optax.adamw(0.01, b1=0.7, nesterov=True, mu_dtype="float16", weight_decay=0.05),
    "adan": optax.adan(0.01),
    "adan_all": optax.adan(cosine(), b1=0.9, b2=0.8, b3=0.95, eps=1e-3, eps_root=1e-4, weight_decay=0.1, mask=no_bias),
    "amsgrad_all": optax.amsgrad(
        cosine(), b1=0.8, b2=0.7, eps=1e-3, eps_root=1e-4, mu_dtype=jnp.bfloat16, bias_correction_nu=False),
    "adabelief_all": optax.adabelief(cosine(), b1=0.8, b2=0.9, eps=1e-3, eps_root=1e-4),
    "fromage": optax.fromage(0.1),
    "fromage_schedule": optax.fromage(cosine(), min_norm=2.0),
    "lamb_all": optax.lamb(cosine(), b1=0.8, b2=0.9, eps=1e-3, eps_root=1e-4, weight_decay=0.1, mask=no_bias),
    "lars_all": optax.lars(cosine(), weight_decay=0.1, trust_coefficient=0.5, eps=0.1, momentum=0.5),
    "lion_all": optax.lion(cosine(), b1=0.5, b2=0.8, mu_dtype=jnp.bfloat16, weight_decay=0.1, mask=no_bias),
    "lion_smooth": optax.chain(optax.scale_by_lion(mode="smooth", smooth_beta=3.0), optax.scale(-0.1)),
    "lion_refined": optax.chain(optax.scale_by_lion(mode="refined"), optax.scale(-0.1)),
    "nadam_all": optax.nadam(0.01, b1=0.8, b2=0.9, eps=1e-3, eps_root=1e-4, mu_dtype=jnp.bfloat16),
    "nadamw_all": optax.nadamw(cosine(), weight_decay=0.1, mask=no_bias),
    "novograd_all": optax.novograd(cosine(), b1=0.8, b2=0.5, eps=1e-3, eps_root=1e-4, weight_decay=0.1),
    "scale_by_novograd": optax.chain(optax.scale_by_novograd(), optax.scale(-0.1)),
    "optimistic_adam": optax.optimistic_adam_v2(0.01),
    "optimistic_adam_all": optax.optimistic_adam_v2(
        cosine(), alpha=0.5, beta=2.0, b1=0.8, b2=0.9, eps=1e-3, nesterov=False),
    "optimistic_gradient_descent": optax.optimistic_gradient_descent(0.1),
    "optimistic_gradient_descent_all": optax.optimistic_gradient_descent(cosine(), alpha=0.7, beta=0.4),
    "radam_all": optax.radam(cosine(), b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4, threshold=4.2),
    "rprop": optax.rprop(0.1),
    "rprop_all": optax.rprop(0.1, eta_minus=0.3, eta_plus=2.0, min_step_size=0.05, max_step_size=0.15),
    "signum": optax.signum(0.1),
    "signum_all": optax.signum(cosine(), beta=0.3, accumulator_dtype=jnp.bfloat16),
    "sgd_accumulator": optax.sgd(0.1, momentum=0.7, nesterov=True, accumulator_dtype=jnp.bfloat16),
    "sm3_all": optax.chain(optax.scale_by_sm3(b1=0.5, b2=0.9, eps=1e-3), optax.scale(-0.1)),
    "yogi_all": optax.yogi(cosine(), b1=0.8, b2=0.9, eps=1e-2),
    "scale_by_yogi": optax.chain(
        optax.scale_by_yogi(eps_root=1e-3, initial_accumulator_value=0.1), optax.scale(-0.1)),
    "noisy_sgd_all": optax.noisy_sgd(cosine(), eta=0.5, gamma=0.1, key=7),
    "polyak_sgd_all": optax.polyak_sgd(0.2, scaling=cosine(), f_min=0.5, eps=0.1),
    "polyak_sgd_plus": optax.polyak_sgd(1.0, f_min=2.0, variant="sps+"),
    "polyak_sgd_uphill": optax.polyak_sgd(1.0, f_min=2.0),
    "distance_over_gradients": optax.chain(
        optax.scale_by_distance_over_gradients(), optax.scale_by_learning_rate(1.0)),
    "distance_over_gradients_all": optax.scale_by_distance_over_gradients(1e-2, 1e-3, jnp.bfloat16, -0.5),
    "adaptive_grad_clip_axis": optax.chain(optax.adaptive_grad_clip(0.05, eps=0.1, axis=-1), optax.sgd(0.1)),
    "apply_every": optax.chain(optax.apply_every(3), optax.sgd(0.1)),
    "centralize": optax.chain(optax.centralize(), optax.sgd(0.1)),
    "normalize_by_update_norm": optax.chain(
        optax.normalize_by_update_norm(scale_factor=0.5, eps=1e-2), optax.sgd(0.1)),
    "keep_params_nonnegative": optax.chain(optax.sgd(1.0), optax.keep_params_nonnegative()),
    "conditionally_transform": optax.transforms.conditionally_transform(optax.adam(0.1), lambda step: step % 2 == 0),
    "conditionally_mask": optax.transforms.conditionally_mask(optax.adam(0.1), lambda step: step % 3 != 1),
    "flatten": optax.flatten(optax.lamb(0.1)),
    "selective_transform": optax.selective_transform(
        optax.adam(0.1), freeze_mask={"b": True, "layer": {"kernel": False}}),
    "freeze": optax.chain(optax.adam(0.1), optax.freeze({"b": True, "layer": {"kernel": False}})),
    "trace": optax.chain(optax.trace(0.8, nesterov=True, accumulator_dtype=jnp.bfloat16), optax.scale(-0.1)),
    "ema_accumulator": optax.chain(optax.ema(0.8, accumulator_dtype=jnp.bfloat16), optax.scale(-0.1)),
    "weight_decay_schedule": optax.chain(
        optax.add_decayed_weights(optax.linear_schedule(0.5, 0.0, 3), mask=no_bias), optax.scale(-0.1)),
    "trust_ratio": optax.chain(
        optax.scale_by_trust_ratio(min_norm=0.5, trust_coefficient=0.3, eps=0.1), optax.scale(-0.1)),
    "param_block_min": optax.chain(
        optax.scale_by_param_block_norm(5.0), optax.scale_by_param_block_rms(2.0), optax.scale(-0.1)),
    "snapshot": optax.chain(optax.snapshot("norm", optax.global_norm), optax.sgd(0.1)),
    "monitor": optax.chain(
        optax.monitor({"norm": optax.global_norm, "average": optax.measure_with_ema(optax.global_norm, 0.9)}),
        optax.sgd(0.1)),
    "multi_steps_schedule": optax.MultiSteps(
        optax.adam(0.1), lambda step: jnp.where(step < 1, 1, 2), accumulator_dtype=jnp.bfloat16).gradient_transformation(),
    "multi_steps_finite": optax.MultiSteps(
        optax.adam(0.1), 2, should_skip_update_fn=optax.skip_not_finite).gradient_transformation(),
    "multi_steps_large": optax.MultiSteps(
        optax.adam(0.1), 2, should_skip_update_fn=lambda u, s, p: optax.skip_large_updates(u, s, p, 12.0)
    ).gradient_transformation(),
    "inject_half": optax.inject_hyperparams(
        lambda learning_rate, weight_decay: optax.adamw(learning_rate, weight_decay=weight_decay),
        hyperparam_dtype=jnp.bfloat16)(learning_rate=0.1, weight_decay=optax.linear_schedule(0.1, 0.0, 3)),
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
    "polynomial_stays": optax.polynomial_schedule(1.0, 0.1, 0.5, 0),
    "polynomial_root": optax.polynomial_schedule(0.1, 1.0, 0.5, 12, -3),
    "piecewise_constant_none": optax.piecewise_constant_schedule(0.3),
    "piecewise_constant_zero": optax.piecewise_constant_schedule(0.3, {0: 2.0, 7: 0.0}),
    "piecewise_linear_zero": optax.piecewise_interpolate_schedule("linear", 1.0, {0: 0.5, 10: 4.0}),
    "piecewise_cosine_step": optax.piecewise_interpolate_schedule("cosine", 1.0, {0: 3.0}),
    "exponential_stays": optax.exponential_decay(0.1, 0, 0.9),
    "exponential_zero": optax.exponential_decay(0.1, 10, 0.0),
    "exponential_begin": optax.exponential_decay(0.1, 7, 0.8, transition_begin=-2),
    "cosine_plain": optax.cosine_decay_schedule(0.1, 25),
    "warmup_cosine_all": optax.warmup_cosine_decay_schedule(0.01, 0.1, 5, 25, end_value=0.02, exponent=1.5),
    "warmup_cosine_zero": optax.warmup_cosine_decay_schedule(0.1, 0.0, 5, 25),
    "warmup_exponential_all": optax.warmup_exponential_decay_schedule(
        0.2, 0.1, 4, 6, 0.5, transition_begin=3, staircase=True, end_value=0.03),
    "sgdr_exponent": optax.sgdr_schedule([
        dict(init_value=0.0, peak_value=0.1, warmup_steps=3, decay_steps=8, exponent=2.0),
        dict(init_value=0.0, peak_value=0.2, warmup_steps=0, decay_steps=8),
        dict(init_value=0.01, peak_value=0.05, warmup_steps=5, decay_steps=12, end_value=0.005)]),
    "join_three": optax.join_schedules(
        [optax.linear_schedule(0.0, 0.1, 5), optax.constant_schedule(0.1), optax.cosine_decay_schedule(0.1, 10)], [5, 20]),
    "linear_onecycle_all": optax.linear_onecycle_schedule(
        30, 0.5, pct_start=0.2, pct_final=0.6, div_factor=10.0, final_div_factor=100.0),
    "linear_onecycle_short": optax.linear_onecycle_schedule(3, 0.5),
    "cosine_onecycle_all": optax.cosine_onecycle_schedule(30, 0.5, pct_start=0.5, div_factor=5.0, final_div_factor=20.0),
    "cosine_onecycle_short": optax.cosine_onecycle_schedule(2, 0.5),
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
    "ctc_all": lambda x: optax.losses.ctc_loss(
        x, FRAME_PADDINGS, LABELS, LABEL_PADDINGS, blank_id=4, log_epsilon=-1e3),
    "ctc_blank": lambda x: jnp.maximum(
        optax.losses.ctc_loss_with_forward_probs(x, FRAME_PADDINGS, LABELS, LABEL_PADDINGS)[1], -1e3),
    "ctc_label": lambda x: jnp.maximum(
        optax.losses.ctc_loss_with_forward_probs(x, FRAME_PADDINGS, LABELS, LABEL_PADDINGS)[2], -1e3),
    "softmax_axes": lambda x: optax.losses.softmax_cross_entropy(x, P, axis=(0, 1)),
    "softmax_integer_axes": lambda x: optax.losses.softmax_cross_entropy_with_integer_labels(
        x.reshape(2, 2, 5), jnp.asarray([3, 7]), axis=(0, 2)),
    "softmax_where_short": lambda x: optax.losses.softmax_cross_entropy(x, P, where=MASK[0], axis=0),
    "poly_all": lambda x: optax.losses.poly_loss_cross_entropy(x, P, epsilon=-0.5, axis=0, where=MASK.at[3].set(True)),
    "smooth_axes": lambda x: optax.losses.smooth_labels(x, 0.3, axis=0),
    "squared_alone": lambda x: optax.losses.squared_error(x),
    "l2_targets": lambda x: optax.losses.l2_loss(x, Y),
    "huber_alone": lambda x: optax.losses.huber_loss(x),
    "log_cosh_alone": lambda x: optax.losses.log_cosh(x),
    "cosine_all": lambda x: optax.losses.cosine_similarity(x, Y, epsilon=0.01, axis=0, where=MASK),
    "kl_all": lambda x: optax.losses.kl_divergence(x, P, axis=0, where=MASK),
    "kl_log_all": lambda x: optax.losses.kl_divergence_with_log_targets(x, Y, axis=(0, 1), where=MASK),
    "kl_general_all": lambda x: optax.losses.generalized_kl_divergence(x, P, axis=0, where=MASK),
    "triplet_all": lambda x: optax.losses.triplet_margin_loss(x, Y, Z, axis=0, norm_degree=4, margin=0.5, eps=0.1),
    "sparsemax": lambda x: optax.losses.sparsemax_loss(x, BITS),
    "multiclass_sparsemax": lambda x: optax.losses.multiclass_sparsemax_loss(x, jnp.abs(CLASSES)),
    "multiclass_sparsemax_wide": lambda x: optax.losses.multiclass_sparsemax_loss(0.1 * x, jnp.abs(CLASSES)),
    "fenchel_young": lambda x: optax.losses.make_fenchel_young_loss(jax.nn.logsumexp)(x, P),
    "ranking": lambda x: optax.losses.ranking_softmax_loss(x, BITS),
    "ranking_all": lambda x: optax.losses.ranking_softmax_loss(x, BITS, where=MASK, weights=P, reduce_fn=jnp.sum),
    "ranking_lists": lambda x: optax.losses.ranking_softmax_loss(x, BITS, where=MASK, reduce_fn=None),
    "ranking_mean": lambda x: optax.losses.ranking_softmax_loss(x, BITS, where=MASK),
    "dice": lambda x: optax.losses.dice_loss(x.reshape(2, 2, 5), P.reshape(2, 2, 5)),
    "dice_all": lambda x: optax.losses.dice_loss(
        jax.nn.softmax(x).reshape(2, 2, 5), P.reshape(2, 2, 5), class_weights=jnp.arange(5.0), smooth=0.5, alpha=0.3,
        beta=0.8, apply_softmax=False, reduction="none", ignore_background=True, axis=(0, 1)),
    "dice_sum": lambda x: optax.losses.dice_loss(x.reshape(4, 5, 1), BITS, reduction="sum"),
    "dice_binary": lambda x: optax.losses.binary_dice_loss(x, BITS, smooth=0.3),
    "dice_general": lambda x: optax.losses.multiclass_generalized_dice_loss(
        x.reshape(2, 2, 5), P.reshape(2, 2, 5), ignore_background=True),
    "ntxent": lambda x: optax.losses.ntxent(x, jnp.asarray([0, 1, 0, 1])),
    "ntxent_all": lambda x: optax.losses.ntxent(x, jnp.asarray([0, 1, 0, 0]), temperature=0.5),
}


def loss(name, function):
    x = FRAMES if name.startswith("ctc") else X
    return {"value": numbers(function(x)), "gradient": numbers(jax.grad(lambda x: function(x).sum())(x))}


def numbers(leaf):
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    # Nine digits tell any two float32 values apart.
    return [float(f"{v:.9g}") for v in np.asarray(leaf, np.float64).ravel()]


def leaves(x):
    return [numbers(leaf) for leaf in jax.tree.leaves(x)]


# Their second gradient holds a NaN.
BROKEN = ("apply_if_finite", "multi_steps_finite", "zero_nans")


def extra(name):
    return {"value": jnp.float32(1.5)} if name.startswith("polyak_sgd") else {}


def dtypes(name, tx):
    """The dtypes of updates and state after an update in bfloat16, and of the state before."""
    half = lambda tree: jax.tree.map(lambda x: x.astype(jnp.bfloat16), tree)
    params = half(PARAMS)
    before = tx.init(params)
    # A key is its two words.
    names = lambda tree: " ".join(str(x.dtype).replace("key<fry>", "uint32") for x in jax.tree.leaves(tree))
    update, after = tx.update(half(GRADIENTS[0]), before, params, **extra(name))
    return {"before": names(before), "updates": names(update), "after": names(after)}


def lookahead():
    tx = optax.lookahead(optax.adam(0.1), sync_period=2, slow_step_size=0.3, reset_state=True)
    params = optax.LookaheadParams.init_synced(PARAMS)
    state = tx.init(params)
    for gradient in GRADIENTS[:3]:
        update, state = tx.update(gradient, state, params)
        params = optax.apply_updates(params, update)
    return {"params": leaves(params), "state": leaves(state)}


def per_example():
    gradients = {"b": X, "layer": {"kernel": FRAMES.reshape(4, 3, 5)}}
    total, count = optax.per_example_global_norm_clip(gradients, 4.0)
    layers, counts = optax.per_example_layer_norm_clip(gradients, 4.0)
    sized, sized_counts = optax.per_example_layer_norm_clip(gradients, 4.0, uniform=False)
    return {
        "global": leaves(total) + leaves(count), "uniform": leaves(layers) + leaves(counts),
        "sized": leaves(sized) + leaves(sized_counts)}


def run(name, tx):
    # RAdam rectifies from the seventh step on; for the others four say enough.
    gradients = GRADIENTS if name in ("radam", "radam_all") else GRADIENTS[:4]
    if name in BROKEN:
        broken = jax.tree.map(lambda x: x.at[0].set(np.nan) if x.ndim == 1 else x, GRADIENTS[1])
        gradients = gradients[:1] + [broken] + gradients[2:]
    params, state, updates = PARAMS, tx.init(PARAMS), []
    for gradient in gradients:
        update, state = tx.update(gradient, state, params, **extra(name))
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
    "lookahead": lookahead(),
    "per_example": per_example(),
    "dtypes": {name: dtypes(name, tx) for name, tx in OPTIMIZERS.items()},
    "schedules": {name: numbers(jnp.stack([jnp.float32(s(i)) for i in range(40)])) for name, s in SCHEDULES.items()},
})[:-2] + ',\n"optimizers": ' + lines({name: run(name, tx) for name, tx in OPTIMIZERS.items()}) + "}")