"""The models of Flax's tests/core: transforms of functions of bare scopes, and the designs in tests/core/design.

The models are imported from a checkout of google/flax: PYTHONPATH=FLAX/tests/core/design python generate.py core
"""

from functools import partial

import core_attention_test as attention
import core_auto_encoder_test as auto_encoder
import core_big_resnets_test as big_resnets
import core_custom_vjp_test as custom_vjp
import core_dense_test as dense
import core_flow_test as flow
import core_resnet_test as resnet
import core_scan_test as scan
import core_tied_autoencoder_test as tied_autoencoder
import core_vmap_test as vmap
import core_weight_std_test as weight_std
import jax
import jax.numpy as jnp
from flax.core import apply, init, lift, nn
from jax import random

from common import case, key

# Attention over heads and batches by vmap, with dropout
inputs = random.normal(key(20), (2, 7, 16))
for name, broadcast in (("own_masks", False), ("one_mask", True)):
    model = partial(
        attention.multi_head_dot_product_attention, num_heads=2, batch_axes=(0,), broadcast_dropout=broadcast,
        attn_fn=attention.with_dropout(attention.softmax_attn, 0.1, deterministic=False),
    )
    y, v = init(model)({"params": key(0), "dropout": key(1)}, inputs, inputs)
    case("attention_" + name, vars=v, out=apply(model)(v, inputs, inputs, rngs={"dropout": key(2)}))

# Auto encoders
x = random.normal(key(21), (1, 4))
models = {
    "struct": auto_encoder.AutoEncoder(latents=2, features=4, hidden=3),
    "scope": lambda s, x: auto_encoder.AutoEncoder2(s, latents=2, features=4, hidden=3)(x),
    "bind": lambda s, x: auto_encoder.AutoEncoder3.create(s, latents=2, features=4, hidden=3)(x),
}
for name, model in models.items():
    y, v = init(model)(key(0), x)
    case("auto_encoder_" + name, vars=v, out=y)

# Residual networks
x = random.normal(key(0), (1, 8, 8, 8))
y, v = init(big_resnets.big_resnet)(key(1), x)
case("big_resnet", vars=v, out=y)
x = random.normal(key(0), (1, 64, 64, 3))
y, v = init(resnet.resnet)(key(1), x, block_sizes=(2, 2), features=16)
case("resnet", vars=v["params"], out=y)

# A rule for the derivative
x = random.normal(key(0), (1, 4))
model = custom_vjp.mlp_custom_grad
y, v = init(model)(key(1), x)
case("custom_vjp", vars=v, out=y, grad=jax.grad(lambda v: jnp.mean(apply(model)(v, x) ** 2))(v))

# Dense layers
x = random.normal(key(22), (1, 3))
y, v = init(dense.Dense(features=4))(key(0), x)
case("dense", vars=v, out=y)
x = random.normal(key(23), (1, 4))
for name, model in (("explicit", dense.explicit_mlp), ("semi_explicit", dense.semi_explicit_mlp)):
    y, v = init(model)(key(0), x)
    case("dense_" + name, vars=v, out=y)

# A flow, forward and backward
x = random.normal(key(24), (1, 3))
model = flow.StackFlow((flow.DenseFlow(),) * 3)
y, v = init(model.forward)(key(0), x)
case("flow", vars=v, out=y, back=apply(model.backward)(v, y))

# Loops and maps
x = random.normal(key(0), (1, 4))
x = jnp.concatenate([x, x], 0)
for name, share in (("own", False), ("shared", True)):
    y, v = init(scan.mlp_scan)(key(1), x, share_params=share)
    case("scan_" + name, vars=v, out=y)
    y, v = init(vmap.mlp_vmap)(key(1), x, share_params=share)
    case("vmap_" + name, vars=v, out=y)

# Mapped variables
x = random.normal(key(25), (1, 4))
model = tied_autoencoder.TiedAutoEncoder(latents=2, features=4)
y, v = init(model)(key(0), x)
z, from_decoder = init(model.decode)(key(0), jnp.ones((1, 2)))
case("tied_autoencoder", vars=v, out=y, vars_decoder=from_decoder, out_decoder=z)
x = random.normal(key(0), (1, 4))
y, v = init(weight_std.mlp)(key(1), x)
case("weight_std", vars=v, first=y, out=apply(weight_std.mlp)(v, x))

# tests/core/core_lift_test.py


def count(name):
    def branch(scope, x, sign=1):
        scope.variable("state", name).value += 1
        return sign * scope.child(nn.dense)(x, 2)

    return branch


def chosen(transform, names):
    def f(scope, x, which):
        for name in names:
            scope.variable("state", name, lambda: 0)
        return transform(which, scope, x)

    return f


x = random.normal(key(26), (1, 3))
a, b, c = count("a_count"), partial(count("b_count"), sign=-1), count("c_count")
model = chosen(lambda i, s, x: lift.cond(i, a, b, s, x), ("a_count", "b_count"))
y, v = init(model)(key(0), x, True)
y2, upd = apply(model, mutable="state")(v, x, False)
case("cond", vars=v, out=y, out2=y2, upd=upd)
model = chosen(lambda i, s, x: lift.switch(i, [a, b, c], s, x), ("a_count", "b_count", "c_count"))
y, v = init(model)(key(0), x, 0)
groups = {"vars": v, "out": y}
for index in (1, 2):
    groups[f"out{index}"], groups[f"upd{index}"] = apply(model, mutable="state")(v, x, index)
case("switch", **groups)


def loop(scope, x):
    keys = jnp.broadcast_to(key(0), (2,))
    scope.param("inc", lambda _: 1)
    for name, value in (("acc", 0), ("rng_params", keys), ("rng_loop", keys)):
        scope.put_variable("state", name, value)

    def body(scope, c):
        i = scope.get_variable("state", "acc")
        for stream in ("params", "loop"):
            drawn = scope.get_variable("state", "rng_" + stream).at[i].set(scope.make_rng(stream))
            scope.put_variable("state", "rng_" + stream, drawn)
        scope.put_variable("state", "acc", i + scope.get_variable("params", "inc"))
        return c + 2

    return lift.while_loop(
        lambda s, c: s.get_variable("state", "acc") < x, body, scope, 0, carry_variables="state",
        split_rngs={"params": False, "loop": True},
    )


c, v = apply(loop, mutable=True)({}, 2, rngs={"params": key(1), "loop": key(2)})
case("while_loop", vars=v, out=c)
