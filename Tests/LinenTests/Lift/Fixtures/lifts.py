"""Lifted transforms of small models: names, streams, axes, parameters and outputs."""

from functools import partial

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax.core import lift
from flax.core import nn as cnn
from flax.core import init as core_init, apply as core_apply

from common import case, key, x4, x34, x234

case("inputs", x34=x34, x234=x234, x4=x4)


class Noisy(nn.Module):
    """A layer with dropout and a counter of calls."""

    features: int = 4

    @nn.compact
    def __call__(self, x):
        y = nn.Dense(self.features)(x)
        y = nn.Dropout(0.5, deterministic=False)(y)
        count = self.variable("stats", "count", lambda: jnp.zeros(()))
        count.value = count.value + 1
        return y


# vmap

for name, params, dropout in (("own", True, True), ("own_masked_alike", True, False), ("shared", False, True)):
    model = nn.vmap(
        Noisy,
        variable_axes={"params": 0 if params else None, "stats": 0},
        split_rngs={"params": params, "dropout": dropout},
    )()
    v = model.init({"params": key(0), "dropout": key(1)}, x34)
    y, upd = model.apply(v, x34, rngs={"dropout": key(2)}, mutable=["stats"])
    case("vmap_" + name, vars=v, out=y, upd=upd)


class Two(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        return nn.Dense(2)(x) + nn.Dense(2)(y), x


model = nn.vmap(Two, in_axes=(1, None), out_axes=(1, -1), variable_axes={"params": -1}, split_rngs={"params": True})()
v = model.init(key(0), x34, x34[:, 0])
case("vmap_axes", vars=v, out=model.apply(v, x34, x34[:, 0]))

model = nn.vmap(
    nn.vmap(nn.Dense, variable_axes={"params": 0}, split_rngs={"params": True}),
    variable_axes={"params": 0}, split_rngs={"params": True},
)(2)
v = model.init(key(0), x234)
case("vmap_nested", vars=v, out=model.apply(v, x234))


class InSetup(nn.Module):
    def setup(self):
        self.layers = nn.vmap(nn.Dense, variable_axes={"params": 0}, split_rngs={"params": True})(2)

    def __call__(self, x):
        return self.layers(x)


v = InSetup().init(key(0), x34)
case("vmap_setup", vars=v, out=InSetup().apply(v, x34))


class Doubled(nn.Module):
    """A function of the module is mapped; names go on after it."""

    @nn.compact
    def __call__(self, x):
        a = nn.vmap(lambda m, x: nn.Dense(3)(x), variable_axes={"params": 0}, split_rngs={"params": True})(self, x)
        return nn.Dense(3)(a)


v = Doubled().init(key(0), x34)
case("vmap_function", vars=v, out=Doubled().apply(v, x34))


class Holder(nn.Module):
    other: nn.Module

    @nn.compact
    def __call__(self, x):
        return self.other(x) + nn.Dense(3)(x)


class Sharing(nn.Module):
    """A module that two mapped ones share."""

    @nn.compact
    def __call__(self, x):
        shared = nn.Dense(3, name="shared")
        V = nn.vmap(Holder, variable_axes={"params": 0}, split_rngs={"params": True})
        return V(shared, name="a")(x) + V(shared, name="b")(x)


v = Sharing().init(key(0), x34)
case("vmap_sharing", vars=v, out=Sharing().apply(v, x34))

model = nn.vmap(
    Noisy, variable_axes={"params": 0, "stats": lift.Out(0)}, split_rngs={"params": True, "dropout": True}
)()
v = model.init({"params": key(0), "dropout": key(1)}, x34)
y, upd = model.apply({"params": v["params"]}, x34, rngs={"dropout": key(2)}, mutable=["stats"])
case("vmap_out_only", vars=v, out=y, upd=upd)


class Norm(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.BatchNorm(use_running_average=False, axis_name="batch")(nn.Dense(3)(x))


model = nn.vmap(
    Norm, variable_axes={"params": None, "batch_stats": None}, split_rngs={"params": False}, axis_name="batch"
)()
v = model.init(key(0), x234)
y, upd = model.apply(v, x234, mutable=["batch_stats"])
case("vmap_batch_norm", vars=v, out=y, upd=upd)

# scan


class Step(nn.Module):
    """A step with dropout, a carried counter and something sown."""

    features: int = 4

    @nn.compact
    def __call__(self, c, x):
        y = nn.Dense(self.features)(c + x)
        y = nn.Dropout(0.5, deterministic=False)(y)
        self.sow("intermediates", "mean", y.mean())
        return jnp.tanh(y), y.sum(-1)


for name, params, dropout, check in (
    ("own", True, True, True), ("shared", False, True, True), ("shared_alike", False, False, True),
    ("own_unchecked", True, True, False),
):
    model = nn.scan(
        Step,
        variable_axes={"params": 0, "intermediates": 0} if params else {"intermediates": 0},
        variable_broadcast=False if params else "params",
        split_rngs={"params": params, "dropout": dropout},
        check_constancy_invariants=check,
    )()
    v = model.init({"params": key(0), "dropout": key(1)}, jnp.zeros((4,)), x34)
    (c, y), upd = model.apply(v, jnp.zeros((4,)), x34, rngs={"dropout": key(2)}, mutable=["intermediates"])
    case("scan_" + name, vars=v, carry=c, out=y, upd=upd)


class Reversed(nn.Module):
    @nn.compact
    def __call__(self, c, b, x):
        c = nn.tanh(nn.Dense(4)(c) + b * x)
        return c, (c, b)


model = nn.scan(
    Reversed, variable_axes={"params": 1}, split_rngs={"params": True},
    in_axes=(nn.broadcast, 1), out_axes=(-1, nn.broadcast), reverse=True,
)()
v = model.init(key(0), jnp.zeros((2, 4)), x4, x234)
c, y = model.apply(v, jnp.zeros((2, 4)), x4, x234)
grad = jax.grad(lambda v: jnp.sum(model.apply(v, jnp.zeros((2, 4)), x4, x234)[1][0] ** 2))(v)
case("scan_axes", vars=v, carry=c, out=y, grad=grad)


class Body(nn.Module):
    def setup(self):
        self.dense = nn.Dense(4)
        self.p = self.param("p", lambda k: jnp.ones((4,)))

    def __call__(self, x):
        return self.dense(x) + self.p, None


model = nn.scan(Body, variable_axes={"params": 0}, split_rngs={"params": True}, length=2)()
v = model.init(key(0), x4)
case("scan_setup", vars=v, out=model.apply(v, x4)[0])


class Methods(nn.Module):
    def setup(self):
        self.dense0 = nn.Dense(4)
        self.dense1 = nn.Dense(4)

    def method_0(self, x):
        return self.dense0(x), x

    def method_1(self, x, y):
        return self.dense1(x) + y, None


class MethodsUser(nn.Module):
    @nn.compact
    def __call__(self, x):
        common = dict(variable_axes={"params": 0}, split_rngs={"params": True}, length=3)
        S = nn.scan(Methods, methods={"method_0": dict(**common), "method_1": dict(**common, in_axes=0)})
        s = S()
        y, ys = s.method_0(x)
        return s.method_1(y, ys)[0]


v = MethodsUser().init(key(0), x4)
case("scan_methods", vars=v, out=MethodsUser().apply(v, x4))


class Nested(nn.Module):
    """A loop over layers, each of which maps over two members."""

    @nn.compact
    def __call__(self, x):
        def body(m, x):
            D = nn.vmap(nn.Dense, variable_axes={"params": 1}, split_rngs={"params": True}, axis_size=2, in_axes=None)
            return x + D(4)(x).sum(0), None

        return nn.scan(body, variable_axes={"params": 0}, split_rngs={"params": True}, length=3)(self, x)[0]


v = Nested().init(key(0), x4)
case("scan_of_vmap", vars=v, out=Nested().apply(v, x4))

# remat, jit, fold_rngs


class NoisyMLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))
        return nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))


class User(nn.Module):
    transform: str

    @nn.compact
    def __call__(self, x):
        cls = getattr(nn, self.transform)(NoisyMLP)
        x = cls()(x)
        self.make_rng("dropout")
        layer = cls()
        return layer(layer(x))


for name in ("remat", "jit", "fold_rngs"):
    v = User(name).init({"params": key(0), "dropout": key(1)}, x34)
    f = lambda v: User(name).apply(v, x34, rngs={"dropout": key(2)})
    case("plain_" + name, vars=v, out=f(v), grad=jax.grad(lambda v: jnp.sum(f(v) ** 2))(v))


class Method(nn.Module):
    transform: str

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(4)(x)

        def f(m, x):
            return nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))

        x = getattr(nn, self.transform)(f)(self, x)
        return nn.Dropout(0.5, deterministic=False)(nn.Dense(4)(x))


for name in ("remat", "jit", "fold_rngs"):
    v = Method(name).init({"params": key(0), "dropout": key(1)}, x34)
    case("method_" + name, vars=v, out=Method(name).apply(v, x34, rngs={"dropout": key(2)}))


class JitSharing(nn.Module):
    @nn.compact
    def __call__(self, x):
        shared = nn.Dense(3, name="shared")
        return nn.jit(Holder)(shared, name="a")(x)


v = JitSharing().init(key(0), x34)
case("jit_sharing", vars=v, out=JitSharing().apply(v, x34))


class JitScan(nn.Module):
    @nn.compact
    def __call__(self, x):
        class Block(nn.Module):
            @nn.jit
            @nn.compact
            def __call__(self, c, x):
                return c, jax.random.key_data(self.make_rng("params"))

        return nn.scan(Block, variable_axes={"params": 0}, split_rngs={"params": True})()(None, x)[1]


case("jit_in_scan", out=JitScan().init_with_output(key(1), x4)[0])

# remat_scan


class Deep(nn.Module):
    lengths: tuple

    @nn.compact
    def __call__(self, x):
        class Block(nn.Module):
            @nn.compact
            def __call__(self, x):
                return x + nn.Dropout(0.5, deterministic=False)(nn.tanh(nn.Dense(4)(x)))

        return nn.remat_scan(Block, lengths=self.lengths)(name="stack")(x)


for name, lengths in (("one", (3,)), ("two", (2, 2))):
    v = Deep(lengths).init({"params": key(0), "dropout": key(1)}, x34)
    f = lambda v: Deep(lengths).apply(v, x34, rngs={"dropout": key(2)})
    case("remat_scan_" + name, vars=v, out=f(v), grad=jax.grad(lambda v: jnp.sum(f(v) ** 2))(v))

# map_variables


class Mapped(nn.Module):
    """A layer that sees its parameters doubled, with statistics beside them."""

    first: bool
    mutable: bool

    @nn.compact
    def __call__(self, x):
        double = lambda v: jax.tree_util.tree_map(lambda a: a * 2, v)
        half = lambda v: jax.tree_util.tree_map(lambda a: a / 2, v)
        M = nn.map_variables(Noisy, "params", double, half, init=self.first and self.is_initializing(), mutable=self.mutable)
        return M()(x)


for init, mutable in ((True, False), (False, True), (True, True)):
    model = Mapped(init, mutable)
    v = model.init({"params": key(0), "dropout": key(1)}, x34)
    y, upd = model.apply(v, x34, rngs={"dropout": key(2)}, mutable=["stats"])
    y2, upd2 = model.apply(v, x34, rngs={"dropout": key(2)}, mutable=["params", "stats"])
    case(f"map_{int(init)}{int(mutable)}", vars=v, out=y, upd=upd, out2=y2, upd2=upd2)

# derivatives


class Scale(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        p = self.param("scale", nn.initializers.constant(0.5), ())
        self.variable("state", "calls", lambda: 0)
        return jnp.sum(jnp.sin(p * x) * y)


class GradShared(nn.Module):
    bar: nn.Module

    @nn.compact
    def __call__(self, x, y):
        def f(m, x, y):
            delta = y - m.bar(nn.Dense(4)(x))
            return jnp.sum(delta**2), delta

        (z, aux), (gx, gy) = nn.value_and_grad(f, self, x, y, has_aux=True)
        return z, aux, gx, gy


class GradUser(nn.Module):
    @nn.compact
    def __call__(self, x, y):
        return GradShared(nn.Dense(4))(x, y)


v = GradUser().init(key(0), x4, x34[0])
case("grad_sharing", vars=v, out=GradUser().apply(v, x4, x34[0]))


class VJPState(nn.Module):
    @nn.compact
    def __call__(self, x):
        def f(m, x):
            count = m.variable("state", "count", lambda: jnp.zeros(()))
            count.value = count.value + 1
            return nn.Dense(2)(x), count.value

        y, bwd, aux = nn.vjp(f, self, x, has_aux=True)
        return y, bwd(jnp.ones_like(y)), aux


v = VJPState().init(key(0), x34)
(y, grads, aux), upd = VJPState().apply(v, x34, mutable=["state"])
case("vjp_state", vars=v, out=y, grad=grads[0], grad_in=grads[1], aux=aux, upd=upd)

# loops and branches


class Loop(nn.Module):
    @nn.compact
    def __call__(self, x):
        self.variable("state", "i", lambda: jnp.zeros((), jnp.int32))
        self.variable("state", "masks", lambda: jnp.zeros((3,) + x.shape))

        def cond(m, c):
            return m.get_variable("state", "i") < 3

        def body(m, c):
            i = m.get_variable("state", "i")
            a = jax.random.uniform(m.make_rng("params"), c.shape)
            b = jax.random.uniform(m.make_rng("loop"), c.shape)
            m.put_variable("state", "masks", m.get_variable("state", "masks").at[i].set(a + b))
            m.put_variable("state", "i", i + 1)
            return c + a

        return nn.while_loop(cond, body, self, x, carry_variables="state", split_rngs={"params": False, "loop": True})


y, upd = Loop().apply({}, x4, mutable=["state"], rngs={"params": key(1), "loop": key(2)})
case("while_loop", out=y, upd=upd)


class Branches(nn.Module):
    """Both branches draw from one stream: the first is traced first."""

    @nn.compact
    def __call__(self, x, which):
        def a(m, x):
            return nn.Dense(4, name="dense")(x) + jax.random.uniform(m.make_rng("dropout"), x.shape)

        def b(m, x):
            return -nn.Dense(4, name="dense")(x) + jax.random.uniform(m.make_rng("dropout"), x.shape)

        y = nn.cond(which == 0, a, b, self, x)
        z = nn.switch(which, [a, b, lambda m, x: a(m, x)], self, x)
        return y, z, jax.random.uniform(self.make_rng("dropout"), x.shape)


for which in range(3):
    v = Branches().init({"params": key(0), "dropout": key(1)}, x4, which)
    case(f"branches_{which}", vars=v, out=Branches().apply(v, x4, which, rngs={"dropout": key(2)}))

# bare scopes


def mlp(scope, x, transform):
    x = scope.child(transform, prefix="hidden_")(x)
    return scope.child(transform, "out")(jnp.tanh(x))


dense = lambda scope, x: cnn.dense(scope, x, 3)
for name, transform in (
    ("vmap", lift.vmap(dense, {"params": 0}, {"params": True})),
    ("vmap_shared", lift.vmap(dense, {"params": None}, {"params": False})),
    ("remat", lift.remat(dense)),
    ("map", lift.map_variables(dense, "params", lambda v: jax.tree_util.tree_map(jnp.sign, v), init=True)),
    ("jit", partial(lambda f, s, x: f(s, 1, x), lift.jit(lambda s, h, x: dense(s, x)))),
):
    y, v = core_init(partial(mlp, transform=transform))(key(0), x34)
    case("core_" + name, vars=v, out=core_apply(partial(mlp, transform=transform))(v, x34))


def core_scan(scope, xs, share):
    scope.variable("counter", "i", jnp.zeros, ())

    def body(scope, c, x):
        counter = scope.variable("counter", "i", jnp.zeros, ())
        counter.value += 1
        return c, scope.child(cnn.dense)(x, 1)

    if share:
        loop = lift.scan(body, variable_carry="counter", variable_broadcast="params", split_rngs={"params": False})
    else:
        loop = lift.scan(body, variable_carry="counter", variable_axes={"params": 0}, split_rngs={"params": True})
    return loop(scope, (), xs)[1]


for name, share in (("own", False), ("shared", True)):
    y, v = core_init(partial(core_scan, share=share))(key(1), x34)
    case("core_scan_" + name, vars=v, out=y)


def core_swap(scope, x):
    scope.put_variable("a", "v", x)
    scope.put_variable("b", "v", x + 1)

    def f(scope):
        scope.put_variable("a", "w", scope.get_variable("a", "v") * 10)
        return scope.get_variable("a", "v") - scope.get_variable("b", "v")

    return lift.swap_collection(f, "a", "b")(scope)


y, v = core_init(core_swap)(key(0), x4)
case("core_swap", vars=v, out=y)


def core_two(scope, x):
    a, b = scope.push("a"), scope.push("b")

    def f(scopes, x):
        a, b = scopes
        return dense(a, x) + dense(b, x)

    return lift.vmap(f, {"params": 0}, {"params": True})((a, b), x)


y, v = core_init(core_two)(key(0), x34)
case("core_two", vars=v, out=y)
