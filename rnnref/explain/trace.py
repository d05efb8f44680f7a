"""Run the unchanged NumPy functions of the package on recording values.

`trace(function, values, scope)` calls the function with a `Node` in place of every array and
returns the named results. A Node carries the real number, so that figures, live numbers and
equations come from one run. What the recorder does not know it refuses with a `TraceError`.

The stable part of a Node, for equations, graphs and figures:

* `op`: "in" for an argument, "const", "dim" (a size), "add", "subtract", "multiply", "divide",
  "negative", "power", "exp", "log", "tanh", "matmul", "T", "expand" (a new axis), "sum", "max",
  "concat"
* `args`: the input Nodes, in order
* `value`: the real array or number
* `kind`: "sca", "vec" or "mat" (inside expressions also "vecT" and "rows", see `axes.kind`)
* `idx`: the letters of its visible indices, such as ("t", "i")
* `sym`, `name`: LaTeX and Python name of an argument or a named result, "" for what lies between
* `order`: grows in the order of computation
* `attrs`: options of the operation, such as {"keepdims": True}

Nodes hash by identity and are compared with `is`; `==` is refused as a branch on data.
"""

import inspect
import itertools

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import axes as meanings
from . import terms
from .axes import BATCH, UNIT, TraceError

UFUNCS = {
    *(np.add, np.subtract, np.multiply, np.divide, np.negative, np.power),
    *(np.exp, np.log, np.tanh, np.matmul),
}
REDUCTIONS = {np.sum: "sum", np.max: "max"}
CURE = "write it with + - * / ** @, np.exp, np.log, np.tanh, np.sum or np.max over the last axis"

_clock = itertools.count()


class Node(NDArrayOperatorsMixin):
    """One recorded value; the module's docstring lists what may be relied on."""

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
        if self.ndim < 2 or BATCH in self.axes[-2:]:
            raise TraceError("a transpose may not move the batch axis; transpose weights or keys")
        swapped = (*self.axes[:-2], self.axes[-1], self.axes[-2])
        return Node("T", [self], self.value.mT, swapped)

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
        value = ufunc(*(arg.value for arg in args))
        return Node(ufunc.__name__, args, value, rule(*(arg.axes for arg in args)))

    def __array_function__(self, function, types, args, options):
        name = function.__name__
        if len(args) != 1 or options.get("axis") != -1:
            raise TraceError(f"no equation rule for this use of np.{name}; {CURE}")
        if function is np.concatenate and set(options) == {"axis"}:
            parts = [_as_node(part, name) for part in args[0]]
            value = np.concatenate([part.value for part in parts], axis=-1)
            return Node("concat", parts, value, meanings.joined([part.axes for part in parts]))
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


def _as_node(value, operation):
    """Let Nodes and plain numbers through; an unnamed array has no symbol to print."""
    if isinstance(value, Node):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Node("const", (), value, ())
    raise TraceError(
        f"np.{operation} with a bare {type(value).__name__}; pass it as an argument with a symbol"
    )


class Table:
    """The symbols of one scope, handing out Nodes."""

    def __init__(self, scope):
        self.scope, self.symbols, self.batched = scope, terms.symbols(scope), False

    def declared(self, name):
        """Return the symbol of a Python name."""
        if name not in self.symbols:
            raise TraceError(
                f"{name!r} has no symbol in [symbols.{self.scope}] of terms.toml; add a line there"
            )
        return self.symbols[name]

    def argument(self, name, value):
        """Return the stand-in for an argument: a Node, a record of Nodes, or an option as it is."""
        if isinstance(value, np.ndarray):
            symbol = self.declared(name)
            return Node(
                "in", (), value, self._axes(name, symbol, value), sym=symbol.latex, name=name
            )
        return Record(value, self) if isinstance(value, tuple) else value

    def _axes(self, name, symbol, value):
        axes = visible_axes(symbol)
        if (extra := value.ndim - len(axes)) not in (0, 1):
            raise TraceError(
                f"{name} has {value.ndim} axes, but [symbols.{self.scope}] of terms.toml "
                f"declares a {symbol.kind} with index letters {symbol.index}; correct one of them"
            )
        self.batched |= bool(extra)
        return (BATCH,) * extra + axes


def visible_axes(symbol):
    """Return the meanings of the axes of one example, as terms.toml declares them."""
    components = {"sca": 0, "vec": 1, "mat": 2}[symbol.kind]
    return (*symbol.index, *[meanings.COMPONENT] * components)


class Record:
    """Stands in for a record of parameters: every field and gate view is a Node."""

    def __init__(self, record, table):
        self._record, self._table, self._nodes = record, table, {}

    def __getattr__(self, name):
        if name not in self._nodes:
            self._nodes[name] = self._table.argument(name, getattr(self._record, name))
        return self._nodes[name]


def trace(function, values, scope, *, result=None, only=None):
    """Record one call of a function.

    Parameters
    ----------
    function : function
        As it stands in the package; a shape check around it is passed by.
    values : dict
        Argument name -> array, record of arrays, or option.
    scope : str
        The table of symbols: [symbols.<scope>] in terms.toml.
    result : str, optional
        The name of the result where the function returns no record; default its own name.
    only : tuple of str, optional
        The results that get a name; the others stay parts of expressions. Default all.

    Returns
    -------
    dict of str to Node
        Named results in the order of computation.

    Raises
    ------
    TraceError
        For anything without an equation rule, a result of another kind than declared, or a name
        without a symbol.
    """
    plain, table = inspect.unwrap(function), Table(scope)
    where = f"{plain.__module__.rpartition('.')[2]}.{plain.__name__}"
    try:
        returned = plain(**{name: table.argument(name, value) for name, value in values.items()})
        records = (
            returned._asdict()
            if isinstance(returned, tuple)
            else {result or plain.__name__: returned}
        )
        found = {name: node for name, node in records.items() if only is None or name in only}
        for name, node in found.items():
            _christen(name, node, table)
    except TraceError as error:
        raise TraceError(f"{where}: {error}") from None
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def _christen(name, node, table):
    """Give a result its name and symbol, if it is what terms.toml declares it to be."""
    symbol = table.declared(name)
    if not isinstance(node, Node):
        raise TraceError(f"{name} is a {type(node).__name__} made outside the recorded operations")
    if node.sym:
        raise TraceError(f"{name} is {node.name} itself; a result needs a computation of its own")
    if table.batched and BATCH not in node.axes:
        raise TraceError(f"{name} is the same for every example; it reads no input of the step")
    if node.axes != (BATCH,) * table.batched + visible_axes(symbol):
        raise TraceError(
            f"{name} was traced as {node.kind} with index letters {node.idx}, but terms.toml "
            f"declares {symbol.kind} {symbol.index}; correct the code or the declaration"
        )
    node.name, node.sym = name, symbol.latex
