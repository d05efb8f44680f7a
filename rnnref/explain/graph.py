"""The data flow of a cell, read from its recorded step: layers, pointwise operations, wires.

`act(x @ W.T + h @ U.T + b)` becomes one layer with a wire from each value that it reads; every
other operation stays a pointwise operation of its own. Values without a name are called after
their expression, such as "f*c_prev".
"""

from typing import NamedTuple

from numpy import ndarray

from .. import numerics
from .folds import folds, unify
from .svg import FigureError
from .terms import symbols

LAYERS = ("sigmoid", "tanh")
BIAS = "+"  # marks the term of a sum that reads nothing
SIGNS = {
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "multiply": r"\times",
    "add": "+",
    "subtract": "-",
    "squash": r"\tanh",
}


class Box(NamedTuple):
    """One value of the cell and what computes it.

    Attributes
    ----------
    name : str
    kind : str
        "input"; a layer: "sigmoid", "tanh"; a pointwise operation: "multiply", "add", "subtract",
        "squash" (tanh), "rest" (1 minus); "output" for a state that leaves the cell; in an opened
        layer also "product" with a matrix.
    value : (H,) array
        The first example of the batch.
    latex, role : str
        Symbol, "" if it has none, and colour.
    bias : str
        The name of a layer's bias.
    """

    name: str
    kind: str
    value: ndarray
    latex: str
    role: str
    bias: str = ""


class Wire(NamedTuple):
    """A value that a box reads; `weight` is the matrix on the way, "" if there is none."""

    src: str
    dst: str
    weight: str = ""


class Graph(NamedTuple):
    """Boxes by name, in the order of computation, and wires."""

    boxes: dict
    wires: tuple

    def sign(self, name):
        """Return the LaTeX that a box shows: σ, ×, the symbol of an input …"""
        box, (first, *_) = self.boxes[name], [w for w in self.wires if w.dst == name] or [None]
        match box.kind:
            case "rest":
                return f"1-{self.boxes[first.src].latex}"
            case "product":
                return first.weight
        return SIGNS.get(box.kind, box.latex)

    def into(self, *names):
        """Return the wires that end at these boxes, as pairs of names."""
        self.require(*names)
        return {(wire.src, wire.dst) for wire in self.wires if wire.dst in names}

    def out_of(self, *names):
        """Return the wires that leave these boxes, as pairs of names."""
        self.require(*names)
        return {(wire.src, wire.dst) for wire in self.wires if wire.src in names}

    def require(self, *names):
        """Refuse a name that the code does not have."""
        for name in names:
            if name not in self.boxes:
                raise FigureError(f"the code has no {name!r}; it has {', '.join(self.boxes)}")

    def upto(self, *names):
        """Return the part of the graph that these boxes depend on."""
        self.require(*names)
        wanted, before = set(names), set()
        while wanted != before:
            before = set(wanted)
            wanted |= {wire.src for wire in self.wires if wire.dst in wanted}
        boxes = {name: box for name, box in self.boxes.items() if name in wanted}
        return Graph(boxes, tuple(wire for wire in self.wires if wire.dst in wanted))


def cell_graph(trace, scope, outputs=(), opened=()):
    """Read the data flow of a step from its trace.

    Parameters
    ----------
    trace : dict of str to Node
    scope : str
        The table of symbols, for the colours.
    outputs : tuple of str
        The values that leave the cell; each gets a box "<name> out".
    opened : tuple of str
        The layers that show what is inside: products, sums, biases, activations.

    Raises
    ------
    FigureError
        For an operation that has no place in a cell diagram.
    """
    reader = _Reader({name: symbol.role for name, symbol in symbols(scope).items()}, opened)
    for node in trace.values():
        reader.read(node)
    for name in outputs:
        if name not in trace:
            raise FigureError(f"the code returns no {name!r}; it returns {', '.join(trace)}")
        box = reader.boxes[name]
        reader.boxes[f"{name} out"] = box._replace(name=f"{name} out", kind="output")
        reader.wires.append(Wire(name, f"{name} out"))
    return Graph(reader.boxes, tuple(reader.wires))


class _Reader:
    def __init__(self, roles, opened):
        self.roles, self.opened, self.boxes, self.wires = roles, opened, {}, []
        self.sigmoid = next(f.pattern for f in folds() if f.helper is numerics.sigmoid)

    def read(self, node, opened=False):
        """Add the box of a value and of all it depends on; return its name.

        What has no name is inside a layer that is opened, or it is not.
        """
        name = spell(node)
        if name in self.boxes:
            return name
        opened = node.name in self.opened if node.name else opened
        kind, terms = self._kind(node, opened)
        bias = "".join(source.name for source, weight in terms if weight == BIAS)
        wires = [
            Wire(self.read(value, opened), name, weight)
            for value, weight in terms
            if weight != BIAS
        ]
        self.wires.extend(wires)
        role = self.roles.get(node.name) or self._colour(node, wires)
        value = node.value[0] if node.ndim > 1 else node.value  # a bias has no batch
        self.boxes[name] = Box(name, kind, value, node.sym, role, bias)
        return name

    def _colour(self, node, wires):
        """Colour a value without a symbol like what a gate acts on, a sum like its first term."""
        sources = [wire.src for wire in wires] or [None]
        source = sources[0] if node.op == "add" else sources[-1]
        return self.boxes[source].role if source else "data"

    def _kind(self, node, opened):
        """Return the kind of a value's box and what it reads, each value with its matrix."""
        if node.op == "in":
            return "input", []
        activation, inner = self._activation(node)
        terms = _terms(inner)
        if opened and node.op == "matmul":
            return "product", terms
        if activation and any(weight for _, weight in terms) and not opened:
            return activation, terms
        if activation == "tanh":
            return "squash", [(inner, "")]
        constants = [arg.value for arg in node.args if arg.op == "const"]
        if node.op == "subtract" and node.args[0].op == "const" and constants == [1]:
            return "rest", [(node.args[1], "")]
        if node.op in ("multiply", "add", "subtract") and not constants:
            return node.op, [(arg, "") for arg in node.args]
        raise FigureError(f"{spell(node)} has no place in a cell diagram: {node.op} of {constants}")

    def _activation(self, node):
        bound = {}
        if unify(self.sigmoid, node, bound):
            return "sigmoid", bound["a"]
        return ("tanh", node.args[0]) if node.op == "tanh" else ("", node)


def _terms(node):
    """Split a sum into (value, matrix name), (value, "") and (value, BIAS)."""
    if node.op == "add" and not node.sym:
        return [term for arg in node.args for term in _terms(arg)]
    if node.op == "matmul" and node.args[1].op == "T" and node.args[1].args[0].op == "in":
        return [(node.args[0], node.args[1].args[0].name)]
    if node.op == "in" and node.ndim == 1:
        return [(node, BIAS)]
    return [(node, "")]


def spell(node):
    """Return the name of a value, or its expression without constants' decimals."""
    if node.name:
        return node.name
    if node.op == "const":
        return f"{node.value:g}"
    parts = [spell(arg) for arg in node.args]
    match node.op:
        case "multiply" | "matmul":
            sign = "*" if node.op == "multiply" else "@"
            grouped = (
                f"({p})" if a.op in ("add", "subtract") and not a.name else p
                for p, a in zip(parts, node.args, strict=True)
            )
            return sign.join(grouped)
        case "add" | "subtract":
            return ("+" if node.op == "add" else "-").join(parts)
        case "T":
            return parts[0]
    return f"{node.op}({', '.join(parts)})"
