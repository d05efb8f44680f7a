"""The recording value: an array that remembers how it came about.

`trace` lists what other modules may rely on.
"""

import itertools

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import axes as meanings
from .axes import BATCH, UNIT, TraceError

UFUNCS = {
    *(np.add, np.subtract, np.multiply, np.divide, np.negative, np.power),
    *(np.exp, np.log, np.tanh, np.matmul),
}
REDUCTIONS = {np.sum: "sum", np.max: "max"}
CURE = "write it with + - * / ** @, np.exp, np.log, np.tanh, np.sum or np.max over the last axis"

_clock = itertools.count()


class Node(NDArrayOperatorsMixin):
    """One recorded value."""

    is_node = True

    def __init__(self, op, args, value, axes, *, sym="", name="", attrs=None):
        self.op, self.args, self.value, self.axes = op, tuple(args), value, tuple(axes)
        self.sym, self.name, self.attrs = sym, name, attrs or {}
        self.order = next(_clock)

    __hash__ = object.__hash__

    def __repr__(self):
        return f"<Node {self.name or self.op} {self.kind} {np.shape(self.value)}>"

    @property
    def kind(self):
        """Say what one example of the batch is: a number, a column or a matrix."""
        return meanings.kind(self.axes)

    @property
    def idx(self):
        """Return the letters of the visible indices, in the order of the axes."""
        return tuple(axis for axis in self.axes if axis.islower())

    @property
    def ndim(self):
        """Return the number of axes of the recorded array."""
        return len(self.axes)

    @property
    def shape(self):
        """Return the sizes as Nodes, so that a size in a formula prints as its symbol."""
        sizes = enumerate(self.value.shape, start=-self.ndim)
        return tuple(Node("dim", [self], size, (), attrs={"axis": axis}) for axis, size in sizes)

    @property
    def T(self):
        """Return the transpose of a matrix."""
        if self.ndim != 2:
            raise TraceError(f".T reverses all {self.ndim} axes; write .mT, or .T of a matrix")
        return self.mT

    @property
    def mT(self):
        """Return the array with its last two axes exchanged."""
        return Node("T", [self], self.value.mT, meanings.transposed(self.axes))

    @property
    def summed(self):
        """Say whether this is a sum over the batch, as derivatives by weights are."""
        product = self.op == "matmul" and BATCH in self.args[0].axes[-1:]
        return product or self.op == "batchsum"

    def __getitem__(self, key):
        keys = key if isinstance(key, tuple) else (key,)
        if not all(k is None or isinstance(k, slice) and k == slice(None) for k in keys):
            raise TraceError(f"no equation rule for the index {key!r}; only : and None are known")
        rest = iter(self.axes)
        expanded = [UNIT if k is None else next(rest) for k in keys]
        return Node("expand", [self], self.value[key], (*expanded, *rest))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc not in UFUNCS or method != "__call__" or options:
            how = " in place" if "out" in options else "" if method == "__call__" else f".{method}"
            raise TraceError(f"no equation rule for np.{ufunc.__name__}{how}; {CURE}")
        args = [_as_node(value, ufunc.__name__) for value in inputs]
        rule = meanings.matmul if ufunc is np.matmul else meanings.merge
        axes = rule(*(arg.axes for arg in args))
        return Node(ufunc.__name__, args, ufunc(*(arg.value for arg in args)), axes)

    def __array_function__(self, function, types, args, options):
        name = function.__name__
        if function is np.repeat and set(options) == {"axis"}:
            return _repeated(*args, **options)
        if (function, options) == (np.sum, {"axis": 0}) and self.axes[:1] == (BATCH,):
            return Node("batchsum", args, np.sum(self.value, axis=0), self.axes[1:])
        if len(args) != 1 or options.get("axis") != -1:
            raise TraceError(f"no equation rule for this use of np.{name}; {CURE}")
        if function is np.concatenate and set(options) == {"axis"}:
            parts = [_as_node(part, name) for part in args[0]]
            axes = meanings.joined([part.axes for part in parts])
            return Node("concat", parts, np.concatenate([p.value for p in parts], axis=-1), axes)
        # -inf is what the largest of no numbers is: it changes no other result.
        attrs = {k: v for k, v in options.items() if k != "axis" and (k, v) != ("initial", -np.inf)}
        if function not in REDUCTIONS or set(attrs) - {"keepdims"}:
            raise TraceError(f"no equation rule for np.{name} with {sorted(options)}; {CURE}")
        value = function(self.value, **options)
        return Node(
            REDUCTIONS[function], args, value, meanings.reduced(self.axes, **attrs), attrs=attrs
        )

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise TraceError(f"no equation rule for .{name}; {CURE}")


def _refused(what):
    def refuse(self, *args, **options):
        raise TraceError(f"{what} has no equation rule; {CURE}")

    return refuse


for _dunder, _what in {
    "__bool__": "a branch on data",
    "__array__": "a NumPy call outside the recorded set",
    "__float__": "a number taken out of the computation",
    "__index__": "a size used as a plain number",
    "__len__": "len()",
    "__iter__": "a loop over an array",
    "__setitem__": "writing into an array",
}.items():
    setattr(Node, _dunder, _refused(_what))


def _repeated(node, size, axis):
    """Spread an unseen axis over an index: nothing to print, as everywhere in index notation."""
    letter = size.args[0].axes[size.attrs["axis"]] if getattr(size, "op", "") == "dim" else ""
    if node.axes[axis] != UNIT or not letter.islower():
        raise TraceError("np.repeat needs an axis made by None and the size of an index as a count")
    axes = (*node.axes[:axis], letter, *node.axes[axis + 1 :])
    return Node("expand", [node], np.repeat(node.value, size.value, axis=axis), axes)


def _as_node(value, operation):
    """Let Nodes and plain numbers through; an unnamed array has no symbol to print."""
    if isinstance(value, Node):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Node("const", (), value, ())
    raise TraceError(
        f"np.{operation} with a bare {type(value).__name__}; pass it as an argument with a symbol"
    )
