"""Computes the values of the primitive catalogue with jax.lax, in float64 and in every dtype.

Usage: PRIMITIVE_OPERANDS=operands.json DTYPE_OPERANDS=dtypes.json SPECIAL_OPERANDS=specials.json \\
           swift test --filter writeOperands
       python Tests/Tools/primitive_values.py operands.json dtypes.json specials.json \\
           Tests/TensorTests/Primitives
"""

import json
import sys
import textwrap

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.lax import linalg
from jax._src.lax import windowed_reductions as windows


def conv(strides, padding, lhs_dilation, rhs_dilation, axes=None, groups=1, batch_groups=1):
    def f(lhs, rhs):
        n = lhs.ndim - 2
        letters = "DHW"[3 - n:]
        names = axes or ("N" + letters + "C", letters + "IO", "N" + letters + "C")
        return lax.conv_general_dilated(
            lhs, rhs, strides, padding, lhs_dilation, rhs_dilation,
            names, feature_group_count=groups, batch_group_count=batch_groups,
            preferred_element_type=lhs.dtype)
    return f


S = (1, 1)
ONE = (1, 1)

MIXED = lax.ConvDimensionNumbers((2, 0, 3, 1), (1, 3, 0, 2), (3, 2, 0, 1))

CONVOLUTIONS = {
    "same": conv((1, 1), (S, S), ONE, ONE),
    "strides": conv((2, 2), ((0, 1), (1, 1)), ONE, ONE),
    "kernel dilation": conv((1, 1), ((2, 2), (1, 0)), ONE, (2, 3)),
    "input dilation": conv((1, 1), ((1, 2), (0, 0)), (2, 3), ONE),
    "all": conv((2, 3), ((1, 2), (-1, 2)), (3, 2), (2, 1)),
    "negative padding": conv((1, 1), ((-1, -1), S), ONE, ONE),
    "pointwise": conv((1, 1), ((0, 0), (0, 0)), ONE, ONE),
    "line": conv((2,), ((2, 0),), (1,), (1,)),
    "volume": conv((1, 2, 1), (S, (0, 0), (0, 0)), (1, 1, 1), (1, 1, 1)),
    "no spatial axes": lambda x, k: x @ k,
    "channels first": conv((1, 1), (S, S), ONE, ONE, ("NCHW", "OIHW", "NCHW")),
    "mixed order": conv((1, 2), (S, (0, 0)), ONE, ONE, MIXED),
    "feature groups": conv((1, 1), (S, S), ONE, ONE, groups=3),
    "depthwise": conv((1, 2), (S, (0, 0)), ONE, ONE, groups=3),
    "depthwise, 2 each": conv((1, 1), (S, S), ONE, ONE, groups=3),
    "batch groups": conv((1, 1), (S, S), ONE, ONE, batch_groups=3),
    "batch of 1": conv((1, 1), (S, S), ONE, ONE),
    "int32": conv((1,), (S,), (1,), (1,)),
}

WINDOW = (1, 3, 2, 1)
PLANE = dict(window_strides=(1, 2, 1, 1), padding=((0, 0), (1, 1), (0, 1), (0, 0)))
GENERAL = dict(
    window_strides=(2, 1, 2), padding=((1, 2), (-1, 1), (0, 1)),
    base_dilation=(2, 1, 2), window_dilation=(2, 1, 1))


def reduce_window(op, init, sizes, **config):
    def f(x):
        start = init
        if np.isinf(init) and jnp.issubdtype(x.dtype, jnp.integer):
            start = jnp.iinfo(x.dtype).min if init < 0 else jnp.iinfo(x.dtype).max
        return lax.reduce_window(x, jnp.array(start, x.dtype), op, sizes, **config)
    return f


def gather_add(select, sizes, config):
    full = dict(base_dilation=(1,) * len(sizes), window_dilation=(1,) * len(sizes)) | config
    return lambda t, x: windows._select_and_gather_add(
        t, x, select, sizes, full["window_strides"], full["padding"],
        full["base_dilation"], full["window_dilation"])


def scatter_add(select, sizes, config):
    return lambda s, x: windows._select_and_scatter_add(
        s, x, select, sizes, config["window_strides"], config["padding"])


ROWS = lax.GatherDimensionNumbers((1,), (0,), (0,))
BLOCKS = lax.GatherDimensionNumbers((0, 2), (1,), (2, 0))
ALONG = lax.GatherDimensionNumbers((), (1,), (1,), (0,), (0,))


def gather(numbers, sizes, mode, fill=None):
    return lambda x, i: lax.gather(x, i, numbers, sizes, mode=mode, fill_value=fill)


def scatter(op, numbers=ROWS, mode="fill", unique=False):
    axes = lax.ScatterDimensionNumbers(
        numbers.offset_dims, numbers.collapsed_slice_dims, numbers.start_index_map,
        numbers.operand_batching_dims, numbers.start_indices_batching_dims)
    return lambda x, i, u: op(x, i, u, axes, mode=mode, unique_indices=unique)


def sort(axis, keys=1):
    return lambda *xs: lax.sort(xs, dimension=axis, num_keys=keys)


def solve(**form):
    return lambda a, b: linalg.triangular_solve(a, b, **form)


def svd(full):
    def f(x):
        u, s, v = linalg.svd(x, full_matrices=full)
        return s, u, v
    return f


def floating(x):
    if not jnp.issubdtype(x.dtype, jnp.floating):
        raise TypeError("a floating-point type")


def relu(x):
    if jnp.issubdtype(x.dtype, jnp.complexfloating) or x.dtype == bool:
        raise TypeError("a real number type")
    return jax.nn.relu(x)


def logaddexp(x, y):
    floating(x)
    return jnp.logaddexp(x, y)


def fma(a, b, c):
    """One rounding: exact in the next wider type, as far as the rows' numbers go."""
    floating(a)
    wide = {2: "float32", 4: "float64", 8: "float64"}[a.dtype.itemsize]
    return (a.astype(wide) * b.astype(wide) + c.astype(wide)).astype(a.dtype)


FUNCTIONS = {
    "relu": relu,
    "abs/complex": lax.abs,
    "convert_element_type/to complex": lambda x: lax.convert_element_type(x, np.complex128),
    "convert_element_type/to real": lax.real,
    "softmax_rule": lambda y, x: y,
    "stop_gradient": lambda x: x,
    "integer_pow/cube": lambda x: lax.integer_pow(x, 3),
    "integer_pow/inverse": lambda x: lax.integer_pow(x, -2),
    "integer_pow/zero": lambda x: lax.integer_pow(x, 0),
    "not/bool": lax.bitwise_not,
    "and/bool": lax.bitwise_and,
    "not": lax.bitwise_not,
    "and": lax.bitwise_and,
    "or": lax.bitwise_or,
    "xor": lax.bitwise_xor,
    "round": lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO),
    "round_nearest_even": lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
    "convert_element_type": lambda x: lax.convert_element_type(x, np.float32),
    "convert_element_type/widen": lambda x: lax.convert_element_type(x, np.float64),
    "convert_element_type/int32": lambda x: lax.convert_element_type(x, np.int32),
    "bitcast_convert_type": lambda x: lax.bitcast_convert_type(x, np.uint32),
    "logaddexp": logaddexp,
    "select_n": lambda p, a, b: lax.select(p, a, b),
    "fma": fma,
    "digamma/negative": lax.digamma,
    "div/int32": lax.div,
    "rem/int32": lax.rem,
    "pow/base 0": lax.pow,
    "reshape": lambda x: x.reshape(3, 4),
    "transpose": lambda x: x.transpose(2, 0, 1),
    "broadcast_in_dim": lambda x: lax.broadcast_in_dim(x, (4, 2, 3, 5), (1, 2)),
    "broadcast_in_dim/size 1": lambda x: lax.broadcast_in_dim(x, (4, 3), (0, 1)),
    "rev": lambda x: lax.rev(x, (0, 2)),
    "slice": lambda x: x[1:4, 0:5:2],
    "slice/empty": lambda x: x[1:1, 2:5],
    "pad": lambda x, v: lax.pad(x, v, ((1, 2, 0), (0, 1, 0))),
    "pad/interior, negative": lambda x, v: lax.pad(x, v, ((-1, 1, 1), (2, -1, 2))),
    "pad/cut to nothing": lambda x, v: lax.pad(x, v, ((-4, -1, 1),)),
    "concatenate": lambda *xs: lax.concatenate(xs, 1),
    "concatenate/one": lambda x: x,
    "iota": lambda: lax.broadcasted_iota(np.int32, (2, 3), 1),
    "dot_general": lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ()))),
    "dot_general/batch": lambda x, y: lax.dot_general(x, y, (((3, 1), (0, 2)), ((2,), (1,)))),
    "dot_general/outer": lambda x, y: lax.dot_general(x, y, (((), ()), ((), ()))),
    "reduce_sum": lambda x: lax.reduce_sum(x, (0, 2,)),
    "reduce_sum/empty": lambda x: lax.reduce_sum(x, (1,)),
    "reduce_prod": lambda x: lax.reduce_prod(x, (1,)),
    "reduce_prod/two axes": lambda x: lax.reduce_prod(x, (0, 2,)),
    "reduce_prod/zeros": lambda x: lax.reduce_prod(x, (0,)),
    "reduce_max": lambda x: lax.reduce_max(x, (0, 2,)),
    "reduce_max/ties": lambda x: lax.reduce_max(x, (0,)),
    "reduce_min": lambda x: lax.reduce_min(x, (1,)),
    "reduce_and": lambda x: lax.reduce_and(x, (1,)),
    "reduce_or": lambda x: lax.reduce_or(x, (1,)),
    "reduce_or/int32": lambda x: lax.reduce(x, np.int32(0), lax.bitwise_or, (0,)),
    "argmax": lambda x: lax.argmax(x, 1, np.int32),
    "argmin": lambda x: lax.argmin(x, 0, np.int32),
    "cumsum": lambda x: lax.cumsum(x, 1),
    "cumsum/reverse": lambda x: lax.cumsum(x, 0, True),
    "cumprod": lambda x: lax.cumprod(x, 1),
    "cumprod/reverse": lambda x: lax.cumprod(x, 0, True),
    "cummax": lambda x: lax.cummax(x, 1),
    "cummin": lambda x: lax.cummin(x, 0, True),
    "cumlogsumexp": lambda x: lax.cumlogsumexp(x, 1),
    "cumlogsumexp/reverse": lambda x: lax.cumlogsumexp(x, 0, True),
    "sort": sort(1),
    "sort/with others": sort(0),
    "sort/two keys": sort(0, 2),
    "sort/NaN, zeros": sort(0),
    "split": lambda x: lax.split(x, (2, 3), 1),
    "div_broadcast": lambda x, y: x / y,
    "top_k": lambda x: lax.top_k(x, 2),
    "top_k/ties": lambda x: [a.T for a in lax.top_k(x.T, 3)],
    "reduce_window_sum": reduce_window(lax.add, 0, WINDOW, **PLANE),
    "reduce_window_sum/dilated": reduce_window(lax.add, 0, (2, 2, 3), **GENERAL),
    "reduce_window_sum/gradient form": reduce_window(
        lax.add, 0, WINDOW, window_strides=(1, 1, 1, 1),
        padding=((0, 0), (2, 1), (1, 1), (0, 0)), base_dilation=(1, 2, 1, 1)),
    "reduce_window_max": reduce_window(lax.max, -np.inf, WINDOW, **PLANE),
    "reduce_window_max/dilated": reduce_window(lax.max, -np.inf, (2, 2, 3), **GENERAL),
    "reduce_window_max/line": reduce_window(
        lax.max, -np.inf, (2,), window_strides=(2,), padding=((0, 0),)),
    "reduce_window_min": reduce_window(lax.min, np.inf, WINDOW, **PLANE),
    "reduce_window_sum/int32": reduce_window(
        lax.add, 0, (2, 2), window_strides=(1, 1), padding=((0, 0), (1, 0))),
    "select_and_gather_add": gather_add(lax.ge_p, WINDOW, PLANE),
    "select_and_gather_add/dilated": gather_add(lax.le_p, (2, 2, 3), GENERAL),
    "select_and_scatter_add": scatter_add(lax.ge_p, WINDOW, PLANE),
    "select_and_scatter_add/min": scatter_add(lax.le_p, WINDOW, PLANE),
    "select_and_scatter_add/ties": scatter_add(
        lax.ge_p, (2,), dict(window_strides=(1,), padding=((0, 0),))),
    "gather/rows, clip": gather(ROWS, (1, 3), "clip"),
    "gather/rows, fill": gather(ROWS, (1, 3), "fill"),
    "gather/rows, fill 0": gather(ROWS, (1, 3), "fill", 0),
    "gather/blocks": gather(BLOCKS, (2, 1, 2), "clip"),
    "gather/along an axis": gather(ALONG, (1, 1), "promise_in_bounds"),
    "scatter/add": scatter(lax.scatter_add),
    "scatter/set, unique": scatter(lax.scatter, unique=True),
    "scatter/set, the last wins": scatter(lax.scatter),
    "scatter/mul, unique": scatter(lax.scatter_mul, unique=True),
    "scatter/mul": scatter(lax.scatter_mul),
    "scatter/min": scatter(lax.scatter_min),
    "scatter/max": scatter(lax.scatter_max),
    "scatter/add, blocks": scatter(lax.scatter_add, BLOCKS, "clip"),
    "scatter/add, along an axis": scatter(lax.scatter_add, ALONG),
    # Starts below 0 are moved inside here; jax.lax counts them from the end before it binds.
    "dynamic_slice": lambda x, i, j: lax.dynamic_slice(x, (jnp.maximum(i, 0), jnp.maximum(j, 0)), (2, 3)),
    "dynamic_update_slice": lambda x, u, i, j: lax.dynamic_update_slice(
        x, u, (jnp.maximum(i, 0), jnp.maximum(j, 0))),
    "cholesky": lambda x: jnp.tril(linalg.cholesky(x)),
    "cholesky/none": lambda x: jnp.full_like(x, jnp.nan),
    "triangular_solve": solve(left_side=True, lower=True),
    "triangular_solve/right, upper, transposed": solve(
        left_side=False, lower=False, transpose_a=True),
    "triangular_solve/unit diagonal": solve(left_side=True, lower=False, unit_diagonal=True),
    "eigh": lambda x: linalg.eigh(x),
} | {f"qr{v}": lambda x, f=(v == "/full"): linalg.qr(x, full_matrices=f)
     for v in ("", "/tall", "/wide", "/full")
} | {f"svd{v}": svd(v == "/full") for v in ("", "/tall", "/wide", "/full")
} | {f"conv_general_dilated/{name}": f for name, f in CONVOLUTIONS.items()}


def read(operand):
    numbers = [float(v) for v in operand["values"]]
    if operand["dtype"].startswith("complex"):
        numbers = [complex(*pair) for pair in zip(numbers[::2], numbers[1::2])]
    elif not operand["dtype"].startswith(("float", "bfloat")):
        numbers = [int(v) for v in numbers]
    return jnp.array(numbers, operand["dtype"]).reshape(operand["shape"])


def evaluate(label, operands):
    function = FUNCTIONS.get(label) or getattr(lax, label)
    results = function(*[read(o) for o in operands])
    return list(results) if isinstance(results, (list, tuple)) else [results]


def numbers(result, form):
    values = np.asarray(result).ravel()
    if values.dtype.kind == "c":
        values = np.stack([values.real, values.imag], -1).ravel()
    if values.dtype.kind in "iub":
        return [str(int(v)) for v in values]
    return [f"{float(v):{form}}" for v in values]


def write_float64(table, folder):
    parts = {"windows": [], "others": []}
    for label in sorted(table):
        lines = parts["windows" if "window" in label or "conv_" in label else "others"]
        results = evaluate(label, table[label])
        for index, result in enumerate(results):
            name = label if len(results) == 1 else f"{label}#{index}"
            lines += textwrap.wrap(
                name + ": " + " ".join(numbers(result, ".15g")), 96, subsequent_indent="  ",
                break_long_words=False, break_on_hyphens=False)
    for part, lines in parts.items():
        with open(f"{folder}/PrimitiveValues+{part.capitalize()}.swift", "w") as file:
            print("// Written by Tests/Tools/primitive_values.py with jax.lax in float64.\n", file=file)
            print("extension PrimitiveValues {", file=file)
            print(f'  static let {part} = """', file=file)
            for line in lines:
                print("    " + line, file=file)
            print('    """', file=file)
            print("}", file=file)


def write_dtypes(table, path):
    """A line for each row and dtype that jax.lax takes."""
    with open(path, "w") as file:
        for name in sorted(table):
            label, dtype = name.rsplit("@", 1)
            try:
                results = evaluate(label, table[name])
            except (TypeError, ValueError, OverflowError, NotImplementedError, KeyError) as error:
                print(name, type(error).__name__, str(error).split("\n")[0][:100], file=sys.stderr)
                continue
            form = {"bfloat16": ".4g", "float16": ".5g", "complex128": ".15g", "float64": ".15g"}.get(dtype, ".8g")
            print(name + ":" + ";".join(" ".join(numbers(r, form)) for r in results), file=file)


def main():
    tables = [json.load(open(path)) for path in sys.argv[1:4]]
    folder = sys.argv[4]
    write_float64(tables[0], folder)
    write_dtypes(tables[1], f"{folder}/Fixtures/dtypes.txt")
    write_dtypes(tables[2], f"{folder}/Fixtures/specials.txt")


main()
