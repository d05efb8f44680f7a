"""The flow of one query over the places of a source, read from the traced attention.

Coarser than `graph`: the index of the source is written out, a box for each place.
"""

from typing import Any, NamedTuple

from .. import attention, examples, numerics
from .folds import folds, unify
from .graph import Box, Graph, Wire
from .svg import FigureError
from .trace import trace


class Looked(NamedTuple):
    """What one look at a source computes."""

    scores: Any
    weights: Any
    y: Any


def look(q, k, v):
    """Compare by the dot product, then average."""
    scores = attention.score_dot(q, k)
    attended = attention.attend(scores, v)
    return Looked(scores, attended.weights, attended.y)


LETTER = {"q": "q", "k": "k", "v": "v", "scores": "s", "weights": "a", "y": "y"}
ROLE = {"q": "query", "k": "key", "v": "value", "s": "text", "a": "weight", "m": "value"}
ROLE |= {"y": "value", "softmax": "weight"}


def qkv_graph(compute=look):
    """Return the flow of one query over the places i of the source, a box for each place.

    Raises
    ------
    FigureError
        If the weights are no softmax of the scores, or another stage is no product.
    """
    vectors = dict(zip("qkv", examples.attention_vectors(), strict=True))
    made = trace(compute, vectors, "attention-index")
    if _softmax_of(made["weights"]) is not made["scores"]:
        raise FigureError("the weights are not the softmax of the scores")
    wires = []
    for i in range(1, made["scores"].value.shape[-1] + 1):
        score, weight, product = (f"{letter}_{i}" for letter in "sam")
        wires += [Wire(_at(source, i), score) for source in _factors(made["scores"])]
        wires += [Wire(score, "softmax"), Wire("softmax", weight)]
        wires += [Wire(_at(source, i), product) for source in _factors(made["y"])]
        wires.append(Wire(product, "y"))
    values = _values(vectors | {name: node.value for name, node in made.items()})
    boxes = {
        name: Box(name, name[0], value, name, ROLE[name.partition("_")[0]])
        for name, value in values.items()
    }
    return Graph(boxes, tuple(wires))


def _softmax_of(node):
    """Return what a node is the softmax of, None if it is something else."""
    bound = {}
    pattern = next(fold.pattern for fold in folds() if fold.helper is numerics.softmax)
    return bound["a"] if unify(pattern, node, bound) else None


def _factors(node):
    """Return the two named values that a product is made of."""
    factors = [arg.args[0] if arg.op == "T" else arg for arg in node.args]
    if node.op != "matmul" or not all(factor.name for factor in factors):
        raise FigureError(f"{node.name} is no product of two named values")
    return factors


def _at(node, i):
    """Return the box of a value at place i; the query has no place."""
    return f"{LETTER[node.name]}_{i}" if "i" in node.idx else LETTER[node.name]


def _values(arrays):
    """Return the value of every box: a vector, a single number in a list, or all weights."""
    scores, weights = arrays["scores"][0, 0], arrays["weights"][0, 0]
    values = {"q": arrays["q"][0, 0], "softmax": weights, "y": arrays["y"][0, 0]}
    for i, (k, v) in enumerate(zip(arrays["k"][0], arrays["v"][0], strict=True)):
        n = i + 1
        values |= {f"k_{n}": k, f"v_{n}": v, f"m_{n}": weights[i] * v}
        values |= {f"s_{n}": scores[i:n], f"a_{n}": weights[i:n]}
    return values
