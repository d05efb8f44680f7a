"""Compile a recorded function to a list of operations that a page runs again on other numbers.

A program is data: `docs/assets/js/program.js` runs it without eval, and hands out every value that
the function computes on its way. Values without a name of their own are called after their
expression, as boxes of a cell diagram are: "f*c_prev". Sizes are fixed by the recorded run.
"""

from typing import NamedTuple

import numpy as np

from .axes import TraceError
from .graph import spell

UNNAMED = ("const", "dim", "T", "expand")  # nothing new is computed there
MADE = ("in", "const", "dim")  # values that no operation makes
ALONG = ("sum", "max", "mean")  # "sum" runs over the last axis, "sum@-2" over the one before
OPERATIONS = {
    *("add", "subtract", "multiply", "divide", "negative", "power", "exp", "log", "tanh"),
    *("less_equal", "where", "matmul", "T", "expand", "rows", "concat", "batchsum", *ALONG),
}


class Program(NamedTuple):
    """A function as operations, in an order in which they can be run.

    Attributes
    ----------
    ops : list of list
        Operation, number of its shape, then what it reads: numbers of earlier operations; for
        "in" the name of an argument, for "const" the number.
    shapes : list of list of int
    names : dict of str to int
        Every value by name -> the number of the operation that makes it.
    """

    ops: list
    shapes: list
    names: dict


class Registers:
    """The values of a recorded run, each once, in the order of computation."""

    def __init__(self, recorded):
        self.nodes, self.program, self._places = [], Program([], [], {}), {}
        for node in recorded.values():
            self.place(node)

    def place(self, node):
        """Return the number of the operation that makes a value; equal operations are one."""
        reads = [] if node.op in MADE else [self.place(arg) for arg in node.args]
        op = [operation(node), self._shape(node), *(reads or made(node))]
        if (key := tuple(op)) not in self._places:
            self._places[key] = len(self.program.ops)
            self.program.ops.append(op)
            self.nodes.append(node)
        self._call(node, self._places[key])
        return self._places[key]

    def _shape(self, node):
        shape = list(np.shape(node.value))
        if shape not in self.program.shapes:
            self.program.shapes.append(shape)
        return self.program.shapes.index(shape)

    def _call(self, node, place):
        name = node.name or ("" if node.op in UNNAMED else spell(node))
        first = self.program.names.setdefault(name, place) if name else place
        # A maximum with its axis kept and one without are the same numbers: one name will do.
        if self._work(first) != self._work(place):
            raise TraceError(f"two values are called {name!r}; name one of them in the code")

    def _work(self, place):
        operation, _, *reads = self.program.ops[place]
        return operation, reads


def operation(node):
    """Return the name of a value's operation."""
    if node.op in MADE:
        return "in" if node.op == "in" else "const"
    if node.op not in OPERATIONS:
        raise TraceError(
            f"a page cannot compute {node.op!r}; add it to OPERATIONS of explain/program.py and to "
            "docs/assets/js/program.js"
        )
    axis = node.attrs.get("axis", -1)
    return node.op if node.op not in ALONG or axis == -1 else f"{node.op}@{axis}"


def made(node):
    """Return what an argument or a constant is made of: its name, or its number."""
    return [node.name] if node.op == "in" else [float(node.value)]


def compiled(recorded):
    """Return the `Program` of what `trace` has recorded.

    Parameters
    ----------
    recorded : dict of str to Node

    Raises
    ------
    TraceError
        For two values of one name.
    """
    return Registers(recorded).program
