"""Every set of equations that a page can print, by dotted name.

`lstm.step` is the function in the package's own notation; after a colon comes a view, the same
function in another notation (`attention.attend:notes`) or checked lines beside it
(`numerics.sigmoid:definition`). One equation of a set is `lstm.step.c`.
"""

import difflib

from . import (
    attention,
    cells,
    heads,
    losses,
    lstm_sequence,
    numbers,
    sequences,
    training,
    transformer,
)
from .entry import Entry

__all__ = ["ENTRIES", "CatalogError", "Entry", "entry", "equations", "render", "scope"]

MODULES = (cells, sequences, lstm_sequence, numbers, losses, attention, heads)
MODULES += (transformer, training)
ENTRIES = {name: entry for module in MODULES for name, entry in module.ENTRIES.items()}


class CatalogError(LookupError):
    """No entry, or no equation of an entry, has this name."""


def entry(name):
    """Return one entry by its whole name.

    Raises
    ------
    CatalogError
        For an unknown name; the message lists close matches.
    """
    if name not in ENTRIES:
        raise CatalogError(f"no equations named {name!r}; {_close(name, ENTRIES)}")
    return ENTRIES[name]


def equations(name):
    """Return the LaTeX of every equation of an entry, in the order of computation.

    Returns
    -------
    dict of str to str
        Field -> `left = right`.

    Raises
    ------
    CatalogError
        For an unknown name.
    TraceError
        For a function with a line that cannot be printed.
    """
    return entry(name).equations()


def render(name, field=None):
    """Return the LaTeX lines of an entry, or of the one equation that is asked for.

    Parameters
    ----------
    name : str
        `lstm.step`, or with the field at the end `lstm.step.c`.
    field : str, optional

    Returns
    -------
    list of str

    Raises
    ------
    CatalogError
        For an unknown entry or field.
    """
    if field is None:
        name, field = _split(name)
    lines = equations(name)
    if field is None:
        return list(lines.values())
    if field not in lines:
        raise CatalogError(f"{name!r} has no equation {field!r}; it has {', '.join(lines)}")
    return [lines[field]]


def scope(name):
    """Return the symbol scope of an entry, or of the entry that a field belongs to.

    Raises
    ------
    CatalogError
        For an unknown entry.
    """
    return entry(_split(name)[0]).scope


def _split(name):
    """Split `lstm.step.c` into the name of an entry and that of a field, None where none is."""
    before, _, field = name.rpartition(".")
    return (before, field) if name not in ENTRIES and before in ENTRIES else (name, None)


def _close(name, known):
    near = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    if near:
        return f"close to it: {', '.join(near)}"
    families = dict.fromkeys(name.partition(".")[0] for name in known)
    return f"names begin with {', '.join(families)}"
