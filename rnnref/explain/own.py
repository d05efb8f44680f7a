"""A learner's own function: which table of symbols it speaks, and symbols for names of its own."""

import inspect
import re

import numpy as np

from .. import gru, lstm, rnn
from . import samples
from .axes import TraceError
from .node import Node
from .terms import Symbol, symbols
from .trace import Table, observed, trace

CELLS = {"rnn": rnn.step, "gru": gru.step, "lstm": lstm.step}  # by table of symbols
MARKS = {"tilde": r"\tilde", "hat": r"\hat", "bar": r"\bar"}
GREEK = "alpha beta gamma delta epsilon eta theta lambda mu sigma tau phi omega".split()


def plain_function(function):
    """Return the function below all decorators, if it is one that can be watched.

    Raises
    ------
    TraceError
        For anything without Python code, and for arguments that have no names.
    """
    plain = inspect.unwrap(function) if callable(function) else function
    if not hasattr(plain, "__code__"):
        raise TraceError(f"{function!r} is no function written in Python; hand one over by name")
    if plain.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise TraceError(f"{plain.__name__} takes * arguments; give each argument a name")
    return plain


def chosen(function, values, scope):
    """Return values for the arguments of a function and its table of symbols.

    Raises
    ------
    TraceError
        Where they cannot be guessed, or the values do not fit the arguments.
    """
    parameters = inspect.signature(function).parameters
    names, needed = list(parameters), {n for n, p in parameters.items() if p.default is p.empty}
    if values is not None:
        if not isinstance(values, dict) or not needed <= set(values) <= set(names):
            raise TraceError(
                f"{function.__name__} takes {_list(names)}; values must be a dict with these keys"
            )
        _check_recordable(function, values)
        return values, scope or _speaks(names, set(values))
    for table in [scope] if scope in CELLS else CELLS if scope is None else ():
        given = samples.running(CELLS[table])
        if set(given) == set(names) and _runs(function, given, table):
            return given, table
    raise TraceError(
        f"{function.__name__} takes {_list(names)}, which the running example has no values for; "
        f"call equations({function.__name__}, values={{...}}) with one array or record for each"
    )


def _check_recordable(function, values):
    for name, value in values.items():
        plain = isinstance(value, tuple) and not hasattr(value, "_asdict")
        if plain or isinstance(value, list | dict):
            raise TraceError(
                f"{function.__name__}: {name} must be an array or a record of arrays, "
                f"got {type(value).__name__}; write np.array(...)"
            )


def _list(names):
    return ", ".join(names)


def _speaks(names, given):
    """Return the cell whose arguments are these, with the plain cell's symbols for all others."""
    return "lstm" if "c_prev" in names else "gru" if {"h_prev"} <= given else "rnn"


def _runs(function, given, table):
    """Say whether a function runs on the example of a cell: its weights are those that it reads."""
    try:
        function(**given)
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def recorded(function, values, scope):
    """Return every value that a function gives a name, as Nodes in the order of computation.

    The function is watched while it runs: its source is not needed, so a cell of a notebook will
    do, and it may return what it likes.
    """
    plain = plain_function(function)
    table = Table(scope)
    further = _further(values, {}, scope)
    table.symbols |= further
    stand_ins = {name: table.argument(name, value) for name, value in values.items()}
    try:
        returned, variables = observed(plain, stand_ins)
    except TraceError as error:
        raise TraceError(f"{plain.__name__}: {error}") from None
    made = _computed(variables, returned, plain.__name__)
    if not made:
        raise TraceError(f"{plain.__name__} gives no computed value a name; write h = ... in it")
    further |= _further({n: v.value for n, v in made.items()}, made, scope)
    return trace(function, values, scope, only=tuple(made), further=further)


def _computed(variables, returned, name):
    """Return the Nodes among variables and results, each under its first name."""
    if hasattr(returned, "_asdict"):
        results = returned._asdict()
    else:
        results = {} if isinstance(returned, tuple) else {name: returned}
    found = {}
    for key, value in (variables | results).items():
        known = any(value is other for other in found.values())
        if isinstance(value, Node) and not known and value.op not in ("in", "const", "dim"):
            found[key] = value
    return found


def _further(values, nodes, scope):
    """Return symbols for the names that a table does not have."""
    known, found = symbols(scope), {}
    for name, value in values.items():
        if isinstance(value, tuple):
            found |= _further(value._asdict(), {}, scope)
        elif (name in nodes or isinstance(value, np.ndarray)) and name not in known:
            found[name] = Symbol(spelled(name, np.ndim(value)), _kind(name, value, nodes))
    return found


def _kind(name, value, nodes):
    """Say what one example is: vectors come in batches, weights do not."""
    if name in nodes:
        return nodes[name].kind
    return "mat" if value.ndim > 2 or value.ndim == 2 and name[0].isupper() else "vec"


def spelled(name, ndim=1):
    """Return LaTeX for a name that no table has: a_hat gets a hat, g_prev is g at t - 1."""
    letter, *parts = name.split("_")
    stem = rf"\{letter}" if letter in GREEK else letter
    stem = stem if len(letter) == 1 or letter in GREEK else rf"\mathrm{{{letter}}}"
    if "prev" in parts:
        return rf"{stem}_{{t-1}}"
    for mark in [part for part in parts if part in MARKS]:
        stem = rf"{MARKS[mark]}{{{stem}}}"
    rest = ",".join(part for part in parts if part not in MARKS)
    if re.fullmatch(r"\w|\d+", rest):
        return rf"{stem}_{{{rest}}}"
    if rest:
        return rf"{stem}_{{\mathrm{{{rest}}}}}"
    return rf"{stem}_t" if ndim > 1 and not letter[0].isupper() else stem
