"""Reads the files that file-trials wrote with real Flax and safetensors, and writes the same values."""

import json
import os
import sys
import warnings
import zlib

import flax
import jax
import jax.numpy as jnp
import numpy as np
import optax
import safetensors.numpy
from flax import linen as nn
from flax import serialization, traverse_util
from flax.training import checkpoints, train_state

warnings.simplefilter("ignore")
flax.config.update("flax_use_orbax_checkpointing", False)
folder = sys.argv[1]


def say(text):
    print("Flax: " + text)


def path(name):
    return os.path.join(folder, name)


def contents(name):
    with open(path(name), "rb") as file:
        return file.read()


def same(what, a, b):
    """Compares two trees bit for bit."""
    a, b = serialization.to_state_dict(a), serialization.to_state_dict(b)
    a = traverse_util.flatten_dict(a, keep_empty_nodes=True, sep="/")
    b = traverse_util.flatten_dict(b, keep_empty_nodes=True, sep="/")
    assert sorted(a) == sorted(b), f"{what}: {sorted(set(a) ^ set(b))}"
    for name in a:
        x, y = np.asarray(a[name]), np.asarray(b[name])
        assert (x.dtype, x.shape) == (y.dtype, y.shape), f"{what} {name}: {x.dtype} {y.dtype}"
        assert x.tobytes() == y.tobytes(), f"{what} {name}: {x} is not {y}"
    say(f"{what}: the same {len(a)} values")


class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.BatchNorm(use_running_average=True)(nn.Conv(4, (3, 3))(x))
        return nn.Dense(10)(nn.relu(x).reshape(x.shape[0], -1))


class TrainState(train_state.TrainState):
    batch_stats: dict


# The parameters of one seed are the same bits on both sides.
variables = Net().init(jax.random.key(42), jnp.ones((1, 8, 8, 3)))
zeros = jax.tree_util.tree_map(jnp.zeros_like, variables)
for name in ["params", "chunked"]:
    same(f"{name}.msgpack", serialization.from_bytes(zeros, contents(f"{name}.msgpack")), variables)
assert serialization.to_bytes(variables) == contents("params.msgpack"), "params.msgpack: other bytes"
say("params.msgpack: the same bytes as Flax's")

# The optimizer's arithmetic may round otherwise; what is read is compared by tolerance.
start = TrainState.create(
    apply_fn=None,
    params=variables["params"],
    batch_stats=variables["batch_stats"],
    tx=optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(0.01)),
)
state = start
for step in range(1, 4):
    grads = jax.tree_util.tree_map(lambda x: jnp.full(x.shape, step / 64, x.dtype), state.params)
    state = state.apply_gradients(grads=grads)
read = serialization.from_bytes(start, contents("state.msgpack"))
assert read.step == 3 and jax.tree_util.tree_structure(read) == jax.tree_util.tree_structure(state)
largest = max(
    float(np.max(np.abs(np.asarray(x, np.float64) - np.asarray(y, np.float64)) / (1e-6 + np.abs(np.asarray(y, np.float64)))))
    for x, y in zip(jax.tree_util.tree_leaves(read), jax.tree_util.tree_leaves(state))
)
assert largest < 1e-5, largest
say(f"state.msgpack: a TrainState of step 3, at most {largest:.1e} of a value from Flax's own")

dtypes = ["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"]
dtypes += ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]
arrays = {
    f"a/{name}": np.arange(6).reshape(2, 3).astype(jnp.bfloat16 if name == "bfloat16" else name)
    for name in dtypes
}
same("arrays.msgpack", serialization.msgpack_restore(contents("arrays.msgpack")), arrays)
key = serialization.msgpack_restore(contents("key.msgpack"))
assert np.array_equal(key, jax.random.key_data(jax.random.key(7)))
say("key.msgpack: the data of jax.random.key(7)")
# Safetensors files have no complex128.
del arrays["a/complex128"]
same("arrays.safetensors", safetensors.numpy.load_file(path("arrays.safetensors")), arrays)
flat = safetensors.numpy.load_file(path("params.safetensors"))
same("params.safetensors", traverse_util.unflatten_dict(flat, sep="/"), variables)

# Checkpoints: those of the other side, with the checksums beside them, then two more.
ours = path("checkpoints")
assert checkpoints.available_steps(ours) == [1, 2, 3], checkpoints.available_steps(ours)
restored = checkpoints.restore_checkpoint(ours, start)
same("checkpoint_3", restored, read)
for name in sorted(os.listdir(ours)):
    if name.endswith(".checksum"):
        sidecar = json.loads(contents(f"checkpoints/{name}"))
        assert zlib.crc32(contents(f"checkpoints/{sidecar['file']}")) == int(sidecar["crc32"], 16)
say("the checksums of the checkpoints are those of zlib")
for step in [4, 5]:
    checkpoints.save_checkpoint(ours, restored, step, keep=10)
say("saved checkpoint_4 and checkpoint_5 beside them")

# Files for the other side.
for name, value in {
    "params": serialization.to_bytes(variables),
    "state": serialization.to_bytes(read),
    "any": serialization.msgpack_serialize(
        {
            "n": None, "b": True, "i": -1, "u": 2**64 - 1, "f": 0.5, "c": 1 - 2j, "s": "text",
            "y": b"bytes", "l": [1, [2.0, np.float32(3)]], "k": {0: np.int8(4), 1: "one"},
            "z": np.array([1 + 2j], np.complex64),
        }
    ),
}.items():
    with open(path(f"flax_{name}.msgpack"), "wb") as file:
        file.write(value)
whole, serialization.MAX_CHUNK_SIZE = serialization.MAX_CHUNK_SIZE, 100
with open(path("flax_chunked.msgpack"), "wb") as file:
    file.write(serialization.to_bytes(variables))
serialization.MAX_CHUNK_SIZE = whole
safetensors.numpy.save_file(arrays, path("python_arrays.safetensors"))
flat = traverse_util.flatten_dict(variables, sep="/")
safetensors.numpy.save_file(
    {name: np.asarray(value) for name, value in flat.items()}, path("python_params.safetensors")
)
say("wrote 4 msgpack files and 2 of safetensors")
