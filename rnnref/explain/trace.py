"""Run the unchanged NumPy functions of the package on recording values.

`trace(function, values, scope)` calls the function with a `Node` in place of every array and
returns the named results. A Node carries the real number, so that figures, live numbers and
equations come from one run. What the recorder does not know it refuses with a `TraceError`.

The stable part of a Node, for equations, graphs and figures:

* `op`: "in" for an argument, "const", "dim" (a size), "add", "subtract", "multiply", "divide",
  "negative", "power", "exp", "log", "tanh", "matmul", "T", "expand" (a new axis), "sum", "mean",
  "max", "concat", "where" and "less_equal" (a choice), "function" (one that is not looked into),
  "batchsum" (over the batch, as is a product of transposed data), "rows" (all vectors of the
  batch below one another, to be summed up)
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
import sys

import numpy as np

from ..checks.dims import name_of
from . import terms
from .axes import BATCH, COMPONENT, TraceError
from .node import Node


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
        if isinstance(value, tuple):
            return Record(value, self)
        known = isinstance(value, (int, float)) and name in self.symbols
        return self._setting(name, value) if known and not isinstance(value, bool) else value

    def _setting(self, name, value):
        """Return the stand-in for a single number that equations show by a symbol."""
        return Node("in", (), value, (), sym=self.symbols[name].latex, name=name)

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
    components = {"sca": 0, "vec": 1, "mat": 2}
    if symbol.kind not in components:
        raise TraceError(f"{symbol.latex} is a {symbol.kind} in terms.toml, which nothing records")
    return (*symbol.index, *[COMPONENT] * components[symbol.kind])


class Record:
    """Stands in for a record of parameters: every field and gate view is a Node."""

    def __init__(self, record, table):
        self._record, self._table, self._nodes = record, table, {}

    @property
    def __class__(self):
        """Pass for the record itself where a function checks what it is given."""
        return type(self._record)

    def __iter__(self):
        return (getattr(self, name) for name in self._record._fields)

    def _make(self, fields):
        """Return itself: a copy of a stand-in is the stand-in."""
        return self

    def __getattr__(self, name):
        if name not in self._nodes:
            self._nodes[name] = self._table.argument(name, getattr(self._record, name))
        return self._nodes[name]


def trace(function, values, scope, *, result=None, only=None, further=None):
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
        What gets a name: results, or variables of the function at its end; the others stay parts
        of expressions. Default all results.
    further : dict of str to Symbol, optional
        Names that the table of symbols does not have.

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
    table.symbols |= further or {}
    where = name_of(plain)
    try:
        stand_ins = {name: table.argument(name, value) for name, value in values.items()}
        if only is None:
            returned = plain(**stand_ins)
            found = _by_name(returned, result or plain.__name__)
            if not found:
                what = "nothing" if returned is None else "a tuple without names"
                raise TraceError(f"it returns {what}; return a NamedTuple")
        else:
            returned, variables = observed(plain, stand_ins)
            found = _chosen(variables | _by_name(returned, result or plain.__name__), only)
        for name, node in found.items():
            _christen(name, node, table)
    except TraceError as error:
        raise TraceError(f"{where}: {error}") from None
    return dict(sorted(found.items(), key=lambda item: item[1].order))


def _by_name(returned, name):
    """Return results by name; nothing has none, nor has a plain tuple."""
    if returned is None or isinstance(returned, tuple):
        return returned._asdict() if hasattr(returned, "_asdict") else {}
    return {name: returned}


def observed(function, arguments):
    """Call a function; return what it returns and its variables, as they were at the end."""
    variables, before = {}, sys.gettrace()

    def at_call(frame, event, _):
        return at_end if frame.f_code is function.__code__ else None

    def at_end(frame, event, _):
        if event == "return":
            variables.update(frame.f_locals)
        return at_end

    sys.settrace(at_call)
    try:
        return function(**arguments), variables
    finally:
        sys.settrace(before)


def _chosen(values, names):
    missing = [name for name in names if name not in values]
    if missing:
        raise TraceError(
            f"{missing[0]!r} is neither a result nor a variable; there are {', '.join(values)}"
        )
    return {name: values[name] for name in names}


def _christen(name, node, table):
    """Give a result its name and symbol, if it is what terms.toml declares it to be."""
    symbol = table.declared(name)
    if not isinstance(node, Node):
        raise TraceError(f"{name} is a {type(node).__name__} made outside the recorded operations")
    if node.sym:
        raise TraceError(f"{name} is {node.name} itself; a result needs a computation of its own")
    if table.batched and BATCH not in node.axes and not node.summed:
        raise TraceError(f"{name} is the same for every example; it reads no input of the step")
    if node.axes != (BATCH,) * (table.batched and not node.summed) + visible_axes(symbol):
        raise TraceError(
            f"{name} was traced as {node.kind} with index letters {node.idx}, but terms.toml "
            f"declares {symbol.kind} {symbol.index}; correct the code or the declaration"
        )
    node.name, node.sym = name, symbol.latex
