"""Makes golden cases of random configurations with real Flax, in the form of Tests/Goldens/public.

Usage: python Tests/Tools/golden_cases.py FOLDER [COUNT] [SEED] [CLASS...]
       swift run goldens FOLDER

Of the kinds of the public cases it makes those of modules, functions, pools and initializers; none
of lifted transforms, optimizers, serialization, programs, errors and tables. The samplers of
golden_samplers.py take turns, and each draws one class with some of its fields, inputs, dtypes and
JAX's settings: not every field in every case. What Flax refuses is drawn again, up to 50 times.
NetKet's masked layers and OTT's MetaMLP need a file seeds.py on PYTHONPATH, and are left out
without it.

Case N of a seed is the same whatever else is made. With names of classes, only cases of those are
kept among the first COUNT.

Floats are compared with 8 ulp of the largest number of a group (2 ulp of bfloat16 for half
precision), or a relative 1e-5 (0.02, 1e-12 in double precision), whichever is more. First values of
variables are compared bit for bit where no orthogonal matrix or normalization is in them. The
calls are compiled, except those with half precision.
"""

import json
import os
import sys
import traceback

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
from flax import linen as nn
from flax.linen import recurrent
from flax.linen.dtypes import promote_dtype
from jax.nn import initializers

from golden_modules import EXTRA

DTYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
          "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8, "U64": np.uint64,
          "U32": np.uint32, "U16": np.uint16, "U8": np.uint8, "BOOL": np.bool_}
DTYPE_FIELDS = {"dtype", "param_dtype", "preferred_element_type"}
HALF = ("bfloat16", "float16")
FUNCTIONS = {"add": jnp.add, "multiply": jnp.multiply,
             "concatenate": lambda a, b: jnp.concatenate([a, b], axis=-1),
             "flatten": lambda x: x.reshape(x.shape[0], -1)}


class Case:
    """A configuration with its inputs, and how it is built and run."""

    def __init__(self, kind, module, config=None, args=(), kwargs=None, inputs=None, cfg=None,
                 method=None, mutable=None, rngs=(), init=None, steps=(), x64=False, p=True,
                 extra_rngs=(), differentiable=True, use=True, shape=None, dtype=None):
        self.kind, self.module, self.config = kind, module, config or {}
        self.args, self.kwargs, self.inputs = list(args), kwargs or {}, inputs or {}
        self.cfg, self.method, self.mutable, self.rngs = cfg or {}, method, mutable, list(rngs)
        self.init, self.steps, self.x64, self.p = init or {}, list(steps), x64, p
        self.extra_rngs, self.differentiable, self.use = list(extra_rngs), differentiable, use
        self.shape, self.dtype = shape, dtype


class Builder:
    """Gives values for JSON, with a case's tensors."""

    def __init__(self, tensors, p):
        self.tensors = tensors

    def value(self, json):
        if isinstance(json, list):
            return tuple(self.value(item) for item in json)
        if not isinstance(json, dict):
            return json
        args = {k: self.value(v) for k, v in json.get("args", {}).items()}
        if "tensor" in json:
            return jnp.asarray(self.tensors[json["tensor"]])
        if "rng" in json:
            return jax.random.wrap_key_data(jnp.asarray(self.tensors[json["rng"]]))
        if "initializer" in json:
            name = json["initializer"]
            function = getattr(nn.initializers, name)
            return function if name in ("zeros", "ones") else function(**args)
        if "activation" in json:
            function = getattr(nn, json["activation"])
            return (lambda x: function(x, **args)) if args else function
        if "pool" in json:
            return lambda x: getattr(nn.pooling, json["pool"])(x, **args)
        if "function" in json:
            return FUNCTIONS[json["function"]]
        if "module" in json:
            return self.module(json["module"], json["config"])
        return {k: self.value(v) for k, v in json.items()}

    def module(self, name, config):
        fields = {}
        for key, item in config.items():
            if key in DTYPE_FIELDS and item is not None:
                fields[key] = jnp.dtype(item)
            elif key == "variable_filter" and item is not None:
                fields[key] = set(item)
            elif key == "kernel_size" and isinstance(item, int):
                fields[key] = item
            else:
                fields[key] = self.value(item)
        return (EXTRA.get(name) or getattr(nn, name))(**fields)

    def call(self, call):
        return ([self.value(a) for a in call.get("args", [])],
                {k: jnp.dtype(v) if k in DTYPE_FIELDS else self.value(v)
                 for k, v in call.get("kwargs", {}).items()})

    def streams(self, call):
        return {k: self.value({"rng": v}) for k, v in call.get("rngs", {}).items()}


def escaped(part):
    return str(part).replace("%", "%25").replace("/", "%2F")


def flat(tree, prefix):
    """The arrays of a tree of dictionaries, tuples and lists by their paths."""
    if isinstance(tree, dict) or hasattr(tree, "items"):
        items = tree.items()
    elif isinstance(tree, (tuple, list)):
        items = enumerate(tree)
    elif tree is None:
        return {}
    else:
        return {prefix: tree}
    result = {}
    for key, value in items:
        result.update(flat(value, f"{prefix}/{escaped(key)}"))
    return result


def numpy(x):
    return np.asarray(jax.random.key_data(x) if jnp.issubdtype(x.dtype, jax.dtypes.prng_key) else x)


def write_safetensors(path, tensors):
    names = {np.dtype(v): k for k, v in DTYPES.items()}
    header, offset, blobs = {}, 0, []
    arrays = {k: np.asarray(v) for k, v in tensors.items()}
    for name, x in sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize):
        blob = np.ascontiguousarray(x).tobytes()
        header[name] = {"dtype": names[x.dtype], "shape": list(x.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def randomized(variables, r):
    """Values for the constant leaves, so that leaving one out shows."""
    result = {}
    for name, leaf in flat(variables, "").items():
        x = np.asarray(leaf)
        if not np.issubdtype(x.dtype, np.inexact) and x.dtype != ml_dtypes.bfloat16:
            continue
        if name.startswith("/cache") or x.size == 0 or (x != x.reshape(-1)[0]).any():
            continue
        noise = r.normal(size=x.shape) * 0.3 + x.reshape(-1)[0].astype(np.float64)
        if name.endswith("/var") or name.endswith("sigma"):
            noise = np.abs(noise) + 0.2
        result[name.lstrip("/")] = noise.astype(x.dtype)
    return result


def replaced(tree, values, prefix=""):
    if isinstance(tree, dict) or hasattr(tree, "items"):
        return {k: replaced(v, values, f"{prefix}/{escaped(k)}" if prefix else escaped(k))
                for k, v in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)(replaced(v, values, f"{prefix}/{i}") for i, v in enumerate(tree))
    return jnp.asarray(values[prefix]) if prefix in values else tree


def is_float(x):
    return jnp.issubdtype(x.dtype, jnp.floating)


def run(case, id, r):
    """The manifest's entry and the tensors of a case."""
    with jax.enable_x64(case.x64), jax.threefry_partitionable(case.p):
        return run_module(case, id, r) if case.kind == "module" else run_function(case, id, r)


def run_module(case, id, r):
    tensors = {f"in/{k}": v for k, v in case.inputs.items()}
    tensors |= {f"cfg/{k}": v for k, v in case.cfg.items()}
    streams = list(dict.fromkeys(
        ["params"] + case.rngs + case.extra_rngs + case.init.get("streams", [])))
    for name in streams:
        tensors[f"rng/{name}"] = r.integers(0, 2**32, size=2, dtype=np.uint32)
    builder = Builder(tensors, case.p)
    call = {"args": case.args, "kwargs": case.kwargs}
    if case.method:
        call["method"] = case.method
    start = dict(call, **case.init, rngs={"params": "rng/params"})
    if case.init.get("streams"):
        start["rngs"] |= {k: f"rng/{k}" for k in start.pop("streams")}
    if case.rngs:
        call["rngs"] = {k: f"rng/{k}" for k in case.rngs}
    if case.mutable:
        call["mutable"] = case.mutable
    module = builder.module(case.module, case.config)
    method = case.method and getattr(type(module), case.method)
    args, kwargs = builder.call(start)
    # Lazily: parameters are made eagerly, as compiling them would change their last bits.
    variables = module.lazy_init(builder.streams(start), *args, **kwargs, method=method)
    results = dict(flat(variables, "vars"))
    if case.use:
        use = randomized(variables, r)
        results |= {f"use/{k}": v for k, v in use.items()}
        variables = replaced(variables, use)

    # Compiled, half precision is rounded less often than the steps of an uncompiled call.
    text = str(case.config) + "".join(str(v.dtype) for v in case.inputs.values())
    jit = (lambda f: f) if any(name in text for name in HALF) else jax.jit

    def apply(variables, call, inputs=None):
        inputs = {f"in/{k}": v for k, v in (inputs or case.inputs).items()}
        return jit(lambda variables, inputs: applied(variables, call, inputs))(variables, inputs)

    def applied(variables, call, inputs):
        values = Builder(tensors | inputs, case.p)
        args, kwargs = values.call(call)
        mutable = call.get("mutable", False)
        result = module.apply(variables, *args, **kwargs, rngs=values.streams(call), method=method,
                              mutable=mutable)
        return result if mutable else (result, {})

    out, updates = apply(variables, call)
    leaves = jax.tree.leaves(out)
    results |= {f"out/{i}": x for i, x in enumerate(leaves)} | flat(updates, "upd")
    state = {**variables, **updates}
    for index, step in enumerate(case.steps):
        y, more = apply(state, step)
        results |= {f"step/{index + 1}/out/{i}": x for i, x in enumerate(jax.tree.leaves(y))}
        results |= flat(more, f"step/{index + 1}/upd")
        state = {**state, **more}
    grad = None
    if case.differentiable and all(is_float(x) for x in leaves) and not case.steps:
        names = [k for k, v in case.inputs.items() if is_float(v) and "mask" not in k]
        grad = {"params": "params" in variables, "inputs": names}

        def function(params, inputs):
            changed = {**variables, "params": params} if params is not None else variables
            return jax.tree.leaves(apply(changed, call, case.inputs | inputs)[0])

        cotangents = [r.normal(size=x.shape).astype(x.dtype) for x in leaves]
        primals = (variables.get("params"), {k: jnp.asarray(case.inputs[k]) for k in names})
        by_params, by_inputs = jit(lambda p, c: jax.vjp(function, *p)[1](c))(
            primals, [jnp.asarray(c) for c in cotangents])
        results |= {f"cot/{i}": c for i, c in enumerate(cotangents)}
        if by_params is not None:
            results |= flat(by_params, "grad/params")
        results |= flat(by_inputs, "grad_in")
    json = {"id": id, "kind": "module", "module": case.module, "config": case.config, "call": call,
            "init": start, "steps": case.steps or None, "rngs": streams, "mutable": case.mutable,
            "grad": grad}
    return finished(case, json, tensors, results)


def function_of(case, builder):
    config = {k: jnp.dtype(v) if k in DTYPE_FIELDS else builder.value(v)
              for k, v in case.config.items()}
    name = case.module
    if case.kind == "initializer":
        key = jax.random.wrap_key_data(jnp.asarray(builder.tensors["rng/key"]))
        function = builder.value({"initializer": name, "args": case.config})
        return lambda: function(key, tuple(case.shape), jnp.dtype(case.dtype))
    if case.kind == "pool":
        return lambda x: getattr(nn.pooling, name)(x, **config)
    if name == "flip_sequences":
        return lambda x, lengths=None: recurrent.flip_sequences(
            x, lengths, config.get("num_batch_dims", 1), config.get("time_major", False))
    if name == "promote_dtype":
        return lambda *x, **kw: promote_dtype(*x, **config, **kw)
    if name == "pad":
        return lambda x: jnp.pad(x, config["pads"], mode=config["mode"])
    if name == "take":
        return lambda x, i: jnp.take(x, i, **config)
    if name == "BatchApply":
        return nn.BatchApply(config.pop("f"), **config)
    return lambda *a, **kw: getattr(nn, name)(*a, **config, **kw)


def run_function(case, id, r):
    tensors = {f"in/{k}": v for k, v in case.inputs.items()}
    for name in (["key"] if case.kind == "initializer" else []) + case.extra_rngs:
        tensors[f"rng/{name}"] = r.integers(0, 2**32, size=2, dtype=np.uint32)
    builder = Builder(tensors, case.p)
    call = {"args": case.args, "kwargs": case.kwargs}
    args, kwargs = builder.call(call)
    out = jax.tree.leaves(function_of(case, builder)(*args, **kwargs))
    results = {f"out/{i}": x for i, x in enumerate(out)}
    names = [k for k, v in case.inputs.items() if is_float(v) and k not in ("mask", "where")]
    json = {"id": id, "kind": case.kind, "module": case.module, "config": case.config, "call": call}
    if case.kind == "initializer":
        json["call"] = {"shape": case.shape, "dtype": case.dtype}
    elif case.differentiable and names and all(is_float(x) for x in out):
        def function(inputs):
            values = Builder(tensors | {f"in/{k}": v for k, v in inputs.items()}, case.p)
            args, kwargs = values.call(call)
            return jax.tree.leaves(function_of(case, values)(*args, **kwargs))

        cotangents = [r.normal(size=x.shape).astype(x.dtype) for x in out]
        by_inputs = jax.vjp(function, {k: jnp.asarray(case.inputs[k]) for k in names})[1](
            [jnp.asarray(c) for c in cotangents])[0]
        results |= {f"cot/{i}": c for i, c in enumerate(cotangents)} | flat(by_inputs, "grad_in")
        json["grad"] = {"params": False, "inputs": names}
    return finished(case, json, tensors, results)


GROUPS = {"init": ("vars",), "out": ("out", "step"), "upd": ("upd",), "grad": ("grad", "grad_in")}


def finished(case, json, tensors, results):
    results = {k: numpy(v) for k, v in results.items()}
    text = str(case.config) + "".join(str(v.dtype) for v in case.inputs.values()) + str(case.dtype)
    is_half = any(name in text for name in HALF)
    tolerance = {}
    for group, prefixes in GROUPS.items():
        members = [v for k, v in results.items() if k.split("/")[0] in prefixes]
        if not members:
            continue
        floats = [v for v in members if is_float(v)]
        halves = (is_half and group != "init") or any(str(v.dtype) in HALF for v in floats)
        wide = bool(floats) and all(v.dtype == np.float64 for v in floats)
        finite = [np.abs(v[np.isfinite(v)].astype(np.float64)) for v in floats]
        largest = max([float(v.max()) for v in finite if v.size] + [0.0])
        rtol, ulp = (0.02, 2 * 2.0**-8) if halves else (1e-12, 8 * 2.0**-52) if wide else (
            1e-5, 8 * 2.0**-23)
        tolerance[group] = {"rtol": rtol, "atol": max(ulp * largest, 1e-36)}
        names = str(case.config) + case.module
        exact = "Norm" not in case.module and not any(
            c in names for c in ("orthogonal", "WeightNorm", "SpectralNorm", "Cell", "netket."))
        if not wide and exact and (group == "init" or case.kind == "initializer"):
            tolerance[group] = "bitwise"
    if "init" in tolerance:
        tolerance["init_relaxed"] = tolerance["init"] if tolerance["init"] != "bitwise" else {
            "rtol": 1e-5, "atol": 1e-5}
    json |= {"threefry_partitionable": case.p, "x64": case.x64, "tolerance": tolerance,
             "nan_ok": any(np.isnan(v.astype(np.float64)).any() for v in results.values()
                           if is_float(v))}
    return json, tensors | results


def main(folder, count=150, seed=0, *classes):
    from golden_samplers import draw

    os.makedirs(folder, exist_ok=True)
    cases, refused = [], 0
    for index in range(int(count)):
        entry, r = None, np.random.default_rng([int(seed), index])
        for _ in range(50):
            case = draw(r, index)
            if classes and case.module not in classes:
                break
            id = f"{case.module.replace('.', '_').lower()}_{seed}_{index}"
            try:
                entry, tensors = run(case, id, r)
                break
            except Exception as error:
                refused += 1
                if os.environ.get("VERBOSE"):
                    print(case.module, case.config, "refused:", str(error).splitlines()[:1])
                    if os.environ["VERBOSE"] == "2":
                        traceback.print_exc()
        if entry is None:
            continue
        write_safetensors(f"{folder}/{id}.safetensors", tensors)
        cases.append(entry | {"file": f"{id}.safetensors"})
        print(id, json.dumps(case.config), file=sys.stderr)
        # After each case, so that what is there can be used if the script is stopped.
        with open(f"{folder}/manifest.json", "w") as file:
            json.dump({"format": 1, "split": f"random {seed}", "cases": cases}, file, indent=1)
    print(f"{len(cases)} cases, {refused} draws refused by Flax")


if __name__ == "__main__":
    main(*sys.argv[1:])
