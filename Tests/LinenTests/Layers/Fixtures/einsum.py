"""What Flax's Einsum makes of several equations, or how it refuses them.

Usage: python einsum.py > einsum.json
"""

import json
import sys

import jax
import numpy as np
from flax import linen as nn

# Equation, shape of the kernel, shape of the input.
CASES = [
    ("abc,cde->abde", (3, 4, 2), (2, 2, 3)),
    ("...i,ij->...j", (3, 2), (2, 2, 3)),
    ("...i,ij->...j", (3, 2), (3,)),
    ("...i,...ij->...j", (4, 3, 2), (4, 3)),
    ("...i,...ij->...j", (3, 2), (2, 3)),
    ("...i,...ij->...j", (1, 3, 2), (4, 3)),
    ("...i,...ij->...j", (4, 3, 2), (3,)),
    ("...i,...ij->...j", (2, 4, 3, 2), (4, 3)),
    ("b...i,...ij->b...j", (4, 3, 2), (5, 4, 3)),
    ("i...,...ij->j...", (4, 3, 2), (3, 4)),
    ("...i,...ij->j...", (4, 3, 2), (5, 4, 3)),
    ("...i,i...->...", (3, 4), (4, 3)),
    ("a...,a...->a...", (2, 3), (2, 3)),
    ("bi,i...->b...", (3, 4, 2), (2, 3)),
    (" ab , bc -> ac ", (3, 2), (2, 3)),
    ("ii,ij->ij", (3, 2), (3, 3)),
    ("ij,jk->k", (3, 2), (2, 3)),
    ("bi,bi->b", (2, 3), (2, 3)),
    ("bi,ij->jb", (3, 2), (4, 3)),
    ("bi,jk->bijk", (2, 2), (2, 3)),
    ("bij,ij->b", (2, 3), (4, 2, 3)),
]


def case(equation, shape, input_shape, index):
    x = jax.random.normal(jax.random.key(index), input_shape)
    layer = nn.Einsum(shape, equation, bias_init=nn.initializers.normal(1.0))
    y, variables = layer.init_with_output(jax.random.key(100 + index), x)
    return {"equation": equation, "kernel": shape, "input": input_shape,
            "bias": variables["params"]["bias"].shape, "shape": y.shape,
            "output": [float(v) for v in np.asarray(y).reshape(-1)]}


json.dump([case(*c, i) for i, c in enumerate(CASES)], sys.stdout, indent=1)
print()
