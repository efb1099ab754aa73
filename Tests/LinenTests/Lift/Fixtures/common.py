"""What the scripts of the cases share: a place for cases, and inputs."""

import jax
import numpy as np
from flax import linen as nn

CASES = {}
# Exact groups with more elements than this are written as a checksum of their bits.
LIMIT = 512

key = jax.random.key
x34 = jax.random.normal(key(100), (3, 4))
x234 = jax.random.normal(key(101), (2, 3, 4))
x4 = jax.random.normal(key(102), (4,))


def name_of(path):
    return "/".join(str(getattr(k, "key", getattr(k, "idx", getattr(k, "name", k)))) for k in path)


def checksum(a):
    """The sum of the words, each times its place, as a 32-bit number."""
    words = a.reshape(-1).view(np.uint32).astype(np.uint64)
    return int((words * np.arange(1, len(words) + 1, dtype=np.uint64)).sum() & 0xFFFFFFFF)


def flat(tree, exact=False):
    """Tensors of a tree by their paths; keys as their data."""
    out = {}
    for path, leaf in jax.tree_util.tree_flatten_with_path(nn.unbox(tree))[0]:
        if isinstance(leaf, jax.Array) and jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            leaf = jax.random.key_data(leaf)
        a = np.asarray(leaf)
        out[name_of(path)] = value = {"shape": list(a.shape)}
        if exact and a.size > LIMIT and a.dtype == np.float32:
            value["checksum"] = checksum(a)
            continue
        value["data"] = [x.item() for x in a.reshape(-1)]
        if a.dtype == np.float32:
            value["data"] = [float(np.format_float_positional(x, unique=True)) for x in a.reshape(-1)]
    return out


def case(name, **groups):
    assert name not in CASES, name
    CASES[name] = {g: flat(t, g.startswith("vars")) for g, t in groups.items()}
