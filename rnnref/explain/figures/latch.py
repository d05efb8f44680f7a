"""The gates of an LSTM at work: a latch over time."""

import numpy as np

from ... import examples, lstm
from .. import svg
from ..heat import cells
from ..numerals import printed
from . import Picture, figure

CELL, ROW, LEFT, TOP = 12, 15, 126, 8  # size of a heat cell; where the strips begin
STRIPS = (
    ("f", "forget", "f_t", "forget_gate"),
    ("i", "input", "i_t", "input_gate"),
    ("c_tilde", "candidate", r"\tilde{c}_t", "candidate"),
    ("c", "cell", "c_t", "cell_state"),
    ("o", "output", "o_t", "output_gate"),
    ("h", "hidden", "h_t", "hidden_state"),
)


@figure("lstm-gates-time")
def lstm_gates_time(t):
    """Draw every gate and state of the latch over 24 steps, one row per unit.

    Notice that each unit has gates of its own, and that c stays while the inputs go on.
    """
    steps, x = examples.latch_run().steps, examples.latch_inputs()[0]
    marks, y = [], TOP
    for name, column in zip(examples.LATCH_INPUTS, x.T, strict=True):
        word = svg.text(LEFT - 10, y + 12, t(f"fig_latch_{name}"), 14, "end")
        marks += [word, heat(y, [column], "data")]
        y += ROW + 5
    for field, role, latex, key in STRIPS:
        y += 9
        marks += [
            svg.symbol(LEFT - 10, y + ROW + 4, latex, 17, "end", role),
            svg.text(LEFT - 34, y + ROW + 5, t(key), 14, "end"),
            heat(y, getattr(steps, field)[0].T, role),
        ]
        if field == "c":
            marks += _last(y, steps.c[0, -1])
        y += 2 * ROW
    width = LEFT + CELL * len(x) + 52
    marks += [*_events(x, y), *_time(t, len(x), y), *_scale(t, y + 62)]
    words = t("alt_lstm_gates_time", **_said(steps, x))
    return Picture(marks, width, y + 102, t("fig_lstm_gates_time"), words, arrays())


def arrays():
    """Return every number printed or said, from a loop over single steps."""
    p, x, read = examples.latch_params(), examples.latch_inputs(), []
    h = c = np.zeros((1, 2))
    gates = []
    for t in range(x.shape[1]):
        step = lstm.step(x[:, t], h, c, p)
        h, c = step.h, step.c
        gates += [*step.f[0], *step.i[0]]
        read += [*h[0]] if x[0, t, 3] else []
    return {"c": c[0], "said": [*gates, *read]}


def heat(y, rows, role):
    """Draw numbers from -1 to 1 as cells, in columns of time steps."""
    return cells(rows, LEFT, y, CELL, ROW, role)


def _last(y, values):
    """Print the values of the last step behind their rows."""
    x = LEFT + CELL * len(examples.latch_inputs()[0]) + 46
    for unit, value in enumerate(values):
        base = y + ROW * unit + 12.5
        yield svg.number(x, base, value, f"c[{unit + 1}]", size=14, anchor="end", fill="cell")


def _events(x, bottom):
    """Frame the steps at which something is written or read, neighbours together."""
    happens = x[:, [0, 1, 3]].any(axis=1)
    edges = np.flatnonzero(np.diff(happens, prepend=False, append=False)).reshape(-1, 2)
    for first, end in edges.tolist():
        x, width = LEFT + CELL * first - 1, CELL * (end - first) + 2
        yield svg.rect(x, TOP - 5, width, bottom - TOP + 10, 4, fill="none", stroke="muted")


def _time(t, count, y):
    """Number some steps."""
    for step in (1, 6, 12, 18, count):
        yield svg.text(LEFT + CELL * (step - 0.5), y + 22, str(step), 14, fill="muted")
    middle = LEFT + CELL * count / 2
    yield svg.text(middle, y + 42, t("time_step"), 14, "end", fill="muted")
    yield svg.symbol(middle + 8, y + 42, "t", 17, "start", "muted")


def _scale(t, y):
    """Show what the colours mean, from -1 to 1."""
    shades = np.linspace(-1, 1, 9)
    right = LEFT + CELL * len(shades)
    yield heat(y, [shades], "data")
    yield svg.text(LEFT - 8, y + 12.5, "−1", 14, "end", fill="muted")
    yield svg.text(right + 8, y + 12.5, "1", 14, "start", fill="muted")
    yield svg.text(LEFT, y + 33, t("fig_stronger"), 14, "start", fill="muted")


def _said(steps, x):
    """Say what the latch did, with its numbers."""
    written = x[:, :2].astype(bool)
    numbers = {
        "f_low": steps.f[0][written].max(),
        "f_high": steps.f[0][~written].min(),
        "i_high": steps.i[0][written].min(),
    }
    words = {name: printed(value, ".4f") for name, value in numbers.items()}
    words |= {"writes": _list(written.any(axis=1)), "reads": _list(x[:, 3])}
    read = np.flatnonzero(x[:, 3])[-1]
    return words | {"c": _row(steps.c[0, -1]), "h": _row(steps.h[0, read]), "T": len(x)}


def _list(happens):
    return ", ".join(str(j + 1) for j in np.flatnonzero(happens))


def _row(values):
    return ", ".join(printed(value) for value in values)
