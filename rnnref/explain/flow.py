"""The flow between the named values of a trace: which value is computed from which.

Coarser than `graph`, which looks inside one cell: here a cell is one box.
"""

import numpy as np

from .axes import BATCH
from .graph import Box, Graph, Wire
from .svg import FigureError


def read_flow(traced, leave_out=()):
    """Read the boxes and wires of a figure from a trace.

    Parameters
    ----------
    traced : dict of str to Node
    leave_out : tuple of str, optional
        Arguments that the figure does not show.

    Returns
    -------
    Graph
        Every wire with the matrix on the way, every box with the bias that it adds.
    """
    boxes, wires = {}, []
    for node in traced.values():
        biases = []
        for source, weight in dict.fromkeys(_sources(node)):
            if BATCH not in source.axes:
                biases.append(source.name)
            elif source.name not in leave_out:
                boxes.setdefault(source.name, _box(source, "input"))
                wires.append(Wire(source.name, node.name, weight))
        boxes[node.name] = _box(node, node.op, " ".join(biases))
    return Graph(boxes, tuple(wires))


def _sources(node, weight=""):
    """Yield the named values that a value is computed from, with the matrix on the way."""
    args = node.args
    if node.op == "matmul":
        args, weight = node.args[:1], _matrix(node.args[1])
    for arg in args:
        if arg.name:
            yield arg, weight
        else:
            yield from _sources(arg, weight)


def _matrix(node):
    """Return the name of the weights in `x @ p.W.T`."""
    if node.op != "T" or node.args[0].op != "in":
        raise FigureError(f"a product with {node!r}, which is no transposed weight matrix")
    return node.args[0].name


def _box(node, kind, bias=""):
    return Box(node.name, kind, np.atleast_1d(node.value[0]), node.sym, "", bias)
