"""One lift inside another, of other methods than the call, and in setup, in a compact method and at the top."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn

from common import case, key, x34, x234

NOISY = dict(variable_axes={"params": 0}, split_rngs={"params": True, "dropout": True})
tree_map = jax.tree_util.tree_map
double = lambda v: tree_map(lambda a: a * 2, v)
halve = lambda v: tree_map(lambda a: a / 2, v)


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
    goes_on: bool

    @nn.compact
    def __call__(self, x):
        layer = lambda m, x: nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))

        def body(m, x):
            x = layer(m, x)
            return layer(m, self.inner(layer)(m, x))

        x = self.outer(body)(self, x)
        return layer(self, x) if self.goes_on else x


for name, outer, inner in (
    ("remat_jit", nn.remat, nn.jit), ("jit_remat", nn.jit, nn.remat), ("vmap_remat", V, nn.remat), ("fold_map", nn.fold_rngs, M),
    ("map_fold", M, nn.fold_rngs), ("vmap_jit", V, nn.jit),
):
    model = NestedFunctions(outer, inner, outer is not V)
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
    "map": partial(M, methods=["encode", "decode"]),
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
