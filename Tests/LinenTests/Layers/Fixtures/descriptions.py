"""What Flax prints of the layers of LayerCatalogue.swift and of some others, by the names of the rows.

Usage: python descriptions.py > descriptions.json
"""

import json
import re
import sys

import jax.numpy as jnp
from flax import linen as nn
from flax.core import freeze
from jax import lax

init = nn.initializers

MASK = jnp.array([1.0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0]).reshape(3, 2, 2)

LAYERS = {
    "Dense": nn.Dense(4),
    "Dense without bias, of a vector": nn.Dense(2, use_bias=False),
    "DenseGeneral": nn.DenseGeneral((2, 3), axis=(-2, -1)),
    "DenseGeneral with batch dims": nn.DenseGeneral(
        (2,), axis=(-1,), batch_dims=(0,), bias_init=init.normal()),
    "Einsum": nn.Einsum((3, 4, 2), "abc,cde->abde"),
    "Einsum with dots": nn.Einsum((3, 2), "...i,ij->...j"),
    "Embed": nn.Embed(5, 3),
    "Embed.attend": nn.Embed(5, 3),
    "Conv": nn.Conv(3, (3,)),
    "Conv, strides, dilation and groups": nn.Conv(
        4, (3, 2), strides=(2, 1), padding="VALID", kernel_dilation=(1, 2), feature_group_count=2),
    "Conv, circular, in three dimensions": nn.Conv(2, (2, 3, 2), padding="CIRCULAR"),
    "Conv, causal, without batch": nn.Conv(2, (3,), padding="CAUSAL"),
    "Conv, masked, two batch axes": nn.Conv(2, (3,), padding="REFLECT", mask=MASK),
    "Conv, input dilation": nn.Conv(2, (3,), padding=(2,), input_dilation=2),
    "ConvTranspose": nn.ConvTranspose(3, (3, 2), strides=(2, 2)),
    "ConvTranspose, circular, transposed kernel": nn.ConvTranspose(
        2, (4,), strides=2, padding="CIRCULAR", transpose_kernel=True),
    "ConvTranspose, valid": nn.ConvTranspose(2, (2,), strides=3, padding="VALID"),
    "ConvLocal": nn.ConvLocal(2, (2, 3), padding="VALID"),
    "ConvLocal, strides": nn.ConvLocal(3, (3,), strides=2),
    "BatchNorm, training": nn.BatchNorm(use_running_average=False, momentum=0.8),
    "BatchNorm, afterwards": nn.BatchNorm(use_running_average=True),
    "BatchNorm, masked, slow variance, other axes": nn.BatchNorm(
        axis=(1,), use_fast_variance=False),
    "LayerNorm": nn.LayerNorm(),
    "LayerNorm over two axes, slow variance": nn.LayerNorm(
        reduction_axes=(1, 2), feature_axes=(1, 2), use_fast_variance=False),
    "RMSNorm": nn.RMSNorm(),
    "GroupNorm": nn.GroupNorm(2),
    "GroupNorm by size": nn.GroupNorm(None, group_size=3, use_bias=False),
    "InstanceNorm": nn.InstanceNorm(),
    "WeightNorm": nn.WeightNorm(nn.Dense(4)),
    "WeightNorm of a convolution as a whole": nn.WeightNorm(nn.Conv(2, (3,)), feature_axes=None),
    "SpectralNorm": nn.SpectralNorm(nn.Dense(4), n_steps=2),
    "SpectralNorm of a convolution, afterwards": nn.SpectralNorm(nn.Conv(2, (3,))),
    "MultiHeadDotProductAttention": nn.MultiHeadDotProductAttention(2),
    "MultiHeadDotProductAttention, masked, keys from elsewhere": nn.MultiHeadDotProductAttention(
        2, qkv_features=6, out_features=5, normalize_qk=True),
    "MultiHeadDotProductAttention with dropout": nn.MultiHeadDotProductAttention(
        2, dropout_rate=0.5, deterministic=False),
    "MultiHeadAttention": nn.MultiHeadAttention(1, use_bias=False),
    "SelfAttention": nn.SelfAttention(2),
    "LSTMCell": nn.LSTMCell(3),
    "OptimizedLSTMCell": nn.OptimizedLSTMCell(3),
    "ConvLSTMCell": nn.ConvLSTMCell(2, (3,)),
    "GRUCell": nn.GRUCell(3),
    "MGUCell": nn.MGUCell(3),
    "MGUCell without reset gate": nn.MGUCell(3, reset_gate=False),
    "SimpleCell": nn.SimpleCell(3, residual=True),
    "RNN": nn.RNN(nn.LSTMCell(3)),
    "RNN, reversed, with lengths and carry": nn.RNN(nn.GRUCell(3), reverse=True, keep_order=True),
    "Bidirectional": nn.Bidirectional(nn.RNN(nn.GRUCell(2)), nn.RNN(nn.SimpleCell(3))),
    "Dropout": nn.Dropout(0.5, broadcast_dims=(0,), deterministic=False),
    "PReLU": nn.PReLU(negative_slope_init=0.3),
    "Sequential": nn.Sequential((nn.Dense(4), nn.gelu, nn.LayerNorm())),
    # Not in the catalogue: values of other kinds.
    "precision and dtypes": nn.Dense(
        2, dtype=jnp.bfloat16, param_dtype=jnp.float16, precision=lax.Precision.HIGH,
        kernel_init=init.ones, bias_init=init.constant(2.0)),
    "padding by pairs": nn.Conv(2, (3,), strides=2, padding=((1, 2),)),
    "padding by one number": nn.Conv(2, (3, 3), padding=1, mask=None),
    "groups of a mapped axis": nn.BatchNorm(
        axis=1, axis_name="batch", axis_index_groups=((0, 1), (2, 3))),
    "collections": nn.RNN(
        nn.SimpleCell(2), variable_axes=freeze({"stats": 0, "cache": None}),
        variable_broadcast=["params", "stats"], variable_carry=nn.DenyList("params"),
        split_rngs=freeze({"params": True, "dropout": False})),
    "named functions": nn.GRUCell(2, gate_fn=nn.relu),
}


def printed(layer):
    text = repr(layer)
    # What an RNN returns is said by the method that is called: there is no such field in Swift.
    text = re.sub(r"\n *return_carry = False", "", text)
    # Inside a tuple Python adds where the function lies in memory.
    return re.sub(r"<function \w+ at 0x[0-9a-f]+>", "function", text)


json.dump({name: printed(layer) for name, layer in LAYERS.items()}, sys.stdout, indent=1)
print()
