"""The cell figures with a learner's own numbers."""

from functools import partial

import numpy as np

from .. import gru, lstm, rnn
from . import svg
from .figures import FigureError, Picture
from .figures import gru as gru_figure
from .figures import lstm as lstm_figure
from .figures import rnn_cell as rnn_figure
from .graph import cell_graph
from .pen import draw
from .scene import alternative
from .scene_check import check
from .trace import trace

CELLS = {  # the cell, its figure, its table of symbols, the states that leave it, opened layers
    "lstm-cell": (lstm, lstm_figure, "lstm", ("c", "h"), ()),
    "gru-cell": (gru, gru_figure, "gru", ("h",), ()),
    "rnn-cell": (rnn, rnn_figure, "rnn", ("h",), ("h",)),
}
ROOM = 2  # numbers that a pill of these figures holds
WIDEST = 100  # numbers from here on do not fit into a pill


def picture(name, values, t):
    """Return the picture of a cell with one step's own numbers.

    Parameters
    ----------
    name : "lstm-cell", "gru-cell" or "rnn-cell"
    values : dict
        The arguments of the cell's step: x (1, 2), h_prev (1, 2), p, and for an LSTM c_prev (1, 2).
    t : Lookup

    Raises
    ------
    FigureError
        For values that this figure has no room for.
    ShapeError, DTypeError
        For values that do not fit each other.
    """
    if name not in CELLS:
        raise FigureError(f"{name!r} takes no values of your own; {', '.join(CELLS)} do")
    cell, drawn, scope, outputs, opened = CELLS[name]
    _check(name, values, _arguments(cell))
    cell.step(**values)  # its own words about shapes
    numbers = drawn.numbers(values)
    _check_room(name, numbers)
    graph = cell_graph(trace(cell.step, values, scope), scope, outputs, opened)
    key = name.replace("-", "_")
    marks = [
        svg.rect(0, 0, drawn.WIDTH, drawn.HEIGHT, fill="paper"),  # a notebook may be dark
        *drawn.behind(t),
        *draw(graph, drawn.layout(), drawn.words(t)),
        *drawn.beside(t),
        svg.text(drawn.WIDTH - 8, drawn.HEIGHT - 8, t("step_two_units"), 13, "end", fill="muted"),
    ]
    size, alt = (drawn.WIDTH, drawn.HEIGHT), alternative(t, f"alt_{key}", numbers, drawn.PLAIN)
    return Picture(marks, *size, t(f"fig_{key}"), alt, numbers, partial(check, graph=graph))


def _arguments(cell):
    return tuple(cell.step.shapes)


def _check(name, values, needed):
    """Refuse another set of values, and other sizes than the figure has room for."""
    if not isinstance(values, dict) or set(values) != set(needed):
        given = ", ".join(values) if isinstance(values, dict) else type(values).__name__
        raise FigureError(f"{name} needs values for {', '.join(needed)}, but got {given or 'none'}")
    for key, value in values.items():
        if key != "p" and np.shape(value) != (1, ROOM):
            raise FigureError(
                f"{name} has room for one example of {ROOM} inputs and {ROOM} hidden units, "
                f"but {key} has shape {np.shape(value)}; give arrays of shape (1, {ROOM})"
            )


def _check_room(name, numbers):
    """Refuse numbers that are wider than a pill, or none."""
    for key, array in numbers.items():
        if not (np.isfinite(array).all() and (np.abs(array) < WIDEST).all()):
            raise FigureError(
                f"{name} has room for numbers below {WIDEST}, but {key} is {array.tolist()}"
            )
