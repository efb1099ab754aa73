"""Draws configurations of the classes and functions of flax.linen for golden_cases.py."""

import ml_dtypes
import numpy as np

NUMPY = {"float32": np.float32, "float64": np.float64, "float16": np.float16,
         "bfloat16": ml_dtypes.bfloat16}
T = lambda name: {"tensor": f"in/{name}"}


class Draw:
    """Random choices for one case."""

    def __init__(self, r):
        self.r = r
        self.x64 = self.chance(0.2)
        self.p = self.chance(0.7)
        self.input_dtype = self.one(["float32"] * 6 + ["float16", "bfloat16"]
                                    + ["float64"] * 4 * self.x64)

    def chance(self, p):
        return bool(self.r.random() < p)

    def one(self, choices):
        return choices[int(self.r.integers(len(choices)))]

    def int(self, low, high):
        return int(self.r.integers(low, high + 1))

    def ints(self, count, low, high):
        return [self.int(low, high) for _ in range(count)]

    def array(self, *shape, dtype=None, scale=1.0):
        x = self.r.normal(size=shape) * scale
        return x.astype(NUMPY[dtype or self.input_dtype])

    def batch(self, most=2):
        return self.ints(self.one([1, 1, 1, 0, 2][:3 + most]), 1, 3)

    def initializer(self, bias=False):
        kernels = [
            {"initializer": "glorot_uniform"}, {"initializer": "he_normal"},
            {"initializer": "normal", "args": {"stddev": 0.2}},
            {"initializer": "uniform", "args": {"scale": 0.5}},
            {"initializer": "truncated_normal", "args": {"stddev": 0.3}},
            {"initializer": "constant", "args": {"value": 0.25}},
            {"initializer": "lecun_uniform"}, {"initializer": "glorot_normal"},
            {"initializer": "he_uniform"}, {"initializer": "orthogonal"},
            {"initializer": "variance_scaling",
             "args": {"scale": 2.0, "mode": self.one(["fan_in", "fan_out", "fan_avg"]),
                      "distribution": self.one(["truncated_normal", "normal", "uniform"])}}]
        biases = [
            {"initializer": "ones"}, {"initializer": "normal", "args": {"stddev": 0.5}},
            {"initializer": "uniform", "args": {"scale": 1.0}},
            {"initializer": "constant", "args": {"value": -0.5}}]
        return self.one(biases if bias else kernels)

    def dtypes(self, config):
        """Draws dtype and param_dtype now and then."""
        wide = ["float64"] * self.x64
        if self.chance(0.3):
            config["dtype"] = self.one(["float32", "bfloat16", "float16"] + wide * 2)
        if self.chance(0.25):
            config["param_dtype"] = self.one(["bfloat16", "float16", "float32"] + wide * 4)
        return config

    def linear(self, config, kernel="kernel_init", bias="bias_init"):
        """Draws the fields that all linear layers have."""
        if self.chance(0.3):
            config["use_bias"] = self.chance(0.3)
        if self.chance(0.1):
            config["precision"] = self.one(["high", "highest", "default", None])
        if self.chance(0.4):
            config[kernel] = self.initializer()
        if self.chance(0.4):
            config[bias] = self.initializer(bias=True)
        if "bfloat16" in str(config) and self.chance(0.5):
            config.pop(kernel, None)
        return self.dtypes(config)

    def activation(self):
        return {"activation": self.one(
            ["relu", "sigmoid", "hard_sigmoid", "tanh", "silu", "gelu", "softplus", "soft_sign",
             "elu", "hard_tanh", "leaky_relu", "selu", "celu", "log_sigmoid", "relu6"])}


def dense(d, case):
    config = d.linear({"features": d.int(1, 5)})
    x = d.array(*d.batch(), d.int(1, 6))
    if d.chance(0.15):
        x = d.r.integers(-3, 4, size=x.shape).astype(d.one([np.int32, np.int8, np.uint8]))
    return case("module", "Dense", config, [T("x")], inputs={"x": x})


def dense_general(d, case):
    shape = d.ints(d.int(2, 4), 1, 4)
    batch = list(range(d.one([0, 0, 1, 2])))
    rest = list(range(len(batch), len(shape)))
    if not rest:
        rest, batch = [len(shape) - 1], batch[:-1]
    axes = sorted(d.r.permutation(rest)[: d.int(1, len(rest))].tolist(),
                  key=lambda _: d.r.random())
    axes = [a - len(shape) if d.chance(0.5) else a for a in axes]
    config = {"features": d.one([d.int(1, 4), d.ints(d.int(1, 2), 1, 3)]),
              "axis": axes[0] if len(axes) == 1 and d.chance(0.5) else axes}
    if batch:
        config["batch_dims"] = batch[0] if len(batch) == 1 and d.chance(0.5) else batch
    return case("module", "DenseGeneral", d.linear(config), [T("x")],
                inputs={"x": d.array(*shape)})


def einsum(d, case):
    text, kernel, x = d.one([
        ("bi,ij->bj", (4, 3), (2, 4)), ("...i,ij->...j", (3, 2), (2, 2, 3)),
        ("abc,cde->abde", (3, 2, 4), (2, 2, 3)), ("...ab,abc->...c", (2, 3, 4), (3, 2, 3)),
        ("b i , i j k -> b k j", (3, 2, 2), (4, 3)), ("bij,jk->bki", (3, 5), (2, 4, 3)),
        ("bi,i->b", (3,), (2, 3)), ("bhd,hde->bhe", (2, 3, 4), (5, 2, 3)),
        ("bi,bj->ij", (3, 2), (3, 4)), ("abc,bc->abc", (2, 3), (2, 2, 3)),
        ("i...,ij->...j", (3, 2), (3, 2, 2))])
    config = d.linear({"shape": list(kernel)})
    if len(kernel) == 1:
        config["kernel_init"] = {"initializer": "normal", "args": {"stddev": 0.5}}
    kwargs = {}
    if d.chance(0.6):
        config["einsum_str"] = text
    else:
        kwargs["einsum_str"] = text
    if d.chance(0.2):
        config["preferred_element_type"] = "float32"
    return case("module", "Einsum", config, [T("x")], kwargs, inputs={"x": d.array(*x)})


def embed(d, case):
    count, features = d.int(1, 6), d.int(1, 4)
    config = d.dtypes({"num_embeddings": count, "features": features})
    if d.chance(0.4):
        config["embedding_init"] = d.initializer()
    if d.chance(0.4):
        return case("module", "Embed", config, [T("x")], method="attend",
                    inputs={"x": d.array(*d.batch(), features)}, init={"method": "attend"})
    x = d.r.integers(-count, count + 1, size=d.batch())
    dtype = d.one([np.int32, np.int32, np.int8, np.uint8, np.int16])
    x = x.astype(dtype) if dtype != np.uint8 else np.abs(x).astype(dtype)
    return case("module", "Embed", config, [T("x")], inputs={"x": x})


def padding(d, rank, names):
    kind = d.one(["name", "name", "int", "ints", "pairs", "mixed"])
    if kind == "name":
        return d.one(names)
    if kind == "int":
        return d.int(0, 3)
    if kind == "ints":
        return d.ints(rank, 0, 2)
    if kind == "mixed":
        return [d.one([1, [0, 2], [2, 1]]) for _ in range(rank)]
    return [d.ints(2, 0, 2) for _ in range(rank)]


def per_axis(d, rank, low=1, high=3):
    return d.int(low, high) if d.chance(0.3) else d.ints(rank, low, high)


def convolution(d, name, case):
    rank = d.one([1, 1, 1, 2, 2, 3])
    kernel = d.ints(rank, 1, 3 if rank > 1 else 4)
    channels, features, config = d.int(1, 4), d.int(1, 4), {}
    config["kernel_size"] = kernel[0] if rank == 1 and d.chance(0.2) else kernel
    names = ["SAME", "VALID", "CIRCULAR"]
    if name != "ConvTranspose":
        names += ["REFLECT", "SAME_LOWER"] + ["CAUSAL"] * 2 * (rank == 1)
    if d.chance(0.7):
        config["padding"] = padding(d, rank, names)
    if d.chance(0.5):
        config["strides"] = per_axis(d, rank)
        if name == "ConvTranspose" and isinstance(config["strides"], int) and rank > 1:
            config["strides"] = d.ints(rank, 1, 3)
    if d.chance(0.4):
        config["kernel_dilation"] = per_axis(d, rank, 1, 2)
    if name != "ConvTranspose" and d.chance(0.2) and not isinstance(config.get("padding"), str):
        config["input_dilation"] = per_axis(d, rank, 1, 2)
        config.setdefault("padding", d.int(0, 2))
    if name == "Conv" and d.chance(0.3):
        groups = d.int(1, 3)
        channels, features = groups * d.int(1, 2), groups * d.int(1, 2)
        config["feature_group_count"] = groups
    if name == "ConvTranspose":
        if d.chance(0.4):
            config["transpose_kernel"] = True
        if d.chance(0.15):
            config["preferred_element_type"] = "float32"
    cfg = {}
    config["features"] = features
    if d.chance(0.15) and name != "ConvLocal":
        ends = [channels // config.get("feature_group_count", 1), features]
        if config.get("transpose_kernel"):
            ends = [features, channels]
        cfg["mask"] = d.r.random(kernel + ends) > 0.4
        if d.chance(0.5):
            cfg["mask"] = cfg["mask"].astype(np.float32)
        config["mask"] = {"tensor": "cfg/mask"}
    batch = d.one([[2], [1], [2], [], [2, 2]])
    x = d.array(*batch, *d.ints(rank, 3, 7 if rank == 1 else 5), channels)
    return case("module", name, d.linear(config), [T("x")], inputs={"x": x}, cfg=cfg)


def conv(d, case):
    return convolution(d, "Conv", case)


def conv_transpose(d, case):
    return convolution(d, "ConvTranspose", case)


def conv_local(d, case):
    return convolution(d, "ConvLocal", case)


def norm_fields(d, config, bias=True):
    for name in ["use_scale"] + ["use_bias"] * bias:
        if d.chance(0.25):
            config[name] = d.chance(0.3)
    if d.chance(0.3):
        config["epsilon"] = d.one([1e-3, 1e-5, 0.1])
    if d.chance(0.3):
        config["scale_init"] = d.initializer(bias=True)
    if bias and d.chance(0.3):
        config["bias_init"] = d.initializer(bias=True)
    if d.chance(0.3):
        config["use_fast_variance"] = False
    if d.chance(0.25):
        config["force_float32_reductions"] = False
    return d.dtypes(config)


def mask_for(d, x):
    shape = [s if d.chance(0.7) else 1 for s in x.shape]
    mask = d.r.random(shape) > 0.3
    mask.reshape(-1)[0] = True
    return mask


def axes_of(d, rank, first=0):
    count = d.int(1, max(1, rank - first))
    axes = sorted(d.r.permutation(np.arange(first, rank))[:count].tolist())
    axes = [a - rank if d.chance(0.5) else a for a in axes]
    return axes[0] if len(axes) == 1 and d.chance(0.5) else axes


def batch_norm(d, case):
    shape = d.ints(d.int(2, 4), 2, 4)
    config = norm_fields(d, {})
    if d.chance(0.4):
        config["momentum"] = d.one([0.9, 0.5, 0.1])
    if d.chance(0.4):
        config["axis"] = axes_of(d, len(shape), 1)
    inputs = {"x": d.array(*shape) * 2 + 1, "x2": d.array(*shape)}
    kwargs = {}
    if d.chance(0.3):
        inputs["mask"] = np.broadcast_to(mask_for(d, inputs["x"]), shape).copy()
        kwargs["mask"] = T("mask")
    train = d.chance(0.7)
    where = config if d.chance(0.4) else kwargs
    where["use_running_average"] = not train
    steps = []
    if train and d.chance(0.4):
        steps = [{"args": [T("x2")], "kwargs": kwargs, "mutable": ["batch_stats"]}]
    inputs = {k: v.astype(NUMPY[d.input_dtype]) if k != "mask" else v for k, v in inputs.items()}
    if not steps:
        inputs.pop("x2")
    return case("module", "BatchNorm", config, [T("x")], kwargs, inputs=inputs, steps=steps,
                mutable=["batch_stats"] if train else None)


def layer_norm(d, case, name="LayerNorm"):
    shape = d.ints(d.int(1, 4), 2, 4)
    config = norm_fields(d, {}, bias=name == "LayerNorm")
    if d.chance(0.4):
        config["reduction_axes"] = axes_of(d, len(shape))
        if d.chance(0.5):
            config["feature_axes"] = config["reduction_axes"]
    if d.chance(0.2):
        config["feature_axes"] = axes_of(d, len(shape))
    return normalized(d, case, name, config, shape)


def rms_norm(d, case):
    return layer_norm(d, case, "RMSNorm")


def normalized(d, case, name, config, shape):
    inputs, kwargs = {"x": (d.array(*shape) * 2 + 1).astype(NUMPY[d.input_dtype])}, {}
    if d.chance(0.25):
        inputs["mask"] = mask_for(d, inputs["x"])
        if name == "GroupNorm" or d.chance(0.5):
            inputs["mask"] = np.broadcast_to(inputs["mask"], shape).copy()
        kwargs["mask"] = T("mask")
    return case("module", name, config, [T("x")], kwargs, inputs=inputs)


def group_norm(d, case):
    groups, size = d.int(1, 3), d.int(1, 3)
    shape = d.ints(d.int(1, 3), 2, 3) + [groups * size]
    config = {"num_groups": groups}
    if d.chance(0.4):
        config = {"num_groups": None, "group_size": size}
    if d.chance(0.3):
        config["reduction_axes"] = sorted(
            {len(shape) - 1} | {d.int(1, len(shape) - 1) for _ in range(2)})
        if d.chance(0.5):
            config["reduction_axes"] = [a - len(shape) for a in config["reduction_axes"]]
    return normalized(d, case, "GroupNorm", norm_fields(d, config), shape)


def instance_norm(d, case):
    shape = d.ints(d.int(2, 4), 2, 4)
    config = norm_fields(d, {})
    if d.chance(0.4):
        config["feature_axes"] = axes_of(d, len(shape), 1)
    return normalized(d, case, "InstanceNorm", config, shape)


def wrapped_layer(d):
    kind = d.one(["Dense", "Dense", "Conv", "DenseGeneral", "ConvTranspose", "LayerNorm",
                  "Einsum", "Embed"])
    features = d.int(1, 4)
    if kind == "Dense":
        return kind, d.linear({"features": features}), d.array(*d.batch(), d.int(1, 4))
    if kind == "Conv" or kind == "ConvTranspose":
        rank = d.int(1, 2)
        config = d.linear({"features": features, "kernel_size": d.ints(rank, 1, 3)})
        return kind, config, d.array(2, *d.ints(rank, 3, 4), 2)
    if kind == "DenseGeneral":
        return kind, {"features": d.ints(2, 1, 3), "axis": [-2, -1]}, d.array(2, 2, 3)
    if kind == "Einsum":
        return kind, {"shape": [3, 2, 2], "einsum_str": "...i,ijk->...jk"}, d.array(2, 3)
    if kind == "Embed":
        x = d.r.integers(0, 3, size=(4,)).astype(np.int32)
        return kind, {"num_embeddings": 3, "features": features}, x
    return kind, {}, d.array(2, 3)


def weight_norm(d, case):
    kind, inner, x = wrapped_layer(d)
    config = d.dtypes({"layer_instance": {"module": kind, "config": inner}})
    if d.chance(0.3):
        config["use_scale"] = d.chance(0.3)
    if d.chance(0.3):
        config["scale_init"] = d.initializer(bias=True)
    if d.chance(0.3):
        config["epsilon"] = 1e-3
    if d.chance(0.4):
        config["feature_axes"] = d.one([None, -1, 0, [-1], [0]])
    if d.chance(0.4):
        config["variable_filter"] = d.one(
            [None, ["kernel"], ["bias"], ["kernel", "bias"], ["nothing"], ["embedding"],
             ["scale"]])
    return case("module", "WeightNorm", config, [T("x")], inputs={"x": x})


def spectral_norm(d, case):
    kind, inner, x = wrapped_layer(d)
    config = d.dtypes({"layer_instance": {"module": kind, "config": inner}})
    if d.chance(0.5):
        config["n_steps"] = d.int(0, 4)
    if d.chance(0.2):
        config["epsilon"] = 1e-3
    mutable = ["batch_stats"]
    if d.chance(0.2):
        config["collection_name"] = "spectral"
        mutable = ["spectral"]
    if d.chance(0.2):
        config["error_on_non_matrix"] = True
    kwargs = {"update_stats": d.chance(0.6)}
    steps = []
    if d.chance(0.3):
        steps = [{"args": [T("x")], "kwargs": kwargs, "mutable": mutable}]
    return case("module", "SpectralNorm", config, [T("x")], kwargs, inputs={"x": x},
                mutable=mutable, steps=steps, use=d.chance(0.5))


def dropout(d, case):
    shape = d.ints(d.int(1, 4), 1, 5)
    config, kwargs, rngs, extra = {"rate": d.one([0.1, 0.5, 0.9, 0.25])}, {}, [], []
    if d.chance(0.4):
        config["broadcast_dims"] = sorted(
            set(a - len(shape) * d.chance(0.5) for a in d.ints(d.int(1, 2), 0, len(shape) - 1)))
    where = config if d.chance(0.4) else kwargs
    where["deterministic"] = d.chance(0.1)
    stream = "dropout"
    if d.chance(0.3):
        stream = config["rng_collection"] = "noise"
    if d.chance(0.25):
        kwargs["rng"] = {"rng": "rng/direct"}
        extra = ["direct"]
    else:
        rngs = [stream]
    return case("module", "Dropout", config, [T("x")], kwargs, inputs={"x": d.array(*shape)},
                rngs=rngs, extra_rngs=extra, init={"streams": [stream]})


def prelu(d, case):
    config = {}
    if d.chance(0.5):
        config["negative_slope_init"] = d.one([0.3, -0.2])
    if d.chance(0.4):
        config["param_dtype"] = d.one(["bfloat16", "float16", "float32"] + ["float64"] * d.x64)
    return case("module", "PReLU", config, [T("x")], inputs={"x": d.array(*d.batch(), 3)})


def attention(d, case):
    name = d.one(["MultiHeadDotProductAttention"] * 3 + ["MultiHeadAttention", "SelfAttention"])
    heads, depth = d.int(1, 3), d.int(1, 3)
    features = heads * depth
    config = d.dtypes({"num_heads": heads})
    own = d.chance(0.3)
    if own:
        config["qkv_features"] = heads * d.int(1, 3)
    width = d.int(1, 5) if own else features
    for key, p in (("out_features", 0.3), ("normalize_qk", 0.25), ("use_bias", 0.2),
                   ("force_fp32_for_softmax", 0.3)):
        if d.chance(p):
            config[key] = d.int(1, 5) if key == "out_features" else d.chance(0.6)
    for key in ("kernel_init", "out_kernel_init", "bias_init", "out_bias_init"):
        if d.chance(0.2):
            config[key] = d.initializer(bias="bias" in key)
    batch, length = d.one([[2], [1], [2, 2], [2], []]), d.int(1, 4)
    inputs, args = {"x": d.array(*batch, length, width)}, [T("x")]
    keys = length
    if name != "SelfAttention" and d.chance(0.4):
        keys = d.int(1, 4)
        inputs["k"] = d.array(*batch, keys, width)
        args.append(T("k"))
        if d.chance(0.5):
            inputs["v"] = d.array(*batch, keys, d.int(1, 4))
            args.append(T("v"))
    kwargs, rngs, extra, mutable, init = {}, [], [], None, {}
    if d.chance(0.4):
        shape = [*[s if d.chance(0.6) else 1 for s in batch], d.one([1, heads]), length, keys]
        inputs["mask"] = d.r.random(shape) > 0.3
        if d.chance(0.3):
            inputs["mask"] = inputs["mask"].astype(np.float32)
        kwargs["mask"] = T("mask")
    if d.chance(0.4):
        config["dropout_rate"] = d.one([0.2, 0.5])
        where = config if d.chance(0.5) else kwargs
        where["deterministic"] = d.chance(0.2)
        if d.chance(0.4):
            config["broadcast_dropout"] = False
        if d.chance(0.3):
            kwargs["dropout_rng"] = {"rng": "rng/direct"}
            extra = ["direct"]
        else:
            rngs = ["dropout"]
        init = {"streams": ["dropout"]}
    if d.chance(0.25):
        kwargs["sow_weights"] = True
        mutable = ["intermediates"]
    if not mutable and len(args) == 1 and "mask" not in kwargs and batch and d.chance(0.25):
        config["decode"] = True
        init |= {"args": [T("full")]}
        inputs["full"] = d.array(*batch, 4, width)
        inputs["x"] = d.array(*batch, 1, width)
        inputs["x2"] = d.array(*batch, 1, width)
        call = {"args": [T("x2")], "kwargs": kwargs, "mutable": ["cache"]}
        if rngs:
            call["rngs"] = {"dropout": "rng/dropout"}
        return case("module", name, config, args, kwargs, inputs=inputs, rngs=rngs,
                    extra_rngs=extra, mutable=["cache"], init=init, steps=[call])
    return case("module", name, config, args, kwargs, inputs=inputs, rngs=rngs, extra_rngs=extra,
                mutable=mutable, init=init)


CELLS = ["LSTMCell", "OptimizedLSTMCell", "GRUCell", "MGUCell", "SimpleCell", "ConvLSTMCell"]


def cell_config(d, name, features):
    config = {"features": features}
    if name == "ConvLSTMCell":
        config["kernel_size"] = d.ints(d.int(1, 2), 1, 3)
        if d.chance(0.3):
            config["use_bias"] = False
        if d.chance(0.3):
            config["padding"] = d.one(["SAME", "CIRCULAR"])
    else:
        if d.chance(0.3):
            config["activation_fn"] = d.activation()
        if name != "SimpleCell" and d.chance(0.3):
            config["gate_fn"] = d.activation()
        if d.chance(0.3):
            config["kernel_init"] = d.initializer()
        if d.chance(0.3):
            config["recurrent_kernel_init"] = d.initializer()
        biases = ["forget_bias_init", "activation_bias_init"] if name == "MGUCell" else ["bias_init"]
        for bias in biases:
            if d.chance(0.3):
                config[bias] = d.initializer(bias=True)
        if name == "MGUCell" and d.chance(0.4):
            config["reset_gate"] = False
        if name == "SimpleCell" and d.chance(0.4):
            config["residual"] = True
    if d.chance(0.2):
        config["carry_init"] = d.one([{"initializer": "normal", "args": {"stddev": 1.0}},
                                      {"initializer": "uniform", "args": {"scale": 1.0}},
                                      {"initializer": "ones"}])
    d.dtypes(config)
    if "dtype" in config and config.get("param_dtype") not in (None, config["dtype"]):
        config.pop("param_dtype")
    if config.get("param_dtype") in ("bfloat16", "float16") and name != "ConvLSTMCell":
        config["recurrent_kernel_init"] = {"initializer": "normal", "args": {"stddev": 0.3}}
    return config


def cell(d, case):
    name, features = d.one(CELLS), d.int(1, 4)
    config = cell_config(d, name, features)
    batch = d.batch()
    spatial = d.ints(len(config["kernel_size"]), 2, 4) if name == "ConvLSTMCell" else []
    shape = [*batch, *spatial]
    inputs = {"h": d.array(*shape, features), "x": d.array(*shape, d.int(1, 4))}
    carry = T("h")
    if "LSTM" in name:
        inputs["c"] = d.array(*shape, features)
        carry = [T("c"), T("h")]
    return case("module", name, config, [carry, T("x")], inputs=inputs)


def rnn_parts(d, name=None):
    d.x64 = d.x64 and d.chance(0.5)
    if d.input_dtype == "float64" and not d.x64:
        d.input_dtype = "float32"
    name, features = name or d.one(CELLS), d.int(1, 3)
    config = cell_config(d, name, features)
    # The carry of a scan keeps its dtype.
    config.pop("param_dtype", None)
    if d.input_dtype != "float32":
        config["param_dtype"] = d.input_dtype
        if name != "ConvLSTMCell":
            config["recurrent_kernel_init"] = {"initializer": "normal", "args": {"stddev": 0.3}}
    if d.chance(0.5):
        config.pop("dtype", None)
    spatial = d.ints(len(config["kernel_size"]), 2, 3) if name == "ConvLSTMCell" else []
    return name, config, features, spatial


def rnn_fields(d):
    config = {}
    for key, p in (("reverse", 0.4), ("keep_order", 0.4), ("return_carry", 0.4)):
        if d.chance(p):
            config[key] = d.chance(0.7)
    if d.chance(0.3):
        config["unroll"] = d.int(1, 3)
    return config


def rnn(d, case):
    name, inner, features, spatial = rnn_parts(d)
    config = {"cell": {"module": name, "config": inner}, **rnn_fields(d)}
    batch, time = d.one([[2], [3], [1], [2, 2], []]), d.int(1, 5)
    major = d.chance(0.3)
    kwargs, rngs, extra = {}, [], []
    if major:
        (config if d.chance(0.6) else kwargs)["time_major"] = True
    lead = [time, *batch] if major else [*batch, time]
    inputs = {"x": d.array(*lead, *spatial, d.int(1, 3))}
    if d.chance(0.4) and len(batch) == 1:
        inputs["lengths"] = d.r.integers(1, time + 1, size=batch).astype(np.int32)
        kwargs["seq_lengths"] = T("lengths")
    if d.chance(0.25):
        shape = [*batch, *spatial, features]
        inputs["h"], carry = d.array(*shape), T("h")
        if "LSTM" in name:
            inputs["c"], carry = d.array(*shape), [T("c"), T("h")]
        kwargs["initial_carry"] = carry
    elif d.chance(0.3):
        kwargs["init_key"], extra = {"rng": "rng/direct"}, ["direct"]
    for key in ("return_carry", "reverse", "keep_order"):
        if d.chance(0.15):
            kwargs[key] = d.chance(0.5)
    if d.chance(0.15):
        config["split_rngs"] = {"params": d.chance(0.5)}
    if d.chance(0.1):
        config["variable_broadcast"] = ["params"]
    return case("module", "RNN", config, [T("x")], kwargs, inputs=inputs, extra_rngs=extra)


def bidirectional(d, case):
    name, inner, features, spatial = rnn_parts(d)
    other = inner if d.chance(0.6) else dict(inner, features=d.int(1, 3))
    merge = d.one([None, "concatenate", "add", "multiply"]) if other is inner else None
    config = {key: {"module": "RNN", "config": {"cell": {"module": name, "config": c}}}
              for key, c in (("forward_rnn", inner), ("backward_rnn", other))}
    if merge:
        config["merge_fn"] = {"function": merge}
    if d.chance(0.3):
        config["return_carry"] = True
    batch, time = d.int(1, 3), d.int(1, 4)
    kwargs, extra = {}, []
    major = d.chance(0.3)
    if major:
        (config if d.chance(0.6) else kwargs)["time_major"] = True
    lead = [time, batch] if major else [batch, time]
    inputs = {"x": d.array(*lead, *spatial, d.int(1, 3))}
    if d.chance(0.4):
        inputs["lengths"] = d.r.integers(1, time + 1, size=[batch]).astype(np.int32)
        kwargs["seq_lengths"] = T("lengths")
    if d.chance(0.2):
        kwargs["init_key"], extra = {"rng": "rng/direct"}, ["direct"]
    elif d.chance(0.2) and "LSTM" not in name:
        for key, c in (("f", inner), ("b", other)):
            inputs[key] = d.array(batch, *spatial, c["features"])
        kwargs["initial_carry"] = [T("f"), T("b")]
    if d.chance(0.15):
        kwargs["return_carry"] = d.chance(0.5)
    return case("module", "Bidirectional", config, [T("x")], kwargs, inputs=inputs,
                extra_rngs=extra)


def sequential(d, case):
    kind = d.one(["mlp", "image", "sequence", "attention", "nested"])
    parts = []
    if kind in ("mlp", "nested"):
        x = d.array(d.int(1, 3), d.int(2, 4))
        for _ in range(d.int(1, 3)):
            parts.append({"module": "Dense", "config": d.linear({"features": d.int(2, 4)})})
            parts.append(d.one([d.activation(), {"module": "LayerNorm", "config": {}},
                                {"module": "PReLU", "config": {}},
                                {"activation": "softmax", "args": {"axis": -1}},
                                {"module": "RMSNorm", "config": {}},
                                {"module": "WeightNorm", "config": {"layer_instance": {
                                    "module": "Dense", "config": {"features": 3}}}}]))
        if kind == "nested":
            parts = [{"module": "Sequential", "config": {"layers": parts}},
                     {"module": "Dense", "config": {"features": 2}}]
    elif kind == "image":
        x = d.array(2, 6, 6, 2)
        parts = [{"module": "Conv", "config": {"features": 4, "kernel_size": [3, 3]}},
                 {"module": d.one(["GroupNorm", "InstanceNorm"]), "config": {}},
                 d.activation(),
                 {"pool": d.one(["avg_pool", "max_pool"]),
                  "args": {"window_shape": [2, 2], "strides": [2, 2]}},
                 {"module": "ConvTranspose", "config": {"features": 3, "kernel_size": [2, 2],
                                                        "strides": [2, 2]}},
                 {"function": "flatten"}, {"module": "Dense", "config": {"features": 3}}]
        if parts[1]["module"] == "GroupNorm":
            parts[1]["config"] = {"num_groups": 2}
    elif kind == "sequence":
        x = d.array(2, 4, 3, dtype="float32")
        parts = [{"module": "RNN", "config": {
            "cell": {"module": d.one(CELLS[:5]), "config": {"features": 3}},
            "reverse": d.chance(0.5)}}, {"module": "Dense", "config": {"features": 2}}]
        parts.append({"module": "Bidirectional", "config": {
            k: {"module": "RNN", "config": {"cell": {"module": "GRUCell",
                                                     "config": {"features": 2}}}}
            for k in ("forward_rnn", "backward_rnn")}})
    else:
        x = d.array(2, 3, 4)
        parts = [{"module": "MultiHeadDotProductAttention", "config": {"num_heads": 2}},
                 {"module": "LayerNorm", "config": {}},
                 {"module": "DenseGeneral", "config": {"features": [2, 2]}}]
    return case("module", "Sequential", {"layers": parts}, [T("x")], inputs={"x": x})


def masked_layer(d, case):
    name = d.one(["netket.MaskedConv1D", "netket.MaskedConv1D", "netket.MaskedDense1D",
                  "netket.MaskedConv2D"])
    groups = 1
    config = {"features": d.int(1, 3), "exclusive": d.chance(0.5)}
    if not d.x64 or d.chance(0.3):
        config["param_dtype"] = "float32"
        d.input_dtype = "float32"
    if d.chance(0.3):
        config["use_bias"] = False
    if name == "netket.MaskedDense1D":
        shape = [d.int(2, 4), d.int(1, 3)]
    else:
        groups = d.one([1, 1, 2])
        config["features"] *= groups
        if groups > 1:
            config["feature_group_count"] = groups
        if name == "netket.MaskedConv1D":
            config |= {"kernel_size": d.int(1, 4), "kernel_dilation": d.int(1, 3)}
            shape = [d.int(4, 8), groups * d.int(1, 2)]
        else:
            config |= {"kernel_size": d.ints(2, 1, 3), "kernel_dilation": d.ints(2, 1, 2)}
            shape = [*d.ints(2, 3, 4), groups * d.int(1, 2)]
    batch = [d.int(1, 3)] * d.chance(0.7)
    return case("module", name, config, [T("x")], inputs={"x": d.array(*batch, *shape)})


def meta_mlp(d, case):
    config = {"potential_size": d.int(1, 6), "num_hidden_units": d.int(1, 9)}
    if d.chance(0.5):
        config["num_hidden_layers"] = d.int(0, 4)
    inputs = {"a": d.array(d.int(2, 5)), "b": d.array(d.int(2, 5))}
    return case("module", "ott.MetaMLP", config, [T("a"), T("b")], inputs=inputs)


def activation(d, case):
    name = d.one(["celu", "elu", "gelu", "glu", "hard_sigmoid", "hard_silu", "hard_swish",
                  "hard_tanh", "leaky_relu", "log_sigmoid", "log_softmax", "logsumexp", "one_hot",
                  "relu", "relu6", "selu", "sigmoid", "silu", "soft_sign", "softmax", "softplus",
                  "standardize", "swish", "tanh", "normalize"])
    x = d.array(*d.ints(d.int(1, 3), 1, 3), 4, scale=3)
    rank, config, kwargs, inputs = x.ndim, {}, {}, {"x": x}
    if name in ("celu", "elu") and d.chance(0.6):
        config["alpha"] = d.one([0.5, 2.0])
    if name == "leaky_relu" and d.chance(0.6):
        config["negative_slope"] = 0.2
    if name == "gelu" and d.chance(0.6):
        config["approximate"] = d.chance(0.4)
    if name == "glu":
        config["axis"] = d.one([-1, rank - 1])
    if name in ("softmax", "log_softmax", "standardize", "normalize", "logsumexp"):
        if d.chance(0.5):
            config["axis"] = d.int(-rank, rank - 1)
        if name in ("softmax", "logsumexp", "log_softmax") and d.chance(0.3) and rank > 1:
            config["axis"] = [0, -1]
        if d.chance(0.3):
            inputs["where"] = d.r.random(x.shape) > 0.3
            kwargs["where"] = T("where")
        if name == "logsumexp" and d.chance(0.3):
            config["keepdims"] = True
    if name == "one_hot":
        inputs["x"] = d.r.integers(-1, 5, size=x.shape[:-1]).astype(np.int32)
        config["num_classes"] = 4
        if d.chance(0.4):
            config["axis"] = d.one([0, -1])
        if d.chance(0.4):
            config["dtype"] = d.one(["float16", "bfloat16", "int32", "float32"])
    return case("activation", name, config, [T("x")], kwargs, inputs=inputs)


def pool(d, case):
    name = d.one(["avg_pool", "max_pool", "min_pool"])
    rank = d.int(1, 3)
    config = {"window_shape": d.ints(rank, 1, 3)}
    if d.chance(0.6):
        config["strides"] = d.ints(rank, 1, 3)
    if d.chance(0.7):
        config["padding"] = d.one(["SAME", "VALID", "SAME_LOWER", [d.ints(2, 0, 2) for _ in range(rank)]])
    if name == "avg_pool" and d.chance(0.5):
        config["count_include_pad"] = d.chance(0.3)
    batch = d.one([[2], [1], [], [2, 2]])
    x = d.array(*batch, *d.ints(rank, 3, 5), d.int(1, 2))
    return case("pool", name, config, [T("x")], inputs={"x": x},
                differentiable=name != "min_pool")


def attention_function(d, case):
    batch, heads, depth = d.one([[2], [], [2, 2]]), d.int(1, 3), d.int(1, 4)
    q, k = d.int(1, 4), d.int(1, 4)
    inputs = {"q": d.array(*batch, q, heads, depth), "k": d.array(*batch, k, heads, depth)}
    args, kwargs, extra, config = [T("q"), T("k")], {}, [], d.dtypes({})
    config.pop("param_dtype", None)
    name = d.one(["dot_product_attention"] * 2 + ["dot_product_attention_weights"])
    if name == "dot_product_attention":
        inputs["v"] = d.array(*batch, k, heads, d.int(1, 3))
        args.append(T("v"))
    if d.chance(0.4):
        inputs["bias"] = d.array(*[1 for _ in batch], heads, q, k)
        kwargs["bias"] = T("bias")
    if d.chance(0.4):
        inputs["mask"] = d.r.random([*batch, 1, q, k]) > 0.3
        kwargs["mask"] = T("mask")
    if d.chance(0.4):
        kwargs |= {"dropout_rng": {"rng": "rng/drop"}, "dropout_rate": 0.4}
        extra = ["drop"]
        if d.chance(0.5):
            kwargs["broadcast_dropout"] = False
        if d.chance(0.2):
            kwargs["deterministic"] = True
    if d.chance(0.3):
        kwargs["force_fp32_for_softmax"] = True
    return case("op", name, config, args, kwargs, inputs=inputs, extra_rngs=extra)


def operation(d, case):
    name = d.one(["attention"] * 3 + ["make_causal_mask", "make_attention_mask", "combine_masks",
                  "flip_sequences", "BatchApply", "promote_dtype", "pad", "take"])
    if name == "attention":
        return attention_function(d, case)
    config, kwargs = {}, {}
    mask_dtype = d.one([None, "bool", "float32", "bfloat16"])
    if name.startswith("make"):
        if d.chance(0.4):
            config["extra_batch_dims"] = d.int(0, 2)
        if mask_dtype:
            config["dtype"] = mask_dtype
        batch = d.batch()
        inputs = {"x": d.array(*batch, d.int(1, 5))}
        if name == "make_attention_mask":
            inputs["k"] = d.r.integers(0, 2, size=[*batch, 3]).astype(np.float32)
            inputs["x"] = (inputs["x"] > 0).astype(np.float32)
        return case("op", name, config, [T(k) for k in inputs], inputs=inputs,
                    differentiable=False)
    if name == "combine_masks":
        if mask_dtype:
            config["dtype"] = mask_dtype
        inputs = {k: d.r.integers(0, 2, size=[2, 1, 3, 4]).astype(np.float32)
                  for k in "abc"[: d.int(1, 3)]}
        return case("op", name, config, [T(k) for k in inputs], inputs=inputs,
                    differentiable=False)
    if name == "flip_sequences":
        batch, time, major = d.ints(d.int(1, 2), 1, 3), d.int(1, 4), d.chance(0.5)
        config = {"num_batch_dims": len(batch), "time_major": major}
        x = d.array(*([time, *batch] if major else [*batch, time]), *d.ints(d.int(0, 2), 1, 2))
        inputs = {"x": x}
        if d.chance(0.7):
            inputs["lengths"] = d.r.integers(1, time + 1, size=batch).astype(np.int32)
        return case("op", name, config, [T(k) for k in inputs], inputs=inputs)
    if name == "BatchApply":
        rank = d.int(1, 3)
        x = d.array(*d.ints(rank + d.int(0, 2), 1, 3))
        f = d.one([{"activation": "softmax", "args": {"axis": 0}}, {"activation": "relu"}])
        return case("op", name, {"f": f, "num_dims": rank}, [T("x")], inputs={"x": x})
    if name == "promote_dtype":
        if d.chance(0.3):
            config["dtype"] = d.one(["float16", "bfloat16", "float32"])
        elif d.chance(0.3):
            config["inexact"] = False
        types = [np.int8, np.int32, np.uint8, np.bool_, np.float16, np.float32,
                 ml_dtypes.bfloat16] + [np.float64, np.int64] * d.x64
        inputs = {k: np.ones(2).astype(d.one(types)) for k in "abc"[: d.int(2, 3)]}
        return case("op", name, config, [T(k) for k in inputs], inputs=inputs,
                    differentiable=False)
    if name == "pad":
        shape = d.ints(d.int(1, 3), 2, 4)
        config = {"pads": [d.ints(2, 0, 3) for _ in shape],
                  "mode": d.one(["wrap", "reflect", "constant", "edge", "symmetric"])}
        return case("op", name, config, [T("x")], inputs={"x": d.array(*shape)})
    x = d.array(*d.ints(3, 2, 4))
    config["axis"] = axis = d.int(-3, 2)
    idx = d.r.integers(-x.shape[axis], x.shape[axis], size=d.ints(d.int(0, 2), 1, 3))
    return case("op", "take", config, [T("x"), T("idx")],
                inputs={"x": x, "idx": np.asarray(idx).astype(np.int32)})


def initializer(d, case):
    name = d.one(["variance_scaling", "variance_scaling", "orthogonal", "delta_orthogonal",
                  "normal", "uniform", "truncated_normal", "constant", "zeros", "ones",
                  "lecun_normal", "lecun_uniform", "glorot_normal", "glorot_uniform", "he_normal",
                  "he_uniform", "xavier_normal", "xavier_uniform", "kaiming_normal",
                  "kaiming_uniform"])
    shape, config = d.ints(d.int(2, 4), 1, 5), {}
    dtype = d.one(["float32"] * 4 + ["bfloat16", "float16"] + ["float64"] * 4 * d.x64)
    fans = name[:2] in ("va", "le", "gl", "he", "xa", "ka")
    if name == "variance_scaling":
        config = {"scale": d.one([1.0, 2.0, 0.5]),
                  "mode": d.one(["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]),
                  "distribution": d.one(["truncated_normal", "normal", "uniform"])}
    if fans and d.chance(0.4):
        axes = d.r.permutation(len(shape)).tolist()
        config |= {"in_axis": axes[0], "out_axis": d.one([axes[1], [axes[1]]])}
        if len(shape) > 2 and d.chance(0.5):
            config["batch_axis"] = [axes[2]]
    if name in ("normal", "truncated_normal") and d.chance(0.7):
        config["stddev"] = d.one([1.0, 0.1, 2.5])
    if name == "truncated_normal" and d.chance(0.5):
        config |= {"lower": -1.0, "upper": d.one([0.5, 3.0])}
    if name == "uniform":
        config["scale"] = d.one([1.0, 0.3])
    if name == "constant":
        config["value"] = d.one([2, 0.5, -1.25])
    if "orthogonal" in name:
        dtype = "float64" if d.x64 and d.chance(0.6) else "float32"
        if d.chance(0.4):
            config["scale"] = 1.7
        if name == "orthogonal" and d.chance(0.4):
            config["column_axis"] = d.int(-len(shape), len(shape) - 1)
    if name == "delta_orthogonal":
        size = d.int(1, 3)
        shape = [*d.ints(d.int(1, 3), 1, 4), size, size + d.int(0, 2)]
    return case("initializer", name, config, shape=shape, dtype=dtype)


SAMPLERS = [
    dense, dense_general, einsum, embed, conv, conv, conv, conv_transpose, conv_transpose,
    conv_local, batch_norm, batch_norm, layer_norm, rms_norm, group_norm, instance_norm,
    weight_norm, spectral_norm, dropout, prelu, attention, attention, attention, cell, cell, rnn,
    rnn, rnn, bidirectional, sequential, masked_layer, meta_mlp, activation, pool, operation,
    operation, initializer]


def draw(r, index):
    """A case of the sampler whose turn it is."""
    from golden_cases import Case

    d = Draw(r)

    def case(*args, **kwargs):
        if kwargs.get("inputs"):
            d.x64 = d.x64 or any(v.dtype in (np.float64, np.int64)
                                 for v in kwargs["inputs"].values())
        return Case(*args, x64=d.x64, p=d.p, **kwargs)

    return SAMPLERS[index % len(SAMPLERS)](d, case)
