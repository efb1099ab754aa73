"""Writes tables.json: tables that flax.linen 0.12.8 prints for the models of TabulateTests.swift, and tables
that Rich 15.0 lays out for random texts.

    python generate.py

in this folder, with jax, flax and rich installed.
"""

import io
import json
import random

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import rich.box
import rich.console
import rich.table
import rich.text
from flax import struct
from flax.linen import summary

PLAIN = {"force_terminal": False, "width": 200}
FLOPS = {"compute_flops": True, "compute_vjp_flops": True}
KEY = jax.random.key(0)
KEYS = {"params": jax.random.key(1), "dropout": jax.random.key(0)}


# Flax orders the columns of collections as a set of Python's does: by chance. Here they are in the order in
# which the models make them.
ORDER = ["params", "intermediates", "batch_stats", "foo"]
render_table = summary._render_table


def render_in_order(table, *arguments):
    table.collections = sorted(table.collections, key=ORDER.index)
    return render_table(table, *arguments)


summary._render_table = render_in_order


class ConvBlock(nn.Module):
    features: int
    sows: bool

    def setup(self):
        self.conv = nn.Conv(self.features, (3, 3))
        self.bn = nn.BatchNorm()
        self.dropout = nn.Dropout(0.5)

    def block_method(self, x, training):
        x = self.conv(x)
        if self.sows:
            self.sow("intermediates", "INTERM", x)
        x = self.bn(x, use_running_average=not training)
        x = self.dropout(x, deterministic=not training)
        return nn.relu(x)


class CNN(nn.Module):
    sows: bool = False

    def setup(self):
        self.block1 = ConvBlock(32, self.sows)
        self.block2 = ConvBlock(64, self.sows)
        self.dense = nn.Dense(10)

    def cnn_method(self, x, training):
        x = self.block1.block_method(x, training=training)
        x = self.block2.block_method(x, training=training)
        x = x.mean(axis=(1, 2))
        if self.sows:
            self.sow("intermediates", "INTERM", x)
        x = self.dense(x)
        return x, dict(a=x, b=x + 1.0)

    def __call__(self, x, training):
        return self.cnn_method(x, training)


class LSTM(nn.Module):
    name_of_scan: str | None = None

    @nn.compact
    def __call__(self, x):
        carry = nn.LSTMCell(128).initialize_carry(jax.random.key(0), x[:, 0].shape)
        scanned = nn.scan(
            nn.LSTMCell, variable_broadcast="params", split_rngs={"params": False}, in_axes=1, out_axes=1)
        return scanned(128, name=self.name_of_scan)(carry, x)


class ReusedBlock(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(32, (3, 3))(x)
        x = nn.BatchNorm(use_running_average=True)(x)
        x = nn.Dropout(0.5, deterministic=True)(x)
        return nn.relu(x)


class Reusing(nn.Module):
    @nn.compact
    def __call__(self, x):
        block = ReusedBlock()
        return block(block(block(x)))


class EmptyInput(nn.Module):
    @nn.compact
    def __call__(self):
        return 1


class Increment(nn.Module):
    def __call__(self, x):
        return x + 1


class ScalarInput(nn.Module):
    @nn.compact
    def __call__(self):
        return Increment()(x=np.pi)


class Classifier(nn.Module):
    @nn.compact
    def __call__(self, x):
        kernel_init = nn.with_partitioning(nn.initializers.lecun_normal(), (None, "data"))
        bias_init = nn.with_partitioning(nn.initializers.zeros, (None,))
        hidden = nn.Dense(1024, kernel_init=kernel_init, bias_init=bias_init, name="hidden")
        x = (x / 255.0).reshape((x.shape[0], -1))
        return nn.Dense(10, name="head")(nn.relu(hidden(x)))


class Metadata(struct.PyTreeNode):
    names: tuple = struct.field(pytree_node=False)


class Sowing(nn.Module):
    @nn.compact
    def __call__(self):
        self.sow("foo", "bar", Metadata(("baz", "qux")))


class DictionaryInput(nn.Module):
    @nn.compact
    def __call__(self, inputs):
        return jnp.sum(nn.Dense(2)(inputs["x"]))


class SubModel(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.SpectralNorm(nn.Dense(5))(x, update_stats=False)
        x = nn.Dense(6)(x)
        return nn.WeightNorm(nn.Dense(7))(x)


class Wrapping(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.WeightNorm(nn.Dense(3))(x)
        x = nn.Dense(4)(x)
        x = SubModel()(x)
        x = nn.Dense(8)(x)
        return nn.SpectralNorm(nn.Dense(9))(x, update_stats=False)


class Lifting(nn.Module):
    @nn.compact
    def __call__(self, x):
        mapped = nn.vmap(nn.Dense, variable_axes={"params": 0}, split_rngs={"params": True})
        x = mapped(3)(x)
        return nn.remat(nn.Dense)(2)(x)


class Mixing(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.MultiHeadDotProductAttention(2)(x)
        x = nn.Sequential([nn.Dense(3), nn.relu, nn.BatchNorm(use_running_average=True)])(x)
        x = nn.GroupNorm(num_groups=3)(nn.PReLU()(x))
        carry, y = nn.GRUCell(5)(jnp.zeros((2, 5)), x[:, 0])
        return {"carry": carry, "y": (y, [x])}


class Naming(nn.Module):
    """A method that goes on with the names of another."""

    def helper(self, x):
        return nn.Dense(5)(x)

    helper = nn.compact(helper)

    @nn.compact
    def __call__(self, x):
        return self.helper(nn.Dense(3)(x))


class LongNames(nn.Module):
    @nn.compact
    def __call__(self, x):
        names = ("a_rather_long_name_of_an_axis", "another_long_name_of_an_axis", "and_one_more")
        init = nn.with_partitioning(nn.initializers.ones, names)
        return x * self.param("scale", init, (2, 3, 4))


def tables():
    # Small enough for XLA's counts, which are float32, to be exact.
    image = jnp.ones((2, 6, 6, 1))
    sequence = jnp.ones((32, 128, 64))
    return {
        "cnn": CNN().tabulate(KEYS, image, training=True, console_kwargs=PLAIN, **FLOPS),
        "cnn_depth": CNN().tabulate(KEYS, image, training=True, depth=1, console_kwargs=PLAIN, **FLOPS),
        "cnn_sow": CNN(True).tabulate(
            KEYS, image, training=True, mutable=True, console_kwargs=PLAIN, **FLOPS),
        "cnn_method": CNN().tabulate(
            KEYS, image, training=True, method=CNN.cnn_method, console_kwargs=PLAIN, **FLOPS),
        "lstm": LSTM().tabulate(KEY, sequence, console_kwargs=PLAIN, **FLOPS),
        "lstm_named": LSTM("ScanLSTM").tabulate(KEY, sequence, console_kwargs=PLAIN, **FLOPS),
        "reusing": Reusing().tabulate(
            KEY, jnp.ones((4, 28, 28, 32)), show_repeated=True, console_kwargs=PLAIN, **FLOPS),
        "empty_input": EmptyInput().tabulate({}, console_kwargs=PLAIN, **FLOPS),
        "scalar_input": ScalarInput().tabulate({}, console_kwargs=PLAIN, **FLOPS),
        "classifier": Classifier().tabulate(KEY, jnp.empty((1, 28, 28, 1)), console_kwargs=PLAIN, **FLOPS),
        "sowing": Sowing().tabulate({}, console_kwargs=PLAIN, **FLOPS),
        "dictionary": DictionaryInput().tabulate(KEY, {"x": jnp.ones((1, 1))}),
        "dictionary_labelled": DictionaryInput().tabulate(KEY, inputs={"x": jnp.ones((1, 1))}),
        "wrapping": Wrapping().tabulate(KEY, jnp.ones((1, 2)), console_kwargs=PLAIN),
        "lifting": Lifting().tabulate(KEY, jnp.ones((4, 5, 6)), console_kwargs=PLAIN, **FLOPS),
        "mixing": Mixing().tabulate(KEY, jnp.ones((2, 4, 6)), console_kwargs=PLAIN, **FLOPS),
        "naming": Naming().tabulate(KEY, jnp.ones((2, 4)), console_kwargs=PLAIN, **FLOPS),
        "long_names": LongNames().tabulate(KEY, jnp.ones((2, 3, 4)), console_kwargs=PLAIN),
        "foo_90": Foo().tabulate(KEY, jnp.ones((16, 9)), console_kwargs={"force_terminal": False, "width": 90}, **FLOPS),
    }


class Foo(nn.Module):
    @nn.compact
    def __call__(self, x):
        h = nn.Dense(4)(x)
        return nn.Dense(2)(h)


BOXES = {
    "heavyHead": rich.box.HEAVY_HEAD, "square": rich.box.SQUARE, "rounded": rich.box.ROUNDED,
    "double": rich.box.DOUBLE, "ascii": rich.box.ASCII,
}


def words(rng, most):
    def word():
        return "".join(rng.choice("abcdefgh,()") for _ in range(rng.randint(1, 14)))

    lines = [" ".join(word() for _ in range(rng.randint(0, 4))) for _ in range(rng.randint(1, most))]
    return "\n".join(lines)


def markup(rng, most):
    text = words(rng, most)
    parts = text.split(" ")
    return " ".join(f"[dim]{p}[/dim]" if p.strip() and rng.random() < 0.3 else p for p in parts)


def layouts(count):
    rng = random.Random(7)
    for _ in range(count):
        columns = rng.randint(1, 6)
        rows = rng.randint(0, 4)
        style = {
            "width": rng.choice([20, 30, 40, 60, 80, 120]), "colors": rng.random() < 0.3,
            "box": rng.choice(list(BOXES)), "expands": rng.random() < 0.2,
            "alignment": rng.choice(["left", "left", "center", "right"]),
            "overflow": rng.choice(["ellipsis", "ellipsis", "fold", "crop"]), "wraps": rng.random() < 0.8,
            "min": rng.choice([None, None, 3, 8]), "max": rng.choice([None, None, 10, 20]),
        }
        heads = [words(rng, 1) for _ in range(columns)]
        cells = [[markup(rng, 3) for _ in range(columns)] for _ in range(rows)]
        feet = [markup(rng, 2) for _ in range(columns)]
        title, caption = words(rng, 1) + " Summary", "\n" + markup(rng, 1)
        table = rich.table.Table(
            show_header=True, show_lines=True, show_footer=True, title=title, expand=style["expands"],
            box=BOXES[style["box"]])
        for head in heads:
            table.add_column(
                head, justify=style["alignment"], overflow=style["overflow"], no_wrap=not style["wraps"],
                min_width=style["min"], max_width=style["max"])
        for row in cells:
            table.add_row(*row)
        for column, foot in zip(table.columns, feet):
            column.footer = foot
        table.columns[-1].footer = rich.text.Text.from_markup(feet[-1], justify="right")
        table.caption, table.caption_style = caption, "bold"
        file = io.StringIO()
        console = rich.console.Console(
            file=file, force_terminal=style["colors"], force_jupyter=False, width=style["width"])
        console.print(table)
        yield {
            "style": style, "title": title, "heads": heads, "cells": cells, "feet": feet, "caption": caption,
            "text": file.getvalue(),
        }


if __name__ == "__main__":
    with open("tables.json", "w") as file:
        json.dump(
            {"tables": tables(), "layouts": list(layouts(100))}, file, indent=1, sort_keys=True,
            ensure_ascii=False)
        file.write("\n")
