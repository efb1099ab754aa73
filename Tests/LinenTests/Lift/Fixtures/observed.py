"""What lifts let be seen of modules, sown, captured and perturbed, and keys of the original layout."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn

from common import case, key, x34

COLLECTIONS = {"params": 0, "intermediates": 0, "perturbations": 0}
double = lambda v: jax.tree_util.tree_map(lambda a: a * 2, v)


class Sower(nn.Module):
    @nn.compact
    def __call__(self, x):
        y = nn.Dense(4)(x)
        self.sow("intermediates", "h", y)
        return nn.tanh(self.perturb("p", y))


class Step(nn.Module):
    @nn.compact
    def __call__(self, x):
        return Sower()(x), None


class User(nn.Module):
    make: Any

    @nn.compact
    def __call__(self, x):
        y = self.make()(x)
        return nn.Dense(2)(y[0] if isinstance(y, tuple) else y)


for name, make in (
    ("vmap", nn.vmap(Sower, variable_axes=COLLECTIONS, split_rngs={"params": True})),
    ("vmap_params", nn.vmap(Sower, variable_axes={"params": 0}, split_rngs={"params": True})),
    ("scan", nn.scan(Step, variable_axes=COLLECTIONS, split_rngs={"params": True}, length=3)),
    ("remat", nn.remat(Sower)), ("jit", nn.jit(Sower)), ("fold_rngs", nn.fold_rngs(Sower)),
):
    model = User(make)
    v = model.init(key(0), x34)
    y, upd = model.apply(v, x34, mutable=["intermediates"], capture_intermediates=True)
    if name == "scan":  # a step there gives None besides, in Swift the tensor alone
        calls = upd["intermediates"]["ScanStep_0"]
        calls["__call__"] = tuple(output for output, _ in calls["__call__"])
    groups = {}
    if "perturbations" in v:
        loss = lambda p: jnp.sum(model.apply({"params": v["params"], "perturbations": p}, x34) ** 2)
        groups["grad"] = jax.grad(loss)(v["perturbations"])
    case(name, vars=v, out=y, upd=upd, **groups)


class Noisy(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))


class Block(nn.Module):
    @nn.compact
    def __call__(self, x):
        return Noisy()(x), None


NOISY = dict(variable_axes={"params": 0}, split_rngs={"params": True, "dropout": True})
with jax.threefry_partitionable(False):
    for name, make in (
        ("vmap", nn.vmap(Noisy, **NOISY)), ("scan", nn.scan(Block, length=3, **NOISY)), ("remat", nn.remat(Noisy)),
        ("jit", nn.jit(Noisy)), ("map", nn.map_variables(Noisy, "params", double, init=True)),
        ("remat_scan", partial(nn.remat_scan, lengths=(2, 2))(Noisy)),
    ):
        model = User(make)
        v = model.init({"params": key(0), "dropout": key(1)}, x34)
        case("original_" + name, vars=v, out=model.apply(v, x34, rngs={"dropout": key(2)}))
