"""Computes the values and gradients of the numerics catalogue with jax in float32.

Usage: NUMERICS_OPERANDS=operands.json swift test --filter writeOperands
       python Tests/Tools/numerics_values.py operands.json Tests/TensorTests/Numerics
"""

import json
import sys
import textwrap

import jax
import jax.numpy as jnp
import numpy as np
from jax import nn
from jax.scipy import special

I = slice(None)


def einsum(equation):
    return lambda *xs: jnp.einsum(equation.replace(" ", ""), *xs)


def dynamic_slice(x, i):
    return jax.lax.dynamic_slice(x, (i, -2), (2, 2))


FUNCTIONS = {
    # Special.
    "swish": nn.swish, "hard_swish": nn.hard_swish, "squareplus": nn.squareplus,
    "squareplus, 1": lambda x: nn.squareplus(x, 1), "mish": nn.mish,
    "sparse_plus": nn.sparse_plus, "sparse_sigmoid": nn.sparse_sigmoid,
    "hypot": jnp.hypot, "signbit": jnp.signbit, "copysign": jnp.copysign,
    "xlogy": special.xlogy, "xlog1py": special.xlog1py,
    "xlogy, zeros": special.xlogy, "xlog1py, zeros": special.xlog1py, "entr": special.entr,
    "entr, limits": special.entr, "sinc": jnp.sinc,
    "nansum": lambda x: jnp.nansum(x, 1),
    "nanmean": lambda x: jnp.nanmean(x, 0, keepdims=True),
    "nanmax": lambda x: jnp.nanmax(x, 1), "nanmin": jnp.nanmin,
    "average": lambda x, w: jnp.average(x, 1, w),
    "average of all": lambda x, w: jnp.average(x, weights=w),
    "allclose": lambda x, y: jnp.allclose(x, y),
    "segment_sum": lambda x, i: jax.ops.segment_sum(x, i, 3),
    "segment_prod": lambda x, i: jax.ops.segment_prod(x, i, 3),
    "segment_max": lambda x, i: jax.ops.segment_max(x, i, 3),
    "segment_min": lambda x, i: jax.ops.segment_min(x, i, 3),
    "unravel_index": lambda i: jnp.stack(jnp.unravel_index(i, (2, 3, 4))),
    "ravel_multi_index": lambda i, j: jnp.ravel_multi_index((i, j), (3, 4), mode="clip"),
    "array_split": lambda x: jnp.array_split(x, 3)[1],
    "vstack": lambda x, y: jnp.vstack((x, y)), "hstack": lambda x, y: jnp.hstack((x, y)),
    "hstack of vectors": lambda x, y: jnp.hstack((x, y)),
    "kron": jnp.kron, "kron, ranks": jnp.kron,
    "block_diag": jax.scipy.linalg.block_diag,
    "matrix_power": lambda x: jnp.linalg.matrix_power(x, 3),
    "at[mask].set": lambda x, m: x.at[m].set(7), "at[rows].add": lambda x, m: x.at[m].add(0.5),
    "at[mask].set, values": lambda x, m: x.at[m].set(jnp.array([1.0, 2, 3])),
    "resize, nearest, larger": lambda x: jax.image.resize(x, (7, 5), "nearest"),
    "resize, linear, both ways": lambda x: jax.image.resize(x, (3, 2, 3), "linear"),
    "resize, cubic, larger": lambda x: jax.image.resize(x, (9, 3), "cubic"),
    # Activations.
    "relu": nn.relu, "relu6": nn.relu6, "leaky_relu": nn.leaky_relu,
    "leaky_relu, 0.3": lambda x: nn.leaky_relu(x, 0.3),
    "elu": nn.elu, "elu, 0.7": lambda x: nn.elu(x, 0.7),
    "celu": nn.celu, "celu, 2": lambda x: nn.celu(x, 2.0), "selu": nn.selu,
    "gelu": nn.gelu, "gelu, exact": lambda x: nn.gelu(x, False),
    "glu": nn.glu, "glu, axis 0": lambda x: nn.glu(x, 0),
    "sigmoid": nn.sigmoid, "log_sigmoid": nn.log_sigmoid, "silu": nn.silu,
    "softplus": nn.softplus, "soft_sign": nn.soft_sign,
    "hard_sigmoid": nn.hard_sigmoid, "hard_silu": nn.hard_silu, "hard_tanh": nn.hard_tanh,
    "softmax": nn.softmax, "softmax, axis 0": lambda x: nn.softmax(x, 0),
    "softmax, both axes": lambda x: nn.softmax(x, (0, 1)),
    "softmax, mask": lambda x, m: nn.softmax(x, where=m),
    "log_softmax": nn.log_softmax,
    "log_softmax, mask": lambda x, m: nn.log_softmax(x, where=m),
    "logsumexp": nn.logsumexp,
    "logsumexp, axis 1 kept": lambda x: nn.logsumexp(x, 1, keepdims=True),
    "logsumexp, mask": lambda x, m: nn.logsumexp(x, 0, where=m),
    "logsumexp, weights": lambda x, b: nn.logsumexp(x, 1, b=b),
    "standardize": nn.standardize,
    "standardize, mask": lambda x, m: nn.standardize(x, 0, where=m),
    "one_hot": lambda x: nn.one_hot(x, 4),
    "one_hot, axis 0": lambda x: nn.one_hot(x, 4, axis=0),
    # Elementwise.
    "log2": jnp.log2, "log10": jnp.log10, "reciprocal": jnp.reciprocal,
    "exp of integers": jnp.exp, "square of integers": jnp.square,
    "pow 3": lambda x: x ** 3, "pow -2": lambda x: x ** -2, "pow 2.5": lambda x: x ** 2.5,
    "pow of integers": jnp.power, "pow, broadcast": jnp.power,
    "logaddexp": jnp.logaddexp, "logaddexp, infinities": jnp.logaddexp,
    "round": jnp.round, "round, 1 decimal": lambda x: jnp.round(x, 1),
    "round, -1 decimals": lambda x: jnp.round(x, -1), "trunc": jnp.trunc,
    "isnan": jnp.isnan, "isinf": jnp.isinf, "nan_to_num": jnp.nan_to_num,
    "floor_divide": jnp.floor_divide, "floor_divide of floats": jnp.floor_divide,
    "remainder": jnp.remainder, "remainder of floats": jnp.remainder,
    "divide integers": jnp.divide, "isclose": jnp.isclose, "where": jnp.where,
    "where, gradient": lambda x, m: jnp.where(m, x, 0.0),
    "clip": lambda x: jnp.clip(x, -1, 2), "clip, low alone": lambda x: jnp.clip(x, -1),
    "maximum, scalar": lambda x: jnp.maximum(x, 0),
    "weak literals": lambda x: x * 2 + 1, "weak float literal": lambda x: x * 2.5,
    "atan2": lambda x: jnp.arctan2(x, 0.7),
    # Reductions.
    "sum": jnp.sum, "sum, axis -1": lambda x: x.sum(-1),
    "sum, axes kept": lambda x: x.sum((0, 2), keepdims=True),
    "sum of int8": jnp.sum, "sum of uint8": jnp.sum, "sum of bool": lambda x: x.sum(0),
    "sum, mask": lambda x, m: x.sum(1, where=m), "prod": lambda x: x.prod(1),
    "max": jnp.max, "max, ties": lambda x: x.max(1),
    "max, no elements": lambda x: x.max(0, initial=1.5),
    "max, mask": lambda x, m: x.max(1, where=m, initial=-9),
    "min, axis 0": lambda x: x.min(0), "all": lambda x: x.all(1),
    "any": lambda x: x.any(0, keepdims=True),
    "count_nonzero": lambda x: jnp.count_nonzero(x, axis=0),
    "argmax": jnp.argmax, "argmax, axis 1 kept": lambda x: jnp.argmax(x, 1, keepdims=True),
    "argmin, axis 0": lambda x: jnp.argmin(x, 0),
    "mean": jnp.mean, "mean of integers": lambda x: x.mean(0),
    "mean, mask": lambda x, m: x.mean(0, where=m),
    "mean of bfloat16": lambda x: x.astype(jnp.bfloat16).mean().astype(jnp.float32),
    "var": lambda x: x.var(1), "var, correction 1": lambda x: x.var(0, ddof=1, keepdims=True),
    "var, mask": lambda x, m: x.var(1, where=m), "std": jnp.std,
    "norm": jnp.linalg.norm, "norm, order 1": lambda x: jnp.linalg.norm(x, 1, 0),
    "norm, infinite order": lambda x: jnp.linalg.norm(x, jnp.inf, 1),
    "norm, order 3": lambda x: jnp.linalg.norm(x, 3, 1, True),
    "cumsum": jnp.cumsum, "cumsum of bool": lambda x: jnp.cumsum(x, 1),
    "cumprod": lambda x: jnp.cumprod(x, 0),
    "diff": jnp.diff, "diff, order 2": lambda x: jnp.diff(x, 2, 0),
    "median": lambda x: jnp.median(x, 1), "median of all": jnp.median,
    "quantile": lambda x, q: jnp.quantile(x, q, 1),
    "quantile, scalar": lambda x: jnp.quantile(x, 0.3, 0, keepdims=True),
    "quantile, nearest": lambda x: jnp.quantile(x, 0.3, method="nearest"),
    "quantile, lower": lambda x: jnp.quantile(x, 0.3, method="lower"),
    "percentile": lambda x: jnp.percentile(x, 35),
    "sort": lambda x: jnp.sort(x, 0), "sort, descending": lambda x: jnp.sort(x, descending=True),
    "argsort": jnp.argsort, "argsort, descending": lambda x: jnp.argsort(x, 0, descending=True),
    "top_k": lambda x: jax.lax.top_k(x, 2)[0], "top_k indices": lambda x: jax.lax.top_k(x, 2)[1],
    "searchsorted": jnp.searchsorted,
    "searchsorted, right": lambda a, v: jnp.searchsorted(a, v, "right"),
    # Products.
    "dot": jnp.dot, "inner": jnp.inner, "outer": jnp.outer, "vdot": jnp.vdot,
    "tensordot": lambda x, y: jnp.tensordot(x, y, ([1, 2], [1, 0])),
    "tensordot, 2": jnp.tensordot,
    "conv": lambda x, k: jax.lax.conv_general_dilated(
        x, k, (2, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")),
    "conv, SAME_LOWER": lambda x, k: jax.lax.conv_general_dilated(
        x, k, (2,), "SAME_LOWER", rhs_dilation=(2,), dimension_numbers=("NWC", "WIO", "NWC")),
    "conv, letters": lambda x, k: jax.lax.conv_general_dilated(
        x, k, (1, 1), ((1, 2), (0, -1)), (2, 1), None, ("NCWH", "OHWI", "NHWC"), 2),
    "avg_pool": lambda x: jax.lax.reduce_window(
        x, 0.0, jax.lax.add, (1, 2, 3, 1), (1, 2, 2, 1), "SAME") / 6,
    "max_pool": lambda x: jax.lax.reduce_window(
        x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME"),
    "min_pool": lambda x: jax.lax.reduce_window(
        x, jnp.inf, jax.lax.min, (1, 2), (1, 1), "VALID"),
    "einsum of three": einsum("ij,jk,kl->il"),
    # Shapes.
    "concatenate": lambda x, y: jnp.concatenate([x, y, x]),
    "concatenate, axis -1": lambda x, y: jnp.concatenate([x, y], -1),
    "concatenate, mixed types": lambda x, y: jnp.concatenate([x, y]),
    "stack, axis 1": lambda x, y: jnp.stack([x, y], 1),
    "split": lambda x: jnp.split(x, 3, 1)[1], "split, at": lambda x: jnp.split(x, [2, 5])[1],
    "flip": jnp.flip, "flip, axis 1": lambda x: jnp.flip(x, 1),
    "roll": lambda x: jnp.roll(x, 4), "roll, axis 1": lambda x: jnp.roll(x, -1, 1),
    "tile": lambda x: jnp.tile(x, (2, 1, 2)), "tile, fewer": lambda x: jnp.tile(x, 2),
    "repeat": lambda x: jnp.repeat(x, 2), "repeat, axis 0": lambda x: jnp.repeat(x, 2, 0),
    "moveaxis": lambda x: jnp.moveaxis(x, 0, -1), "swapaxes": lambda x: jnp.swapaxes(x, 0, 2),
    "expand_dims": lambda x: jnp.expand_dims(x, (0, -1)),
    "pad": lambda x: jnp.pad(x, ((1, 0), (2, 1))),
    "pad, constant 5": lambda x: jnp.pad(x, ((1, 0), (2, 1)), constant_values=5),
    "pad, edge": lambda x: jnp.pad(x, ((1, 2), (0, 3)), "edge"),
    "pad, wrap": lambda x: jnp.pad(x, ((1, 3), (7, 4)), "wrap"),
    "pad, reflect": lambda x: jnp.pad(x, ((2, 1), (3, 2)), "reflect"),
    "pad, reflect far": lambda x: jnp.pad(x, ((7, 8),), "reflect"),
    "pad, symmetric": lambda x: jnp.pad(x, ((7, 8),), "symmetric"),
    "tril": lambda x: jnp.tril(x, -1), "triu": lambda x: jnp.triu(x, 1),
    "diag of a vector": lambda x: jnp.diag(x, 1), "diag of a matrix": lambda x: jnp.diag(x, -1),
    "trace": jnp.trace, "arange": lambda: jnp.arange(5),
    "arange, step": lambda: jnp.arange(10, 2, -3),
    "linspace": lambda: jnp.linspace(-1, 2, 7),
    "linspace, open": lambda: jnp.linspace(0, 1, 5, endpoint=False),
    "logspace": lambda: jnp.logspace(0, 3, 4), "eye": lambda: jnp.eye(2, 4, 1),
    "tri": lambda: jnp.tri(3, dtype=jnp.int32),
    "meshgrid": lambda x, y: jnp.meshgrid(x, y)[0],
    "meshgrid, ij": lambda x, y: jnp.meshgrid(x, y, indexing="ij")[1],
    "resize, nearest": lambda x: jax.image.resize(x, (6, 3), "nearest"),
    "resize, linear": lambda x: jax.image.resize(x, (6, 3), "linear"),
    "resize, no antialias": lambda x: jax.image.resize(x, (6, 3), "linear", antialias=False),
    "resize, cubic": lambda x: jax.image.resize(x, (2, 7, 3, 1), "cubic"),
    "resize, lanczos3": lambda x: jax.image.resize(x, (4, 9), "lanczos3"),
    "resize, lanczos5": lambda x: jax.image.resize(x, (4, 9), "lanczos5"),
    "cholesky": lambda x: jnp.tril(jax.lax.linalg.cholesky(x)),
    "solve": jnp.linalg.solve, "solve, vector": jnp.linalg.solve, "inv": jnp.linalg.inv,
    "eigenvalues": lambda x: jnp.linalg.eigh(x)[0],
    "singular values": lambda x: jnp.linalg.svd(x, False)[1],
    # Indexing.
    "x[1]": lambda x: x[1], "x[-1, 2]": lambda x: x[-1, 2],
    "x[1:3, ..., 0]": lambda x: x[1:3, ..., 0], "x[..., 1:]": lambda x: x[..., 1:],
    "x[:, ::2, ::-1]": lambda x: x[:, ::2, ::-1], "x[0, 3:0:-2]": lambda x: x[0, 3:0:-2],
    "x[:-1, None, 1:9]": lambda x: x[:-1, None, 1:9], "x[2:1]": lambda x: x[2:1],
    "x[i]": lambda x, i: x[i], "x[:, i]": lambda x, i: x[:, i], "x[i, i]": lambda x, i: x[i, i],
    "x[i, :, i]": lambda x, i: x[i, :, i], "x[:, i, 1:3]": lambda x, i: x[:, i, 1:3],
    "x[i, 1]": lambda x, i: x[i, 1], "x[1, :, i]": lambda x, i: x[1, :, i],
    "x[mask]": lambda x, m: x[np.asarray(m)], "x[i], out of bounds": lambda x, i: x[i],
    "take": lambda x, i: jnp.take(x, i, 1), "take, flat": jnp.take,
    "take, out of bounds": lambda x, i: jnp.take(x, i, 0),
    "take, clip": lambda x, i: jnp.take(x, i, 0, mode="clip"),
    "take, wrap": lambda x, i: jnp.take(x, i, 0, mode="wrap"),
    "take_along_axis": lambda x, i: jnp.take_along_axis(x, i, 1),
    "take_along_axis, broadcast": lambda x, i: jnp.take_along_axis(x, i, 2),
    "at[1].set": lambda x, y: x.at[1].set(y),
    "at[1:, ::2].set": lambda x, y: x.at[1:, ::2].set(y),
    "at[..., 0].add": lambda x, y: x.at[..., 0].add(y),
    "at[i].add": lambda x, i, y: x.at[i].add(y),
    "at[i].add, values": lambda y, i: jnp.zeros((3, 4)).at[i].add(y),
    "at[i].set, out of bounds": lambda x, i: x.at[i].set(9),
    "at[:, i].multiply": lambda x, i: x.at[:, i].multiply(2),
    "at[i].max": lambda x, i: x.at[i].max(0.5),
    "at[1:, i].subtract": lambda x, i: x.at[1:, i].subtract(1),
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": lambda x, y, i: jax.lax.dynamic_update_slice_in_dim(x, y, i, 0),
}

SHORT = {
    "bool": "bool", "bfloat16": "bf16", "float32": "f32", "float64": "f64", "int32": "i32",
    "uint32": "u32", "int8": "i8", "uint8": "u8"}


def function(label):
    if label in FUNCTIONS:
        return FUNCTIONS[label]
    if label.startswith("einsum "):
        return einsum(label[7:])
    return jnp.matmul if label.startswith("matmul") else None


def line(label, value):
    value = jnp.asarray(value)
    kind = f"{SHORT[str(value.dtype)]}[{','.join(map(str, value.shape))}]"
    numbers = [f"{float(v):.9g}" for v in np.asarray(value).ravel()]
    return textwrap.wrap(
        f"{label} = {kind} " + " ".join(numbers), 96, subsequent_indent="  ",
        break_long_words=False, break_on_hyphens=False)


def main():
    with open(sys.argv[1]) as file:
        table = json.load(file)
    values, gradients = [], []
    for label in sorted(table):
        operands = [
            jnp.array([float(v) for v in o["values"]], o["dtype"]).reshape(o["shape"])
            for o in table[label]]
        f = function(label)
        value = f(*operands)
        values += line(label, value)
        if operands and operands[0].dtype == jnp.float32 and value.dtype == jnp.float32:
            weights = np.cos(np.arange(value.size)).astype(np.float32).reshape(value.shape)
            try:
                gradient = jax.grad(lambda x: (f(x, *operands[1:]) * weights).sum())(operands[0])
            except NotImplementedError:
                continue
            gradients += line(label + "'", gradient)
    for name, lines in (("values", values), ("gradients", gradients)):
        with open(f"{sys.argv[2]}/NumericsValues+{name.capitalize()}.swift", "w") as file:
            print("// Written by Tests/Tools/numerics_values.py with jax in float32.\n", file=file)
            print("extension NumericsValues {", file=file)
            print(f'  static let {name} = """', file=file)
            for text in lines:
                print("    " + text, file=file)
            print('    """', file=file)
            print("}", file=file)


main()
