"""The models of Flax's linen_transforms_test.py, where numbers come out of them."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jax import random

from common import case, key, x4

PARAMS = dict(variable_axes={"params": 0}, split_rngs={"params": True})


def grad_of(model, v, *args, **kwargs):
    return jax.grad(lambda v: jnp.sum(model.apply(v, *args, **kwargs) ** 2))(v)


# Multi-layer perceptrons by transforms of classes and of methods


class TransformedMLP(nn.Module):
    transform: Any = lambda cls: cls

    @nn.compact
    def __call__(self, x):
        for i, features in enumerate((3, 4, 5)):
            x = self.transform(nn.Dense)(features, name=f"layers_{i}")(x)
            x = nn.relu(x) if i < 2 else x
        return x


def decorated(transform):
    class MLP(nn.Module):
        @transform
        @nn.compact
        def __call__(self, x):
            for i, features in enumerate((3, 4, 5)):
                x = nn.Dense(features, name=f"layers_{i}")(x)
                x = nn.relu(x) if i < 2 else x
            return x

    return MLP()


k1, k2 = random.split(key(3), 2)
x = random.uniform(k1, (4, 4))
plain = TransformedMLP()
v = plain.init(k2, x)
case("mlp", vars=v, out=plain.apply(v, x), grad=grad_of(plain, v, x))
for name, transform in (("jit", nn.jit), ("remat", nn.remat)):
    for form, model in (("class", TransformedMLP(transform)), ("method", decorated(transform))):
        case(f"mlp_{name}_{form}", vars=model.init(k2, x), grad=grad_of(model, v, x))


def mapped(target):
    return nn.vmap(target, in_axes=(0,), variable_axes={"params": None}, split_rngs={"params": False})


k1, k2, k3 = random.split(key(3), 3)
x, x2 = random.uniform(k1, (4, 4)), random.uniform(k2, (5, 4, 4))
for form, model in (("class", TransformedMLP(mapped)), ("method", decorated(mapped))):
    v = model.init(k3, x2)
    case(f"mlp_vmap_{form}", vars=v, out=model.apply(v, x2))


class NormMLP(nn.Module):
    axis_name: Any = None

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(3)(x)
        return nn.BatchNorm(axis_name=self.axis_name, use_running_average=False)(x)


model = nn.vmap(
    NormMLP, in_axes=(0,), variable_axes={"params": None, "batch_stats": None}, split_rngs={"params": False}, axis_name="batch"
)(axis_name="batch")
v = NormMLP().init(k3, x)
y, upd = model.apply(v, x2, mutable=["batch_stats"])
case("vmap_batchnorm", vars=v, out=y, upd=upd)

# Loops


class SimpleScan(nn.Module):
    @nn.compact
    def __call__(self, c, xs):
        return nn.scan(nn.LSTMCell, variable_broadcast="params", split_rngs={"params": False})(2, name="lstm_cell")(c, xs)


class DecoratedScan(nn.Module):
    @partial(nn.scan, variable_broadcast="params", in_axes=(nn.broadcast, 0), split_rngs={"params": False})
    @nn.compact
    def __call__(self, c, b, xs):
        return nn.LSTMCell(2, name="lstm_cell")(c, xs)


k1, k2 = random.split(key(0), 2)
xs = random.uniform(k1, (5, 3, 2))
carry = nn.LSTMCell(2).initialize_carry(key(0), (3, 2))
v = SimpleScan().init(k2, carry, xs)
c, y = SimpleScan().apply(v, carry, xs)
case("scan_class", vars=v, carry=c, out=y)
v = DecoratedScan().init(k2, carry, jnp.ones((4,)), xs[:4])
c, y = DecoratedScan().apply(v, carry, jnp.ones((4,)), xs[:4])
case("scan_method", vars=v, carry=c, out=y)


class NegativeAxes(nn.Module):
    @nn.compact
    def __call__(self, x):
        class Foo(nn.Module):
            @nn.compact
            def __call__(self, _, x):
                return None, nn.Dense(4)(x)

        return nn.scan(Foo, variable_broadcast="params", split_rngs={"params": False}, in_axes=1, out_axes=-1)()(None, x)[1]


y, v = NegativeAxes().init_with_output(random.PRNGKey(0), random.normal(random.PRNGKey(1), shape=[1, 2, 3]))
case("scan_negative_axes", vars=v, out=y)


class CompactCount(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.scan(lambda m, x: (nn.Dense(x.shape[-1])(x), ()), length=5, **PARAMS)(self, x)[0]


v = CompactCount().init(key(0), jnp.ones((3,)))
case("scan_compact_count", vars=v, out=CompactCount().apply(v, jnp.ones((3,))))

# Modules that several transforms share


class Layer(nn.Module):
    features: int = 3

    @nn.compact
    def __call__(self, x):
        return nn.Dense(self.features)(x)


class JitOuter(nn.Module):
    @nn.jit
    @nn.compact
    def __call__(self, x):
        return nn.Dense(5)(x)


class VmapInner(nn.Module):
    outer_module: nn.Module

    @partial(nn.vmap, in_axes=(0,), **PARAMS)
    @nn.jit
    @nn.compact
    def __call__(self, x):
        return self.outer_module(x)


class VmappedOuter(nn.Module):
    @nn.compact
    def __call__(self, x):
        outer = JitOuter(name="outer")
        return VmapInner(outer, name="inner1")(x) + VmapInner(outer, name="inner2")(x)


x = jnp.ones((3, 1, 2))
v = VmappedOuter().init(key(0), x)
case("vmapped_outer", vars=v, out=VmappedOuter().apply(v, x))


class Using(nn.Module):
    A: nn.Module

    @nn.compact
    def __call__(self, x):
        return self.A(x)


class MappedB(nn.Module):
    B: nn.Module

    @partial(nn.vmap, **PARAMS)
    @nn.compact
    def __call__(self, x):
        return self.B(x)


class MappedBoth(nn.Module):
    A: nn.Module
    B: nn.Module

    @partial(nn.vmap, **PARAMS)
    @nn.compact
    def __call__(self, x):
        return self.B(x) + self.A(x)


class NestedArgs(nn.Module):
    both: bool

    @nn.compact
    def __call__(self, x):
        if self.both:
            a1, a2 = Layer(name="A_0"), Layer(name="A_1")
            return MappedBoth(a2, Using(a1))(x)
        return MappedB(Using(Layer(name="A_0")))(x)


x = random.normal(key(7), (2, 10))
for name, both in (("one", False), ("two", True)):
    v = NestedArgs(both).init(key(0), x)
    case("vmap_nested_args_" + name, vars=v, out=NestedArgs(both).apply(v, x))


class CountingLayer(nn.Module):
    @nn.compact
    def __call__(self, c, x):
        counter = self.variable("counter", "i", jnp.zeros, ())
        counter.value += 1
        return c, nn.Dense(1)(x)


class Pair(nn.Module):
    A: Any

    @nn.compact
    def __call__(self, c, x):
        return self.A["foo"](*self.A["bar"](c, x))


x = random.normal(key(8), (10, 2))
layers = {"foo": CountingLayer(), "bar": CountingLayer()}
v = Pair(layers).init(key(0), x, x)
loop = nn.scan(Pair, in_axes=0, variable_carry="counter", variable_broadcast="params", split_rngs={"params": False})(layers)
(c, y), upd = loop.apply(v, x, x, mutable="counter")
case("scan_adopted", vars=v, out=y, upd=upd)

x = random.normal(key(9), (3, 4, 4))
model = nn.vmap(partial(nn.Dense, use_bias=False), **PARAMS)(4)
v = model.init(key(0), x)
case("vmap_partial", vars=v, out=model.apply(v, x))


class PartialMethod(nn.Module):
    @nn.compact
    def inner(self, x):
        return nn.Dense(2, use_bias=False)(x)

    def __call__(self, x):
        return nn.vmap(partial(PartialMethod.inner), **PARAMS)(self, x)


v = PartialMethod().init(key(0), x)
case("vmap_partial_method", vars=v, out=PartialMethod().apply(v, x))

# Names and streams of compiled methods


class SetupHelpers(nn.Module):
    def setup(self):
        self.a = nn.Dense(2)
        self.setup_helper()

    def setup_helper(self):
        self.b = nn.Dense(2)

    @nn.jit
    def __call__(self, x):
        return self.b(self.a(x))


x = random.normal(key(10), (2, 2))
v = SetupHelpers().init(key(0), x)
case("jit_setup_helpers", vars=v, out=SetupHelpers().apply(v, x))


class ListSetup(nn.Module):
    def setup(self):
        self.inners = [nn.Dense(2), nn.Dense(2)]

    def helper(self, x, layers):
        return layers[0](x) + layers[1](x)

    @nn.jit
    def __call__(self, x):
        return self.helper(x, self.inners)


v = ListSetup().init(key(0), x)
case("jit_setup_list", vars=v, out=ListSetup().apply(v, x))


class HelperOfSubmodule(nn.Module):
    def setup(self):
        self.inner = nn.Dense(2)

    @nn.jit
    def helper(self, x, m):
        return m(x)

    @nn.jit
    def __call__(self, x):
        return self.helper(x, self.inner)


v = HelperOfSubmodule().init(key(0), x)
case("jit_nested_methods", vars=v, out=HelperOfSubmodule().apply(v, x))


class Keys(nn.Module):
    transform: Any

    def __call__(self):
        return self.transform(lambda m: random.key_data(m.make_rng("params")))(self)


for name in ("jit", "fold_rngs"):
    case("key_" + name, out=Keys(getattr(nn, name)).apply({}, rngs={"params": key(0)}))


class KeyBlock(nn.Module):
    @nn.jit
    @nn.compact
    def __call__(self, carry, inputs):
        return carry, random.key_data(self.make_rng("params"))


class KeyLoop(nn.Module):
    @nn.compact
    def __call__(self):
        return nn.scan(KeyBlock, **PARAMS)()(None, jnp.arange(10))[1]


case("same_key", out=KeyLoop().init_with_output(key(1))[0])

# Mapped variables


class TiedAutoencoder(nn.Module):
    @nn.compact
    def _call(self, x, decode):
        trans = (lambda v: jax.tree_util.tree_map(lambda a: a.T, v)) if decode else (lambda v: v)
        layer = lambda m: nn.Dense(4 if decode else 5, use_bias=False)(x)
        return nn.map_variables(layer, "params", trans, trans, mutable=True)(self)

    def encode(self, x):
        return self._call(x, False)

    def decode(self, x):
        return self._call(x, True)

    def __call__(self, x):
        return self.decode(self.encode(x))


x = random.normal(key(11), (2, 4))
model = TiedAutoencoder()
v = model.init(key(0), x)
case(
    "tied_autoencoder", vars=v, out=model.apply(v, x), encoded=model.apply(v, x, method="encode"), grad=grad_of(model, v, x),
    vars_decode=model.init(key(0), jnp.ones((2, 5)), method="decode"),
)


class BitWeights(nn.Module):
    @nn.compact
    def __call__(self, x):
        sign = lambda v: jax.tree_util.tree_map(jnp.sign, v)
        return nn.map_variables(nn.Dense, "params", sign, init=True)(4)(x)


y, v = BitWeights().init_with_output(key(0), x)
case("bit_weights", vars=v, first=y, out=BitWeights().apply(v, x))


class CausalDense(nn.Module):
    """The causal layer of the documentation of map_variables."""

    features: int
    apply_mask: Any = staticmethod(lambda v: jax.tree_util.tree_map(jnp.triu, v))

    def setup(self):
        trans_in = (lambda v: v) if self.is_initializing() else self.apply_mask
        self.dense = nn.map_variables(nn.Dense, "params", trans_in, init=self.is_initializing())(self.features, use_bias=False)

    def __call__(self, x):
        return self.dense(x)


x = random.normal(key(12), (1, 5))
model = CausalDense(5)
v = model.init(key(0), x)
case("causal_dense", vars=v, out=model.apply(v, x), grad=grad_of(model, v, x), jacobian=jax.jacobian(lambda x: model.apply(v, x))(x))


class Big(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.remat_scan(nn.Dense, lengths=(100,))(8, name="dense_stack")(x)


x = random.normal(key(13), (2, 8))
v = Big().init(key(0), x)
case("remat_scan_100", vars=v, out=Big().apply(v, x))

# Derivatives


class Scale(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        p = self.param("test", nn.initializers.constant(0.5), ())
        self.variable("state", "counter", lambda: 0)
        return p * x * y


class VJP(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        z, bwd = nn.vjp(Scale.__call__, Scale(), x, y)
        return bwd(jnp.ones(z.shape))


x, y = jnp.array([1.0, 2.0, 3.0]), jnp.array([4.0, 5.0, 6.0])
v = VJP().init(key(0), x, y)
of_params, of_x, of_y = VJP().apply(v, x, y)
case("vjp", vars=v, grad=of_params, out=(of_x, of_y))


class SignGrad(nn.Module):
    @nn.compact
    def __call__(self, x):
        f = lambda m, x: m(x)
        fwd = lambda m, x: nn.vjp(f, m, x)

        def bwd(vjp_fn, t):
            params, inputs = vjp_fn(t)
            return jax.tree_util.tree_map(jnp.sign, params), inputs

        return nn.custom_vjp(f, forward_fn=fwd, backward_fn=bwd)(nn.Dense(1), x).reshape(())


x = random.normal(key(14), (2,))
v = SignGrad().init(key(0), x)
case("custom_vjp", vars=v, out=SignGrad().apply(v, x), grad=jax.grad(SignGrad().apply)(v, x))


class Multiscope(nn.Module):
    bar: nn.Module

    @nn.compact
    def __call__(self, x, y):
        f = lambda m, x, y: jnp.sum((y - m.bar(nn.Dense(4)(x))) ** 2)
        z, grads = nn.value_and_grad(f, self, x, y)
        return (z, *grads)


class MultiscopeUser(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        return Multiscope(bar=nn.Dense(4))(x, y)


class Adopted(nn.Module):
    bar: nn.Module
    qup: nn.Module

    @nn.compact
    def __call__(self, x, y):
        z, grads = nn.value_and_grad(lambda m, x, y: jnp.sum((y - m.bar(m.qup(x))) ** 2), self, x, y)
        return (z, *grads)


x, y = random.uniform(key(1), (4,)), random.uniform(key(2), (4,))
for name, model in (("multiscope", MultiscopeUser()), ("adopted", Adopted(bar=nn.Dense(4), qup=nn.Dense(4)))):
    v = model.init(key(0), x, y)
    case("value_and_grad_" + name, vars=v, out=model.apply(v, x, y))

# Branches


class Heads(nn.Module):
    def setup(self):
        self.heads = [
            nn.Sequential([nn.Dense(10), nn.Dense(7), nn.Dense(5)]), nn.Sequential([nn.Dense(11), nn.Dense(5)]), nn.Dense(5)
        ]

    @nn.compact
    def __call__(self, x, index):
        def head(i):
            def fn(m, x):
                m.variable("state", f"{i}_count", lambda: -1).value += 1
                return m.heads[i](x)

            return fn

        branches = [head(i) for i in range(3)]
        if self.is_mutable_collection("params"):
            for branch in branches:
                branch(self, x)
        return nn.switch(index, branches, self, x)


x = random.normal(key(15), (1, 3))
v = Heads().init(key(0), x, 0)
for index in range(3):
    y, upd = Heads().apply(v, x, index, mutable="state")
    case(f"heads_{index}", vars=v, out=y, upd=upd)


class CondModel(nn.Module):
    def setup(self):
        self.dense = nn.Dense(3)

    def f1(self, x):
        return self.dense(x)

    def f2(self, x):
        _ = self.dense(x)
        return x

    def __call__(self, x):
        return nn.cond(x.sum() > 0, self.f1, self.f2, self, x)


y, v = CondModel().init_with_output(key(0), jnp.ones(3))
case("bound_methods", vars=v, out=y, negative=CondModel().apply(v, -jnp.ones(3)))
