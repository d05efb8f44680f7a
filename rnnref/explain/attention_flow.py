"""The flow of one query over the places of a source, read from the traced attention.

Coarser than `graph`: the index of the source is written out, a box for each place.
"""

from typing import Any, NamedTuple

from .. import attention, examples, numerics
from .axes import BATCH
from .flow import sources
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
    _factors(made["scores"])  # the picture is drawn for a dot product
    return written_out(made, LETTER, ROLE)


def written_out(made, letter, role):
    """Return a recorded look at a source with a box for each place of the source.

    Parameters
    ----------
    made : dict of str to Node
        With scores and weights; y is what is averaged by the weights.
    letter : dict of str to str
        How each name is called in boxes: k is "k_2" at place 2.
    role : dict of str to str
        The colour of each letter; "m" is the product of a weight and what it weighs.

    Raises
    ------
    FigureError
        If the weights are no softmax of the scores, or y is no product of two named values.
    """
    if _softmax_of(made["weights"]) is not made["scores"]:
        raise FigureError("the weights are not the softmax of the scores")
    places, found = range(1, made["scores"].value.shape[-1] + 1), _Found(letter, role)
    for name, node in made.items():
        if name == "weights":
            found.softmax(made["scores"], node, places)
        elif name == "y":
            found.average(node, places)
        else:
            for i in places if "i" in node.idx else [0]:
                for source, weight in dict.fromkeys(sources(node)):
                    if BATCH not in source.axes:  # a bias
                        continue
                    found.wire(found.at(source, i), found.at(node, i), weight)
    return Graph(found.boxes, tuple(found.wires))


class _Found:
    """Boxes and wires, place by place."""

    def __init__(self, letter, role):
        self.letter, self.role, self.boxes, self.wires = letter, role, {}, []

    def wire(self, src, dst, weight=""):
        self.wires.append(Wire(src, dst, weight))

    def box(self, name, value):
        letter = name.partition("_")[0]
        self.boxes[name] = Box(name, letter[0], value, name, self.role[letter])
        return name

    def at(self, node, i):
        """Add the box of a value at place i; what has no places has one box."""
        letter, row = self.letter[node.name], node.value[0]
        if "i" not in node.idx:
            return self.box(letter, row[0])
        return self.box(f"{letter}_{i}", row[0, i - 1 : i] if "t" in node.idx else row[i - 1])

    def softmax(self, scores, weights, places):
        for i in places:
            self.wire(self.at(scores, i), "softmax")
            self.wire("softmax", self.at(weights, i))
        self.box("softmax", weights.value[0, 0])

    def average(self, node, places):
        weights, values = _factors(node)
        for i in places:
            product = self.box(f"m_{i}", weights.value[0, 0, i - 1] * values.value[0, i - 1])
            self.wire(self.at(weights, i), product)
            self.wire(self.at(values, i), product)
            self.wire(product, self.at(node, i))


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
