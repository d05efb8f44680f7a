"""The one table of symbols, terms and figure labels; an unknown key raises."""

import difflib
import functools
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("terms.toml")
PLACEHOLDER = re.compile("<([a-z])>")
NOT_SYMBOLS = ("extends", "bounds", "loss")  # keys of a scope that declare no symbol
LANGUAGES = ("zh", "en")


class TermError(LookupError):
    """A symbol, term or label is not in terms.toml, or not in this language."""


class Symbol(NamedTuple):
    """How one Python name is shown.

    Attributes
    ----------
    latex : str
        With <i> where the letter i of a visible index stands; `shown` has the letters filled in.
    kind : "vec", "mat", "sca" or "map"
        A vec is a row per example, shown as a column.
    index : tuple of str
        The letters of the visible indices, in the order of the array's axes; "1" for an axis of
        length one that is not shown.
    role : str
        The colour role: forget, input, candidate, output, cell, hidden, data; "" for none.
    """

    latex: str
    kind: str
    index: tuple[str, ...] = ()
    role: str = ""

    @property
    def shown(self):
        """Return the LaTeX with each index under its own letter."""
        return PLACEHOLDER.sub(r"\1", self.latex)


@functools.cache
def table():
    """Return terms.toml as dictionaries."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def symbols(scope):
    """Return the symbols of one scope: python name -> Symbol.

    A scope may build on another one with `extends`. Where it names a `loss`, the derivative of
    the loss by every x is there as dx.

    Raises
    ------
    TermError
        For an unknown scope.
    """
    entries = _scope(scope)
    own = {
        name: Symbol(e["latex"], e["kind"], tuple(e.get("index", ())), e.get("role", ""))
        for name, e in entries.items()
        if name not in NOT_SYMBOLS
    }
    found = (symbols(entries["extends"]) if "extends" in entries else {}) | own
    if "loss" in entries:
        found |= {
            f"d{name}": _derivative(entries["loss"], symbol) for name, symbol in found.items()
        }
    return found | own


def bounds(scope):
    """Return how sizes are written in one scope.

    Returns
    -------
    dict of str to str
        The letter of an index -> LaTeX of its last value; "q[-1]" -> LaTeX of that size of q.

    Raises
    ------
    TermError
        For an unknown scope.
    """
    entries = _scope(scope)
    inherited = bounds(entries["extends"]) if "extends" in entries else {}
    return inherited | entries.get("bounds", {})


def _derivative(loss, symbol):
    latex = rf"\frac{{\partial {loss}}}{{\partial {symbol.latex}}}"
    return symbol._replace(latex=latex, role="")  # the symbol inside keeps its colour


def _scope(scope):
    scopes = table()["symbols"]
    if scope not in scopes:
        near = difflib.get_close_matches(scope, scopes, n=4) or scopes
        raise TermError(f"no symbol scope {scope!r} in terms.toml; it has {', '.join(near)}")
    return scopes[scope]


class Lookup:
    """The words of one language: `t("forget_gate")` is 遗忘门 or "forget gate".

    Terms (in the glossary) and labels (in figures only) share one space of keys. A label may
    have places for numbers: `t("alt_gate", f=0.73)`.
    """

    def __init__(self, lang):
        if lang not in LANGUAGES:
            raise TermError(f"no language {lang!r}; there are {', '.join(LANGUAGES)}")
        self.lang = lang

    def __call__(self, key, **values):
        entry = table()["terms"].get(key) or table()["labels"].get(key)
        if entry is None:
            raise TermError(f"{key!r} is neither a term nor a label in terms.toml")
        if self.lang not in entry:
            raise TermError(f"{key!r} has no text for language {self.lang!r} in terms.toml")
        try:
            return entry[self.lang].format(**values) if values else entry[self.lang]
        except KeyError as place:
            raise TermError(f"{key!r} in terms.toml has a place for {place}; pass it too") from None
