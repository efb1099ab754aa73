"""Every lift of models that draw from several streams."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import random

from common import case, key, x34

KEYS = {"params": key(0), "dropout": key(1), "noise": key(2)}
OTHER_KEYS = {"params": key(3), "dropout": key(4), "noise": key(5)}
tree_map = jax.tree_util.tree_map
double = lambda v: tree_map(lambda a: a * 2, v)
halve = lambda v: tree_map(lambda a: a / 2, v)


def keys_of(module, *streams):
    return jnp.stack([random.key_data(module.make_rng(s)) for s in streams])


# Keys drawn from several streams, in the module that is lifted, in one below it, and outside before and after


class Child(nn.Module):
    @nn.compact
    def __call__(self):
        return keys_of(self, "noise", "dropout")


class Draws(nn.Module):
    @nn.compact
    def __call__(self, x):
        drawn = keys_of(self, "params", "dropout", "noise", "dropout")
        return nn.Dense(3)(x), drawn, Child()()


class Step(nn.Module):
    @nn.compact
    def __call__(self, c, x):
        return c, Draws(name="draws")(x)


class ClassUser(nn.Module):
    make: Any

    @nn.compact
    def __call__(self, x):
        first = self.make()(x)
        between = keys_of(self, "noise")
        layer = self.make()
        return first, between, layer(x), layer(x), Child()()


class FunctionUser(nn.Module):
    transform: Any

    @nn.compact
    def __call__(self, x):
        # A compiled function that is called again takes up the names of its first call; this is a new one.
        f = lambda: self.transform(lambda m, x: Draws()(x))
        first = f()(self, x)
        between = keys_of(self, "noise")
        return first, between, f()(self, x), Child()()


def mapped(a, b, c, **kwargs):
    return partial(
        nn.vmap, variable_axes={"params": 0 if a else None}, split_rngs={"params": a, "dropout": b, "noise": c}, **kwargs
    )


def looped(target, a, b, c, **kwargs):
    own = dict(variable_axes={"params": 0}) if a else dict(variable_broadcast="params")
    return nn.scan(target, split_rngs={"params": a, "dropout": b, "noise": c}, **own, **kwargs)


def loop_function(a, b, c, **kwargs):
    def transform(f):
        loop = looped(lambda m, c, x: (c, f(m, x)), a, b, c, **kwargs)
        return lambda m, x: loop(m, (), x)[1]

    return transform


LIFTS = {
    "vmap_own": mapped(True, True, True),
    "vmap_params": mapped(True, False, False),
    "vmap_shared": mapped(False, True, False),
    "vmap_size": mapped(True, True, False, in_axes=None, axis_size=2),
    "remat": nn.remat,
    "jit": nn.jit,
    "fold_rngs": nn.fold_rngs,
    "map": partial(nn.map_variables, mapped_collections="params", trans_in_fn=double, init=True),
    "map_mutable": partial(nn.map_variables, mapped_collections="params", trans_in_fn=double, trans_out_fn=halve, mutable=True),
    "metadata": partial(nn.add_metadata_axis, variable_axes={"params": 0}, metadata_params={}),
    "remat_rngs": partial(nn.remat, rngs=("params", "noise", "dropout")),
}
for name, transform in LIFTS.items():
    make = lambda transform=transform: transform(Draws)()
    for form, model in (("class", ClassUser(make)), ("function", FunctionUser(transform))):
        y, v = model.init_with_output(KEYS, x34)
        case(f"draws_{name}_{form}", vars=v, first=y, out=model.apply(v, x34, rngs=OTHER_KEYS))
for name, flags, options in (
    ("own", (True, True, True), {}), ("params", (True, False, False), {}), ("shared", (False, True, False), {}),
    ("reverse", (True, True, False), dict(reverse=True)), ("unchecked", (True, True, False), dict(check_constancy_invariants=False)),
):
    make = lambda: lambda x, m=looped(Step, *flags, **options)(): m((), x)[1]

    class LoopUser(nn.Module):
        @nn.compact
        def __call__(self, x):
            first = looped(Step, *flags, **options)()((), x)[1]
            between = keys_of(self, "noise")
            layer = looped(Step, *flags, **options)()
            return first, between, layer((), x)[1], layer((), x)[1], Child()()

    for form, model in (("class", LoopUser()), ("function", FunctionUser(loop_function(*flags, **options)))):
        y, v = model.init_with_output(KEYS, x34)
        case(f"draws_scan_{name}_{form}", vars=v, first=y, out=model.apply(v, x34, rngs=OTHER_KEYS))
