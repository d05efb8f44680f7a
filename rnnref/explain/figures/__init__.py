"""The figures of the site by id; a page asks for one with `<!-- rnn:fig lstm-cell | caption -->`.

A module of this package draws the figures of one topic. It is found by itself and registers

    @figure("lstm-cell")
    def lstm_cell(t):
        '''Draw … (say what the reader should notice).'''
        return Picture(marks, 800, 480, t("fig_lstm_cell"), t("alt_lstm_cell", f=…), values)

with `t` a `terms.Lookup` and marks from `rnnref.explain.svg`. It takes its data from
`rnnref.examples` and nothing else, so that a figure is the same at every build. `values` holds the
numbers once more, from a plain computation; a picture may also bring a `check` of its own. Both are
compared with the finished SVG at every build.

`render(id, lang, use)` returns the inline SVG, `alt(id, lang)` its text alternative, `names()` all
ids. Every mistake is a `FigureError`, one sentence that names the figure.
"""

import difflib
import functools
import importlib
import pkgutil
import re

from ..document import document
from ..svg import FigureError, Picture
from ..terms import Lookup, TermError

__all__ = ["FigureError", "Picture", "alt", "figure", "names", "picture", "render"]

_figures = {}


def figure(name):
    """Register a function (terms.Lookup) -> Picture under an id.

    Raises
    ------
    FigureError
        If the id is taken, or is not written in small letters, digits and hyphens.
    """

    def register(function):
        where = f"{function.__module__}.{function.__qualname__}"
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            raise FigureError(f"{where}: {name!r} is no figure id; write it like 'lstm-cell'")
        if name in _figures:
            taken = f"{_figures[name].__module__}.{_figures[name].__qualname__}"
            raise FigureError(f"{where}: the figure id {name!r} is already used by {taken}")
        _figures[name] = function
        return function

    return register


@functools.cache
def _load():
    """Import every module of this package once, in the order of their names."""
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")


def names():
    """Return the ids of all figures, sorted."""
    _load()
    return tuple(sorted(_figures))


@functools.cache
def picture(name, lang):
    """Return the Picture of a figure in one language.

    Raises
    ------
    FigureError
        For an unknown id, with those close to it; or naming the figure that cannot be drawn.
    """
    if name not in names():
        close = difflib.get_close_matches(name, names(), n=3, cutoff=0.5)
        hint = f"close to it: {', '.join(close)}" if close else f"there are {', '.join(names())}"
        raise FigureError(f"no figure is named {name!r}; {hint}")
    try:
        drawn = _figures[name](Lookup(lang))
    except (ValueError, TermError) as error:
        raise FigureError(f"figure {name!r}: {error}") from error
    for what, words in (("title", drawn.title), ("alt", drawn.alt)):
        if not words or re.search(r"\b(nan|inf)\b", words, re.IGNORECASE):
            raise FigureError(
                f"figure {name!r}: the {what} in {lang} is empty or has no number: {words!r}"
            )
    return drawn


def render(name, lang, use="p1"):
    """Return a figure as inline SVG.

    Parameters
    ----------
    name : str
        The id of the figure.
    lang : "zh" or "en"
    use : str, optional
        Prefix of all ids in it; different for every figure on a page.

    Raises
    ------
    FigureError
        For an unknown id, a use that cannot begin an id, or a figure that fails its checks.
    """
    if not re.fullmatch(r"[a-z][\w-]*", use):
        raise FigureError(f"figure {name!r}: {use!r} cannot begin an id; use letters and digits")
    drawn = picture(name, lang)
    try:
        text = document(drawn, name, lang, use)
        if drawn.check:
            drawn.check(text)
        return text
    except ValueError as error:
        raise FigureError(f"figure {name!r}: {error}") from error


def alt(name, lang):
    """Return the text alternative of a figure: what it is, then what it shows."""
    drawn = picture(name, lang)
    return f"{drawn.title}{'：' if lang == 'zh' else ': '}{drawn.alt}"
