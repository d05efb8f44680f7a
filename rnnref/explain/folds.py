"""Know a tested helper again in a recorded computation: σ, ReLU, softmax, Attention.

A helper is shown by its name only where the recorded graph is exactly the helper's own. A copy of
it that was typed with a mistake is printed as what it is.
"""

import functools
from typing import NamedTuple

import numpy as np

from .. import attention, numerics
from .trace import Node, trace

ACTIVATIONS = {
    r"\operatorname{GELU}^{\prime}": numerics.gelu_slope,
    r"\operatorname{GELU}": numerics.gelu,
    r"\operatorname{ReLU}^{\prime}": numerics.relu_slope,
    r"\operatorname{ReLU}": numerics.relu,
    r"\sigma": numerics.sigmoid,
}


class Fold(NamedTuple):
    """A tested helper, shown by name where the recorded graph is exactly its own."""

    latex: str
    helper: object
    pattern: Node
    kinds: tuple[str, ...]


@functools.cache
def folds():
    """Record each helper once; longer patterns come first."""
    scores, matrix = np.ones((2, 3)), np.ones((2, 3, 3))
    qkv = dict.fromkeys("qkv", matrix)
    attended = trace(attention.attention, qkv, "attention-function", only=("y",))["y"]
    softmax = trace(numerics.softmax, {"a": scores}, "softmax")["softmax"]
    anything = ("sca", "vec", "mat")
    named = [
        Fold(latex, function, _activation(function), anything)
        for latex, function in ACTIVATIONS.items()
    ]
    return (
        Fold(r"\operatorname{Attention}", attention.attention, attended, ("mat",)),
        Fold(r"\operatorname{softmax}", numerics.softmax, softmax, anything),
        *named,
    )


def _activation(function):
    """Record a function of one number."""
    name = function.__name__
    return trace(function, {"a": np.ones(2)}, "activations")[name]


def unify(pattern, node, bound):
    """Say whether a part of the graph does exactly what the pattern does; collect its arguments."""
    if pattern.op == "in":
        return bound.setdefault(pattern.name, node) is node
    same = (pattern.op, pattern.attrs, len(pattern.args)) == (node.op, node.attrs, len(node.args))
    if not same or (pattern.op == "const" and pattern.value != node.value):
        return False
    pairs = list(zip(pattern.args, node.args, strict=True))
    hidden = any(n.name and n.op != "in" and p.op != "in" for p, n in pairs)
    return not hidden and all(unify(p, n, bound) for p, n in pairs)
