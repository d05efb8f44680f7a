"""Every set of equations that a page can print, by dotted name.

`lstm.step` is the function in the package's own notation; after a colon comes a view, the same
function in another notation (`attention.attend:notes`) or a checked line beside it
(`numerics.sigmoid:definition`). One equation of a set is `lstm.step.c`.
"""

import difflib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .. import attention, gru, joined, layers, losses, lstm, numerics, rnn
from . import samples
from .equations import Printer
from .trace import TraceError, trace


class CatalogError(LookupError):
    """No entry, or no equation of an entry, has this name."""


class Entry(NamedTuple):
    """One set of equations.

    Attributes
    ----------
    function : function
    scope : str
        Its symbols: [symbols.<scope>] in terms.toml.
    result : str
        The name of the result where the function returns no record; "" is its own name.
    only : tuple of str, optional
        The results that are printed; None means all.
    fixed : dict
        Sizes that this view fixes, as a number or as the letter of another size.
    line : str
        A line written by hand in place of the recorded one; the tests prove it.
    """

    function: Callable
    scope: str
    result: str = ""
    only: tuple[str, ...] | None = None
    fixed: dict = {}
    line: str = ""

    def example(self, rng, sizes=samples.SIZES):
        """Return random values of the arguments, for tests."""
        fixed = {letter: sizes.get(size, size) for letter, size in self.fixed.items()}
        return samples.random(self.function, rng, sizes | fixed)

    def values(self):
        """Return values of the arguments: those of the running example, or random ones."""
        return samples.running(self.function) or self.example(np.random.default_rng(0))

    def trace(self, values=None):
        """Return the named results as Nodes, in the order of computation."""
        values = self.values() if values is None else values
        result = self.result or None
        return trace(self.function, values, self.scope, result=result, only=self.only)

    def equations(self, values=None):
        """Return the recorded equations: field -> LaTeX."""
        printer, lines = Printer(self.scope, self.function), {}
        for field, node in self.trace(values).items():
            try:
                lines[field] = printer.equation(node)
            except TraceError as error:
                raise TraceError(f"{self.function.__name__}, {field}: {error}") from None
        return lines


SOFTMAX = r"\operatorname{softmax}\left(s\right)_i = \frac{e^{s_i}}{\sum_{j=1}^{n} e^{s_j}}"
ONE_QUERY = {"T": 1}
ENTRIES = {
    "rnn.step": Entry(rnn.step, "rnn"),
    "rnn.step:notes": Entry(rnn.step, "rnn-notes"),
    "lstm.step": Entry(lstm.step, "lstm"),
    "gru.step": Entry(gru.step, "gru"),
    "gru.step_update_replace": Entry(gru.step_update_replace, "gru"),
    "gru.step_reset_after": Entry(gru.step_reset_after, "gru"),
    "gru.step_reset_after_update_replace": Entry(gru.step_reset_after_update_replace, "gru"),
    "lstm.step_peephole": Entry(lstm.step_peephole, "lstm"),
    "lstm.step_coupled": Entry(lstm.step_coupled, "lstm"),
    "lstm.step_projected": Entry(lstm.step_projected, "lstm"),
    "rnn.step_backward": Entry(rnn.step_backward, "rnn-backward"),
    "lstm.step_backward": Entry(lstm.step_backward, "lstm-backward"),
    "lstm.step_peephole_backward": Entry(lstm.step_peephole_backward, "lstm-backward"),
    "lstm.step_coupled_backward": Entry(lstm.step_coupled_backward, "lstm-backward"),
    "lstm.step_projected_backward": Entry(lstm.step_projected_backward, "lstm-backward"),
    "gru.step_backward": Entry(gru.step_backward, "gru-backward"),
    "gru.step_update_replace_backward": Entry(gru.step_update_replace_backward, "gru-backward"),
    "gru.step_reset_after_backward": Entry(gru.step_reset_after_backward, "gru-backward"),
    "gru.step_reset_after_update_replace_backward": Entry(
        gru.step_reset_after_update_replace_backward, "gru-backward"
    ),
    "joined.rnn_step": Entry(joined.rnn_step, "rnn"),
    "joined.lstm_step": Entry(joined.lstm_step, "lstm"),
    "joined.gru_step": Entry(joined.gru_step, "gru"),
    "joined.gru_step_update_replace": Entry(joined.gru_step_update_replace, "gru"),
    "layers.readout": Entry(layers.readout, "layers"),
    "layers.readout:notes": Entry(layers.readout, "layers-notes"),
    "losses.step_losses": Entry(losses.step_losses, "losses"),
    "losses.total": Entry(losses.total, "losses"),
    "losses.total:notes": Entry(losses.total, "losses-notes"),
    "numerics.sigmoid": Entry(numerics.sigmoid, "sigmoid"),
    "numerics.sigmoid:definition": Entry(
        numerics.sigmoid, "sigmoid", line=r"\sigma\left(a\right) = \frac{1}{1 + e^{-a}}"
    ),
    "numerics.softmax": Entry(numerics.softmax, "softmax"),
    "numerics.softmax:definition": Entry(numerics.softmax, "softmax", line=SOFTMAX),
    "attention.score_dot": Entry(attention.score_dot, "attention", "scores"),
    "attention.score_dot:index": Entry(attention.score_dot, "attention-index", "scores"),
    "attention.score_dot:notes": Entry(
        attention.score_dot, "attention-notes", "scores", fixed=ONE_QUERY
    ),
    "attention.score_scaled": Entry(attention.score_scaled, "attention", "scores"),
    "attention.score_scaled:index": Entry(attention.score_scaled, "attention-index", "scores"),
    "attention.score_general": Entry(attention.score_general, "attention-index", "scores"),
    "attention.score_additive": Entry(attention.score_additive, "attention-index", "scores"),
    "attention.score_concat": Entry(attention.score_concat, "attention-index", "scores"),
    "attention.score_additive:bahdanau": Entry(
        attention.score_additive, "attention-bahdanau", "scores"
    ),
    "attention.weighted_sum:notes": Entry(
        attention.weighted_sum, "attention-similarity", "y", fixed=ONE_QUERY
    ),
    "attention.attend": Entry(attention.attend, "attention"),
    "attention.attend:index": Entry(attention.attend, "attention-index"),
    "attention.attend:notes": Entry(attention.attend, "attention-notes", fixed=ONE_QUERY),
    "attention.attend:bahdanau": Entry(attention.attend, "attention-bahdanau"),
    "attention.attention": Entry(
        attention.attention, "attention-function", only=("y",), fixed={"F": "E"}
    ),
}


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
    chosen = entry(name)
    if chosen.line:
        return {name.partition(":")[2]: chosen.line}
    return chosen.equations()


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
    return f"close to it: {', '.join(near)}" if near else f"there are {', '.join(known)}"
