"""Lifts with collections of several kinds: filters, axes of what goes in or comes out alone, shared and carried ones."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax.core import lift
from jax import random

from common import case, key, x34

STREAMS = {"params": key(0), "dropout": key(1)}


class Collections(nn.Module):
    """A layer with a counter, a running mean and something sown."""

    @nn.compact
    def __call__(self, x):
        y = nn.Dense(4)(x)
        count = self.variable("count", "n", lambda: jnp.zeros(()))
        mean = self.variable("stats", "mean", lambda: jnp.zeros((4,)))
        count.value = count.value + 1
        if not self.is_initializing() and self.is_mutable_collection("stats"):
            mean.value = 0.5 * mean.value + y
        self.sow("intermediates", "y", y)
        return y + mean.value


In, Out = lift.In, lift.Out
AXES = {
    "tuple": {("params", "stats"): 0, "count": None},
    "all": {True: 0},
    "deny": {nn.DenyList("count"): 0, "count": None},
    "first_wins": {"params": 0, "count": None, True: 0},
    "inner": {"params": -1, "stats": 1, "count": 0},
    "out": {"params": 0, "stats": 0, "count": Out(0), "intermediates": Out(1)},
    "in_out": {"params": 0, "stats": In(0), "count": None, "intermediates": 0},
}
for name, axes in AXES.items():
    model = nn.vmap(Collections, variable_axes=axes, split_rngs={"params": True})()
    # What only goes in can't be made.
    made = dict(axes, stats=0) if name == "in_out" else axes
    v = nn.vmap(Collections, variable_axes=made, split_rngs={"params": True})().init(key(0), x34)
    given = {k: c for k, c in v.items() if not (name == "out" and k == "count")}
    mutable = [c for c in ("stats", "count", "intermediates") if not (name == "in_out" and c == "stats")]
    y, upd = model.apply(given, x34, mutable=mutable)
    case("axes_" + name, vars=v, out=y, upd=upd)


class Everything(nn.Module):
    """A step that uses collections of every kind."""

    @nn.compact
    def __call__(self, c, x):
        shift = self.variable("constants", "shift", lambda: jnp.full((4,), 0.5))
        steps = self.variable("state", "steps", lambda: jnp.zeros(()))
        seen = self.variable("seen", "x", lambda: jnp.zeros((4,)))
        y = nn.Dense(4)(c) + x + shift.value
        y = nn.Dropout(0.5, deterministic=False)(y)
        seen.value = seen.value + y
        steps.value = steps.value + y.sum()
        self.sow("intermediates", "y", y)
        return jnp.tanh(y), (y, steps.value)


class EverythingUser(nn.Module):
    options: Any

    @nn.compact
    def __call__(self, c, x):
        Looped = nn.scan(
            Everything, variable_axes={"params": 0, ("seen", "intermediates"): 1}, variable_broadcast="constants",
            variable_carry="state", split_rngs={"params": True, "dropout": True}, out_axes=(-1, 0), **self.options,
        )
        layer = Looped(name="loop")
        if self.is_initializing():
            layer.put_variable("state", "steps", jnp.zeros(()))
        return layer(c, x)


for name, options in (("plain", {}), ("reverse", dict(reverse=True)), ("unroll", dict(unroll=2)), ("length", dict(length=3))):
    model = EverythingUser(options)
    v = model.init(STREAMS, jnp.ones((4,)), x34)
    (c, y), upd = model.apply(v, jnp.ones((4,)), x34, rngs={"dropout": key(2)}, mutable=["state", "seen", "intermediates"])
    f = lambda v: jnp.sum(model.apply(v, jnp.ones((4,)), x34, rngs={"dropout": key(2)}, mutable=["state", "seen"])[0][0])
    case("everything_" + name, vars=v, carry=c, out=y, upd=upd, grad=jax.grad(f)(v)["params"])


# Statistics over one of two mapped axes


class Norm(nn.Module):
    axis_name: Any

    @nn.compact
    def __call__(self, x):
        return nn.BatchNorm(use_running_average=False, axis_name=self.axis_name)(nn.Dense(3)(x))


SHARED = dict(variable_axes={"params": None, "batch_stats": None}, split_rngs={"params": False})
EACH = dict(variable_axes={"params": None, "batch_stats": 0}, split_rngs={"params": False})
x4d = random.normal(key(30), (2, 3, 5, 4))
for name, inner, outer in (("inner", SHARED, EACH), ("outer", EACH, SHARED)):
    model = nn.vmap(nn.vmap(Norm, axis_name="inner", **inner), axis_name="outer", **outer)(name)
    v = model.init(key(0), x4d)
    y, upd = model.apply(v, x4d, mutable=["batch_stats"])
    case("norm_" + name, vars=v, out=y, upd=upd)
