"""Glue between the catalogue and the independent reader: the symbols and numbers of an entry."""

import latex_reader
import numpy as np

from rnnref.explain import catalog, terms

COMPONENTS = {"sca": 0, "vec": 1, "mat": 2}


def numbers(entry, values):
    """Run the plain function, without any tracer, and return its results by name."""
    returned = entry.function(**values)
    if isinstance(returned, tuple):
        return returned._asdict()
    return {entry.result or entry.function.__name__: returned}


def one_example(symbol, array, row):
    """Return what a symbol stands for in one example of the batch."""
    visible = len(symbol.index) + COMPONENTS[symbol.kind]
    single = array[row] if array.ndim > visible else array
    hidden = tuple(axis for axis, letter in enumerate(symbol.index) if letter == "1")
    return single.squeeze(hidden)


def symbols(entry, values, results, row):
    """Return every symbol of an entry that has a number, for the reader."""
    records = [value for value in values.values() if isinstance(value, tuple)]
    found = []
    for name, symbol in terms.symbols(entry.scope).items():
        arrays = [values.get(name), results.get(name), *(getattr(p, name, None) for p in records)]
        for array in arrays:
            if isinstance(array, np.ndarray):
                letters = tuple(letter for letter in symbol.index if letter != "1")
                value = one_example(symbol, array, row)
                found.append(latex_reader.Symbol(symbol.latex, value, letters))
    return found


def sizes(entry, values, results):
    """Return the number behind every size that the scope writes as a symbol."""
    found = {}
    for key, latex in terms.bounds(entry.scope).items():
        for name, symbol in terms.symbols(entry.scope).items():
            array = (values | results).get(name)
            if isinstance(array, np.ndarray) and key == f"{name}[-1]":
                found[latex] = array.shape[-1]
            elif isinstance(array, np.ndarray) and key in symbol.index:
                axis = symbol.index.index(key) - len(symbol.index) - COMPONENTS[symbol.kind]
                found[latex] = array.shape[axis]
    return found


def summed(entry, results, left):
    """Return the result whose symbol is on the left, as a matrix, if it is a sum over the batch."""
    for name, symbol in terms.symbols(entry.scope).items():
        visible = len(symbol.index) + COMPONENTS[symbol.kind]
        if symbol.latex == left and visible and np.ndim(results.get(name)) == visible:
            return results[name].reshape(len(results[name]), -1)
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
    results = numbers(entry, values)
    known = sizes(entry, values, results)
    batch = len(next(iter(values.values())))
    left, _, right = latex.partition(" = ")
    if (total := summed(entry, results, left)) is not None:
        rows = [symbols(entry, values, results, row) for row in range(batch)]
        found = sum(latex_reader.evaluate(right, row, known) for row in rows)
        return found.shape == total.shape and np.allclose(found, total, rtol=1e-9, atol=1e-12)
    return all(
        latex_reader.check(latex, symbols(entry, values, results, row), known)
        for row in range(batch)
    )


def check_line(name, latex):
    """Say whether a line of a derivation is true with the symbols and numbers of an entry.

    Raises
    ------
    CatalogError, ReadError
        For an unknown entry, or a line outside the reader's grammar.
    """
    return holds(catalog.entry(name), latex)
