"""What `scripts/bench.py` has computed: random inputs and weights of several sizes."""

import functools
from typing import Any, NamedTuple

import numpy as np

from rnnref import gru, lstm, rnn

MODULES = {"rnn": rnn, "lstm": lstm, "gru": gru}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
OPTIONS = {"rnn": {}, "lstm": {}, "gru": {"reset": "after"}}  # the form that PyTorch has
KINDS = (*MODULES, "attention")
SIZES = {  # cells: B T D H
    "tiny": (1, 20, 8, 16),
    "small": (32, 50, 32, 64),
    "medium": (64, 100, 128, 256),
    "large": (64, 100, 512, 1024),
}
ATTENTION = {  # sequences, T, depth
    "tiny": (4, 20, 16),
    "small": (32, 20, 64),
    "medium": (64, 128, 32),
    "large": (32, 512, 64),
}


class Case(NamedTuple):
    """What all contestants compute."""

    kind: str
    size: str
    dtype: str
    inputs: tuple  # x, or q k v
    dy: np.ndarray
    p: Any = None


def case(kind, size, dtype):
    """Return random inputs and weights of one size."""
    rng = np.random.default_rng(0)
    draw = functools.partial(drawn, rng, dtype)
    if kind == "attention":
        shape = ATTENTION[size]
        return Case(kind, size, dtype, tuple(draw(*shape) for _ in "qkv"), draw(*shape))
    (B, T, D, H), rows = SIZES[size], GATES[kind] * SIZES[size][-1]
    scale = dtype_of(dtype)(H**-0.5)
    parts = [draw(rows, D) * scale, draw(rows, H) * scale, draw(rows) * scale]
    parts += [draw(H) * scale] if kind == "gru" else []
    p = MODULES[kind].Params(*parts)
    return Case(kind, size, dtype, (draw(B, T, D),), draw(B, T, H), p)


def drawn(rng, dtype, *shape):
    """Return random numbers of one kind."""
    return rng.standard_normal(shape).astype(dtype)


def dtype_of(name):
    """Return the type of numbers that has this name."""
    return np.dtype(name).type
