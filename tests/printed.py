"""Glue between the catalogue and the independent reader: the symbols and numbers of an entry."""

import inspect
import sys

import latex_reader
import numpy as np

from rnnref.explain import catalog, terms

COMPONENTS = {"sca": 0, "vec": 1, "mat": 2}


def numbers(entry, values):
    """Return the printed results of an entry, from plain runs without any tracer."""
    if entry.reading is not None:
        return entry.reading(**values)
    function, variables, before = inspect.unwrap(entry.function), {}, sys.gettrace()

    def watch(frame, event, _):
        if event == "return":
            variables.update(frame.f_locals)
        return watch if frame.f_code is function.__code__ else None

    sys.settrace(watch)
    try:
        returned = function(**values)
    finally:
        sys.settrace(before)
    record = isinstance(returned, tuple)
    results = returned._asdict() if record else {entry.result or function.__name__: returned}
    if entry.only is None:
        return results
    return {name: (variables | results)[name] for name in entry.only}


def known(entry, values):
    """Return what the symbols of an entry stand for by name: arrays, and maps of arrays."""
    results = numbers(entry, values)
    given = results if entry.reading is not None else values | results
    names = terms.symbols(entry.scope)
    found = {name: value for name, value in _named(names, given) if name in names}
    return {name: v if callable(v) else np.asarray(v, float) for name, v in found.items()}


def _named(names, values):
    """Walk through values and the records among them, from the inside out."""
    for value in values.values():
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            yield from _named(names, value._asdict())
            yield from ((n, getattr(value, n)) for n in names if hasattr(value, n))
    yield from ((n, v) for n, v in values.items() if not isinstance(v, tuple | str | None))


def one_example(symbol, array, row):
    """Return what a symbol stands for in one example of the batch."""
    visible = len(symbol.index) + COMPONENTS[symbol.kind]
    single = array[row] if array.ndim > visible else array
    hidden = tuple(axis for axis, letter in enumerate(symbol.index) if letter == "1")
    return single.squeeze(hidden)


def symbols(entry, arrays, row):
    """Return every symbol of an entry that has a number, for the reader."""
    found = []
    for name, symbol in terms.symbols(entry.scope).items():
        if name in arrays:
            value, letters = arrays[name], [letter for letter in symbol.index if letter != "1"]
            value = value if callable(value) else one_example(symbol, value, row)
            found.append(latex_reader.Symbol(symbol.latex, value, tuple(letters)))
    return found


def batch(entry, arrays):
    """Return how many examples there are."""
    declared = terms.symbols(entry.scope)
    return max(
        len(array)
        if array.ndim > len(declared[name].index) + COMPONENTS[declared[name].kind]
        else 1
        for name, array in arrays.items()
        if name in declared and not callable(array)
    )


def sizes(entry, arrays):
    """Return the number behind every size that the scope writes as a symbol."""
    found = {}
    for key, latex in terms.bounds(entry.scope).items():
        for name, symbol in terms.symbols(entry.scope).items():
            array = arrays.get(name)
            if array is None or callable(array):
                continue
            if key == f"{name}[-1]":
                found[latex] = array.shape[-1]
            elif key in symbol.index:
                axis = symbol.index.index(key) - len(symbol.index) - COMPONENTS[symbol.kind]
                found[latex] = array.shape[axis]
    return found


def summed(entry, arrays, left):
    """Return the result whose symbol is on the left, if it is a sum over the batch."""
    for name, symbol in terms.symbols(entry.scope).items():
        visible = len(symbol.index) + COMPONENTS.get(symbol.kind, 0)
        same = symbol.shown == left and name.startswith("d")
        if same and visible and np.ndim(arrays.get(name)) == visible:
            return symbol, arrays[name]
    return None


def holds(entry, latex, values=None):
    """Say whether a line `LEFT = RIGHT` is true of what an entry's function computes.

    It must be true for every example of a batch, of random values unless others are given; where
    the left side is a sum over the batch, as derivatives by weights are, the right sides add up.

    Raises
    ------
    ReadError
        For a line outside the reader's grammar.
    """
    values = entry.example(np.random.default_rng(11)) if values is None else values
    arrays = known(entry, values)
    lengths, rows = sizes(entry, arrays), range(batch(entry, arrays))
    left, _, right = latex.partition(" = ")
    examples = [symbols(entry, arrays, row) for row in rows]
    total = summed(entry, arrays, left)
    if total is not None and len(rows) > 1:
        return adds_up(*total, right, examples, lengths)
    return all(latex_reader.check(latex, example, lengths) for example in examples)


def adds_up(symbol, array, right, examples, lengths):
    """Say whether right sides, added up over the batch, are the left one at every index."""
    for place in np.ndindex(array.shape[: len(symbol.index)]):
        letters = {i: p + 1 for i, p in zip(symbol.index, place, strict=True)}
        found = sum(latex_reader.evaluate(right, e, lengths, letters) for e in examples)
        wanted = array[place]
        wanted = wanted.reshape(-1, 1) if wanted.ndim == 1 else wanted
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=1e-9, atol=1e-12):
            return False
    return True


def check_line(name, latex):
    """Say whether a line of a derivation is true with the symbols and numbers of an entry.

    Raises
    ------
    CatalogError, ReadError
        For an unknown entry, or a line outside the reader's grammar.
    """
    return holds(catalog.entry(name), latex)
