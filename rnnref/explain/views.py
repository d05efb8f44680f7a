"""The views of a set of equations: named symbols, live numbers, shapes, code line by line.

Names on a page, the same everywhere:

* `data-of="lstm"` marks a group (equations, code, figure) whose values belong together: the scope
  of symbols without its ending, so that `lstm-backward` belongs to `lstm`, and what is called
  `f` in two groups of one family is one quantity.
* `data-rr="c_prev"` marks a symbol, a number or a piece of code; the name is that of the recorded
  value, which is the Python name. A weight of another record than `Params` carries the record's
  name before its own (`LSTMParams.W_f`), since it is another matrix.
* Figures keep the names of `pen`: `data-box`, `data-pill`, `data-wire="src>dst"`. `figure_names`
  lists those whose names are the names of a family; in them `data-weights` of a layer names the
  weights that it multiplies by, which have no box.

A page lights what carries one name in one family: docs/assets/js/equations.js.
"""

import functools
from typing import NamedTuple

import numpy as np

from .. import attention, examples, gru, lstm, rnn
from . import catalog, samples, terms, wayback
from .marked import Line, Marked
from .numbers import PLACES, Numbers
from .shapes import shapes
from .source_rows import rows

BACKWARD = {
    "rnn.step_backward": lambda: (rnn, examples.rnn_run(), examples.rnn_params()),
    "lstm.step_backward": lambda: (lstm, examples.lstm_run(), examples.lstm_params()),
    "gru.step_backward": lambda: (gru, examples.gru_run(), examples.gru_params()),
}
STEPS = ("rnn", "lstm", "gru", "layers")  # families whose live numbers are those of one step


class ViewError(ValueError):
    """Equation, code and figure do not speak of the same values; the message is one sentence."""


class Equation(NamedTuple):
    """One equation of a view: with symbols, and with the numbers of the running example or None."""

    field: str
    line: Line
    numbers: Line | None


class View(NamedTuple):
    """What a page shows of an entry of the catalogue.

    Attributes
    ----------
    scope, family : str
    when : str
        LaTeX of the step or place that the numbers belong to; "" where there is only one.
    equations : list of Equation
    hooks : dict of str to str
        Name of a value -> what `data-rr` says.
    latex : dict of str to str
        Name of a value -> its symbol.
    shapes : list of shapes.Shape
        Empty where the function declares none.
    """

    scope: str
    family: str
    when: str
    equations: list
    hooks: dict
    latex: dict
    shapes: list

    def role(self, name):
        """Return the colour of a value; a derivative by x, called dx, has that of x."""
        symbols = terms.symbols(self.scope)
        known = [symbols[n] for n in (name, name.removeprefix("d")) if n in symbols]
        return next((symbol.role for symbol in known if symbol.role), "")


def is_hand_written(name):
    """Say whether an entry is a line that the tests prove but no code prints."""
    whole = name if name in catalog.ENTRIES else name.rpartition(".")[0]
    return whole in catalog.ENTRIES and bool(catalog.entry(whole).lines)


@functools.cache
def view(name):
    """Return the view of an entry, or of one of its fields: `lstm.step`, `lstm.step.c`.

    Raises
    ------
    CatalogError
        For an unknown name.
    TraceError
        For a computation that has no writing.
    """
    whole, fields = _split(name)
    entry, live = catalog.entry(whole), example(whole)
    traced = entry.trace(live or None)
    if missing := set(fields) - set(traced):
        raise catalog.CatalogError(f"{whole!r} has no equation {missing.pop()!r}")
    nodes = {field: traced[field] for field in fields or traced}
    found = _equations(entry, nodes, live)
    family = entry.scope.partition("-")[0]
    names = list(dict.fromkeys(one for equation in found for one in equation.line.names))
    latex = {one.name: one.latex for e in reversed(found) for one in e.line.said.values()}
    when = _when(family, nodes.values()) if live else ""
    values = entry.values()
    hooks = {one: _hook(one, values) for one in names}
    return View(entry.scope, family, when, found, hooks, latex, _shapes(entry, family, names, live))


def _split(name):
    """Return the name of an entry, and the one field that is asked for."""
    if name in catalog.ENTRIES:
        return name, []
    before, _, field = name.rpartition(".")
    return before, [field]


def _equations(entry, nodes, live):
    marked, numbers = (kind(entry.scope, entry.function) for kind in (Marked, Numbers))
    return [
        Equation(field, marked.line(node), numbers.line(node) if live else None)
        for field, node in nodes.items()
    ]


def example(name):
    """Return what an entry reads in the running example, None where it has no part in it.

    A backward step reads the gradients that reach step 2 of it, from the losses `examples.DY`. The
    notation of the note scores by the plain dot product, so its weights come from that.
    """
    values = samples.running(catalog.entry(name).function)
    if name in BACKWARD:
        return wayback.arriving(*BACKWARD[name]()) | wayback.entered_back(*BACKWARD[name]())
    if values and name.startswith("attention.") and name.endswith(":notes"):
        given = {"weights", "scores"} & set(values)
        vectors = samples.running(attention.score_dot)
        values = values | dict.fromkeys(given, attention.score_dot(**vectors))
    return values


def _when(family, nodes):
    letters = sorted({letter for node in nodes for letter in node.idx}, reverse=True)
    if letters:
        return ", ".join(f"{letter} = {PLACES[letter]}" for letter in letters)
    return f"t = {samples.STEP + 1}" if family in STEPS else ""


def _hook(name, values):
    kind = type(values.get("p")).__name__
    apart = kind not in ("NoneType", "Params") and hasattr(values["p"], name)
    return f"{kind}.{name}" if apart else name


def _shapes(entry, family, names, live):
    if not hasattr(entry.function, "shapes"):
        return []
    general = leaves(entry.trace(entry.example(np.random.default_rng(0))))
    return shapes(
        entry.function,
        family,
        {name: general[name].value for name in names},
        {name: node.value for name, node in leaves(entry.trace(live)).items()} if live else {},
    )


def leaves(traced):
    """Return every named value of a trace, arguments included: name -> Node."""
    found, seen, pending = {}, set(), list(traced.values())
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.name:
            found[node.name] = node
        pending += node.args
    return found


def beside(name, text):
    """Return the rows of source of an entry, each checked against its equations.

    Parameters
    ----------
    name : str
    text : str
        The source of its function, as a page shows it.

    Returns
    -------
    list of (list of Equation, source_rows.Row)

    Raises
    ------
    ViewError
        Where an equation shows a value that its lines do not read, or the other way round.
    """
    shown = view(name)
    by_field = {equation.field: equation for equation in shown.equations}
    found = []
    for row in rows(text, by_field, set(shown.hooks)):
        equations = [by_field[field] for field in row.fields]
        said = {name for equation in equations for name in equation.line.names}
        _agree(name, row, said)
        found.append((equations, row))
    return found


def _agree(name, row, said):
    if not row.fields:
        return
    which = f"{name}, {', '.join(row.fields)}"
    for one in sorted(said - row.reads - set(row.fields)):
        raise ViewError(f"{which}: the equation shows {one}, but its lines of code do not name it")
    for one in sorted({n.name for n in row.names} - said):
        raise ViewError(f"{which}: the code reads {one}, but the equation does not show it")
