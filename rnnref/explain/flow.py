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
        for source, weight in dict.fromkeys(sources(node)):
            if BATCH not in source.axes and not source.summed:
                biases.append(source.name)
            elif source.name not in leave_out:
                boxes.setdefault(source.name, _box(source, "input"))
                wires.append(Wire(source.name, node.name, weight))
        boxes[node.name] = _box(node, node.op, " ".join(biases))
    return Graph(boxes, tuple(wires))


def one_box(graph, other, name):
    """Return a graph in which two names of the same value are one box."""
    wires = (wire._replace(src=name) if wire.src == other else wire for wire in graph.wires)
    boxes = {key: box for key, box in graph.boxes.items() if key != other}
    return Graph(boxes, tuple(dict.fromkeys(wires)))


def sources(node, weight=""):
    """Yield the named values that a value is computed from, each with the matrix on the way."""
    args = node.args
    if node.op == "matmul" and (matrix := _matrix(node.args[1])):
        args, weight = args[:1], matrix
    for arg in args:
        if arg.name:
            yield arg, weight
        else:
            yield from sources(arg, weight)


def _matrix(node):
    """Return the weights in `x @ p.W.T` or, as on the way back, `da @ p.W`; "" for data."""
    turned = node.op == "T"
    source = node.args[0] if turned else node
    if BATCH in source.axes:
        return ""
    if source.op != "in":
        raise FigureError(f"a product with {node!r}, which is no weight matrix")
    return source.name if turned else rf"{source.name}^{{\top}}"


def _box(node, kind, bias=""):
    value = node.value[0] if BATCH in node.axes else node.value
    return Box(node.name, kind, np.atleast_1d(value), node.sym, "", bias)
