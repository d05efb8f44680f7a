"""The recording value: an array that remembers how it came about.

`trace` lists what other modules may rely on.
"""

import itertools

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import axes as meanings
from .axes import BATCH, COMPONENT, UNIT, TraceError

UFUNCS = {
    *(np.add, np.subtract, np.multiply, np.divide, np.negative, np.power),
    *(np.exp, np.log, np.tanh, np.matmul, np.less_equal),
}
REDUCTIONS = {np.sum: "sum", np.max: "max", np.mean: "mean"}
CURE = "write it with + - * / ** @, np.exp, np.log, np.tanh, np.sum, np.mean or np.max over an axis"

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
        if self.op == "add":
            return all(arg.summed for arg in self.args)
        product = self.op == "matmul" and BATCH in self.args[0].axes[-1:]
        return product or self.op == "batchsum"

    def __getitem__(self, key):
        keys = self._whole(key)
        if len(keys) == self.ndim and _is_part(keys[-1]):
            value = self.value[..., slice(*map(_number, (keys[-1].start, keys[-1].stop)))]
            return Node("part", [self], value, self.axes)
        if not all(k is None or _is_whole(k) for k in keys):
            raise TraceError(f"no equation rule for the index {key!r}; only : and None are known")
        rest = iter(self.axes)
        expanded = [UNIT if k is None else next(rest) for k in keys]
        return Node("expand", [self], self.value[tuple(keys)], (*expanded, *rest))

    def _whole(self, key):
        """Return an index as a list, with : in place of dots."""
        keys = list(key) if isinstance(key, tuple) else [key]
        for place, k in enumerate(keys):
            if k is Ellipsis:
                rest = self.ndim - sum(k is not None for k in keys) + 1
                return [*keys[:place], *[slice(None)] * rest, *keys[place + 1 :]]
        return keys

    def reshape(self, *sizes):
        """Return all vectors below one another: of what a backward pass sums up, nothing else."""
        width = sizes[-1]
        if not (isinstance(width, Node) and width.op == "dim" and width.args[0] is self):
            raise TraceError(f"no equation rule for .reshape; {CURE}")
        axes, over = meanings.below(self.axes)
        value = self.value.reshape(-1, self.value.shape[-1])
        return Node("rows", [self], value, axes, attrs={"over": over})

    def ravel(self):
        """Return all numbers below one another."""
        _, over = meanings.below((*self.axes, COMPONENT))
        return Node("rows", [self], self.value.ravel(), (BATCH,), attrs={"over": over})

    def through(self, function):
        """Return what a function of one number makes of this, as a step that is not looked into."""
        attrs = {"function": function.__name__}
        return Node("function", [self], function(self.value), self.axes, attrs=attrs)

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
        if function in PLAIN and not options:
            return PLAIN[function](*args)
        if function is np.repeat and set(options) == {"axis"}:
            return _repeated(*args, **options)
        if (function, options) == (np.sum, {"axis": 0}) and self.axes[:1] == (BATCH,):
            return Node("batchsum", args, np.sum(self.value, axis=0), self.axes[1:])
        if len(args) != 1 or not self._reducible(options.get("axis")):
            raise TraceError(f"no equation rule for this use of np.{name}; {CURE}")
        if function is np.concatenate and options == {"axis": -1}:
            parts = [_as_node(part, name) for part in args[0]]
            axes = meanings.joined([part.axes for part in parts])
            return Node("concat", parts, np.concatenate([p.value for p in parts], axis=-1), axes)
        return self._reduced(function, args, options)

    def _reducible(self, axis):
        """Say whether an axis is the last one, or another that an index runs along."""
        return axis == -1 or (type(axis) is int and self.axes[axis].islower())

    def _reduced(self, function, args, options):
        # -inf is what the largest of no numbers is: it changes no other result.
        attrs = {k: v for k, v in options.items() if (k, v) != ("initial", -np.inf)}
        axis = attrs.pop("axis")
        if function not in REDUCTIONS or set(attrs) - {"keepdims"}:
            name = function.__name__
            raise TraceError(f"no equation rule for np.{name} with {sorted(options)}; {CURE}")
        axes = meanings.reduced(self.axes, axis=axis, **attrs)
        attrs |= {} if axis == -1 else {"axis": axis}
        return Node(REDUCTIONS[function], args, function(self.value, **options), axes, attrs=attrs)

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


def _is_whole(key):
    """Say whether an index is a bare colon."""
    return isinstance(key, slice) and key.start is key.stop is key.step is None


def _is_part(key):
    """Say whether an index takes neighbours among the numbers of an axis."""
    return isinstance(key, slice) and key.step is None and not _is_whole(key)


def _number(end):
    return end.value if isinstance(end, Node) else end


def _repeated(node, size, axis):
    """Spread an unseen axis over an index: nothing to print, as everywhere in index notation."""
    letter = size.args[0].axes[size.attrs["axis"]] if getattr(size, "op", "") == "dim" else ""
    if node.axes[axis] != UNIT or not letter.islower():
        raise TraceError("np.repeat needs an axis made by None and the size of an index as a count")
    axes = (*node.axes[:axis], letter, *node.axes[axis + 1 :])
    return Node("expand", [node], np.repeat(node.value, size.value, axis=axis), axes)


def _chosen(condition, *choices):
    """Record a choice between two numbers, as relu makes it."""
    args = [_as_node(arg, "where") for arg in (condition, *choices)]
    axes = meanings.merge(*(arg.axes for arg in args))
    return Node("where", args, np.where(*(arg.value for arg in args)), axes)


# Functions without options: what they are for a recorded value, whose numbers are always real.
PLAIN = {
    np.where: _chosen,
    np.real: lambda node: node,
    np.shape: lambda node: node.value.shape,
    np.ones_like: lambda node: Node("const", (), 1, ()),
}


def _as_node(value, operation):
    """Let Nodes and plain numbers through; an unnamed array has no symbol to print."""
    if isinstance(value, Node):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Node("const", (), value, ())
    raise TraceError(
        f"np.{operation} with a bare {type(value).__name__}; pass it as an argument with a symbol"
    )
