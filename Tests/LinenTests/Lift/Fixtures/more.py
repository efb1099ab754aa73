"""Every lift with several streams, inside others, of other methods, in setup and at the top, with filters and In and Out axes."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax.core import lift
from jax import random

from common import case, key, x34, x234

KEYS = {"params": key(0), "dropout": key(1), "noise": key(2)}
OTHER_KEYS = {"params": key(3), "dropout": key(4), "noise": key(5)}
PARAMS = dict(variable_axes={"params": 0}, split_rngs={"params": True})
NOISY = dict(variable_axes={"params": 0}, split_rngs={"params": True, "dropout": True})
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
        f = self.transform(lambda m, x: Draws()(x))
        first = f(self, x)
        between = keys_of(self, "noise")
        return first, between, f(self, x), Child()()


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

# One lift inside another


class Noisy(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))
        return nn.Dropout(0.5, deterministic=False)(nn.tanh(nn.Dense(4)(x)))


class Block(nn.Module):
    @nn.compact
    def __call__(self, x):
        return x + nn.Dropout(0.5, deterministic=False)(nn.tanh(nn.Dense(4)(x))), None


V = partial(nn.vmap, **NOISY)
S = partial(nn.scan, length=3, **NOISY)
M = partial(nn.map_variables, mapped_collections="params", trans_in_fn=double, trans_out_fn=halve, init=True, mutable=True)
NESTED = {
    "vmap_remat": V(nn.remat(Noisy)), "remat_vmap": nn.remat(V(Noisy)), "jit_vmap": nn.jit(V(Noisy)), "vmap_jit": V(nn.jit(Noisy)),
    "map_vmap": M(V(Noisy)), "vmap_map": V(M(Noisy)), "fold_vmap": nn.fold_rngs(V(Noisy)), "remat_jit": nn.remat(nn.jit(Noisy)),
    "jit_remat": nn.jit(nn.remat(Noisy)), "map_remat": M(nn.remat(Noisy)), "vmap_vmap": V(V(Noisy)), "jit_jit": nn.jit(nn.jit(Noisy)),
    "scan_remat": S(nn.remat(Block)), "remat_scan": nn.remat(S(Block)), "scan_jit": S(nn.jit(Block)), "jit_scan": nn.jit(S(Block)),
    "scan_scan": S(partial(nn.scan, length=2, **NOISY)(Block)), "scan_map": S(M(Block)), "map_scan": M(S(Block)),
    "vmap_scan": V(S(Block), out_axes=(0, None)), "remat_scan_of_remat": nn.remat(S(nn.remat(Block))),
}
STREAMS = {"params": key(0), "dropout": key(1)}


class Named(nn.Module):
    """The model as a submodule, whose name shows how it was made."""

    make: Any

    @nn.compact
    def __call__(self, x):
        y = self.make()(x)
        y = y[0] if isinstance(y, tuple) else y
        return nn.Dense(2)(y)


for name, cls in NESTED.items():
    model = Named(cls)
    x = x234 if name == "vmap_vmap" else x34
    v = model.init(STREAMS, x)
    f = lambda v: model.apply(v, x, rngs={"dropout": key(2)})
    case("nested_" + name, vars=v, out=f(v), grad=jax.grad(lambda v: jnp.sum(f(v) ** 2))(v))

# Lifts of functions inside lifts of functions of one module


class NestedFunctions(nn.Module):
    outer: Any
    inner: Any

    @nn.compact
    def __call__(self, x):
        layer = lambda m, x: nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))

        def body(m, x):
            x = layer(m, x)
            return layer(m, self.inner(layer)(m, x))

        x = self.outer(body)(self, x)
        return layer(self, x)


for name, outer, inner in (
    ("remat_jit", nn.remat, nn.jit), ("jit_remat", nn.jit, nn.remat), ("vmap_remat", V, nn.remat), ("fold_map", nn.fold_rngs, M),
    ("map_fold", M, nn.fold_rngs), ("vmap_jit", V, nn.jit),
):
    model = NestedFunctions(outer, inner)
    v = model.init(STREAMS, x34)
    case("functions_" + name, vars=v, out=model.apply(v, x34, rngs={"dropout": key(2)}))

# Other methods than the call


class Coder(nn.Module):
    def setup(self):
        self.encoder = nn.Dense(2)
        self.decoder = nn.Dense(4)
        self.dropout = nn.Dropout(0.5, deterministic=False)

    def encode(self, x):
        return self.dropout(self.encoder(x))

    def decode(self, z):
        return self.dropout(self.decoder(z))


class CoderUser(nn.Module):
    lift: Any

    @nn.compact
    def __call__(self, x):
        coder = self.lift(Coder)()
        z = coder.encode(x)
        return z, coder.decode(z), coder.encode(x)


METHODS = {
    "vmap": partial(nn.vmap, methods=["encode", "decode"], **NOISY),
    "vmap_each": partial(nn.vmap, methods={"encode": dict(NOISY), "decode": dict(NOISY, out_axes=-1)}),
    "remat": partial(nn.remat, methods=["encode", "decode"]), "jit": partial(nn.jit, methods=["encode", "decode"]),
    "map": partial(M, methods=["encode", "decode"]), "fold_rngs": nn.fold_rngs,
}
for name, transform in METHODS.items():
    model = CoderUser(transform)
    v = model.init(STREAMS, x34)
    case("methods_" + name, vars=v, out=model.apply(v, x34, rngs={"dropout": key(2)}))

# Made in setup, in a compact method and at the top


class InSetup(nn.Module):
    lift: Any

    def setup(self):
        self.first = self.lift(Noisy)()
        self.others = [self.lift(Noisy)(), self.lift(Noisy)()]

    def __call__(self, x):
        x = self.first(x)
        for layer in self.others:
            x = layer(x)
        return self.first(x)


class InCompact(nn.Module):
    lift: Any

    @nn.compact
    def __call__(self, x):
        named = self.lift(Noisy)(name="named")
        x = self.lift(Noisy)()(named(x))
        return named(x)


for name, transform in (("vmap", V), ("remat", nn.remat), ("jit", nn.jit), ("map", M), ("fold_rngs", nn.fold_rngs)):
    for place, model in (("setup", InSetup(transform)), ("compact", InCompact(transform)), ("top", transform(Noisy)())):
        v = model.init(STREAMS, x34)
        case(f"{place}_{name}", vars=v, out=model.apply(v, x34, rngs={"dropout": key(2)}))

# Filters and axes of collections


class Collections(nn.Module):
    """A layer with a counter, a running mean and something sown."""

    @nn.compact
    def __call__(self, x):
        y = nn.Dense(4)(x)
        count = self.variable("count", "n", lambda: jnp.zeros(()))
        mean = self.variable("stats", "mean", lambda: jnp.zeros((4,)))
        count.value = count.value + 1
        if not self.is_initializing():
            mean.value = 0.5 * mean.value + y
        self.sow("intermediates", "y", y)
        return y + mean.value


In, Out = lift.In, lift.Out
AXES = {
    "tuple": {("params", "stats"): 0, "count": None},
    "all": {True: 0},
    "deny": {nn.DenyList("count"): 0, "count": None},
    "first_wins": {"params": 0, "count": None, True: 1 - 1},
    "inner": {"params": -1, "stats": 1, "count": 0},
    "out": {"params": 0, "stats": 0, "count": Out(0), "intermediates": Out(1)},
    "in_out": {"params": 0, "stats": In(0), "count": None, "intermediates": 0},
}
for name, axes in AXES.items():
    model = nn.vmap(Collections, variable_axes=axes, split_rngs={"params": True})()
    v = model.init(key(0), x34)
    given = {k: c for k, c in v.items() if not (name == "out" and k == "count")}
    mutable = [c for c in ("stats", "count", "intermediates") if not (name == "in_out" and c == "stats")]
    try:
        y, upd = model.apply(given, x34, mutable=mutable)
        case("axes_" + name, vars=v, out=y, upd=upd)
    except Exception as e:
        print("axes_" + name, type(e).__name__, e)


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


# Statistics over one and two mapped axes


class Norm(nn.Module):
    axis_name: Any

    @nn.compact
    def __call__(self, x):
        return nn.BatchNorm(use_running_average=False, axis_name=self.axis_name)(nn.Dense(3)(x))


STATS = dict(variable_axes={"params": None, "batch_stats": None}, split_rngs={"params": False})
x4d = random.normal(key(30), (2, 3, 5, 4))
for name, axis in (("inner", "inner"), ("outer", "outer"), ("both", ("outer", "inner"))):
    inner_stats = None if name != "outer" else None
    try:
        model = nn.vmap(nn.vmap(Norm, axis_name="inner", **STATS), axis_name="outer", **STATS)(axis)
        if name == "inner":
            outer = dict(variable_axes={"params": None, "batch_stats": 0}, split_rngs={"params": False})
            model = nn.vmap(nn.vmap(Norm, axis_name="inner", **STATS), axis_name="outer", **outer)(axis)
        if name == "outer":
            inner = dict(variable_axes={"params": None, "batch_stats": 0}, split_rngs={"params": False})
            model = nn.vmap(nn.vmap(Norm, axis_name="inner", **inner), axis_name="outer", **STATS)(axis)
        v = model.init(key(0), x4d)
        y, upd = model.apply(v, x4d, mutable=["batch_stats"])
        case("norm_" + name, vars=v, out=y, upd=upd)
    except Exception as e:
        print("norm_" + name, type(e).__name__, e)
