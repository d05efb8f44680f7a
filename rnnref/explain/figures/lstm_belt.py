"""The belt of the LSTM: how the cell state goes forth, and a gradient back, over three steps."""

from functools import partial

import numpy as np

from ... import examples, lstm
from ...gradcheck import COMPLEX_STEP
from .. import svg
from ..scene import listed
from ..scene_check import check
from . import Picture, figure
from .lstm import HEIGHT, WIDTH, cell, step_graph
from .lstm import arrays as cell_arrays

TOP, DEPTH = HEIGHT + 8, 282  # of the panel below the cell
WRITTEN, FORTH, GATE, BACK = TOP + 66, TOP + 120, TOP + 172, TOP + 224  # heights in the panel
COLUMNS = (70, 290, 510, 730)  # of the states c_0 … c_3
TIMES, PLUS = 78, 128  # from one state to what is done to it
AMOUNT = r"i \odot \tilde{c}"  # without the step, so that one outline serves all
PUSH = 1j * COMPLEX_STEP


def drawn(graphs):
    """Return every number below the cell, read from the graphs of the three steps."""
    values = {"c0": graphs[0].boxes["c_prev"].value}
    names = {"f": "f", "w": "i*c_tilde", "c": "c"}
    for k, graph in enumerate(graphs, 1):
        values |= {f"{letter}{k}": graph.boxes[name].value for letter, name in names.items()}
    left = np.ones_like(values["c0"])
    for k in (3, 2, 1, 0):
        values[f"left{k}"] = left
        left = left * values.get(f"f{k}", 1)
    return values


def arrays():
    """Return the same numbers from a run that records nothing, and from pushing the belt.

    What is left of a gradient is measured by a complex step: c_prev is pushed, and everything that
    the step reads through h is held still.
    """
    steps, p = examples.lstm_run().steps, examples.lstm_params()
    h, c = (np.vstack([np.zeros(2), state[0]]) for state in (steps.h, steps.c))
    values, left = {"c0": c[0], "left3": np.ones(2)}, np.ones(2)
    for k in (3, 2, 1):
        f, written = steps.f[0, k - 1], steps.i[0, k - 1] * steps.c_tilde[0, k - 1]
        values |= {f"f{k}": f, f"w{k}": written, f"c{k}": c[k]}
        pushed = lstm.step(examples.X[:, k - 1] + 0j, h[None, k - 1] + 0j, c[None, k - 1] + PUSH, p)
        values[f"left{k - 1}"] = left = left * pushed.c[0].imag / COMPLEX_STEP
    return values


@figure("lstm-belt")
def lstm_belt(t):
    """Light the belt; notice that the way back has the same factors as the way forth."""
    graphs, values = [step_graph(k) for k in range(3)], arrays()
    graph = step_graph()
    lit = {("c_prev", "f*c_prev"), ("f*c_prev", "c"), ("c", "c out")}
    left = {f"g{k}": listed(values[f"left{k}"]) for k in (0, 1, 2)}
    kept = listed(cell_arrays()["f*c_prev"])
    return Picture(
        cell(t, lit) + _below(t, drawn(graphs)),
        WIDTH,
        TOP + DEPTH,
        t("fig_lstm_belt"),
        t("alt_lstm_belt", **left, kept=kept),
        cell_arrays() | values,
        partial(check, graph=graph),
    )


def _below(t, values):
    """Draw three steps of the belt: states forth above, gradients back below, f between them."""
    marks = [
        svg.rect(0, TOP, WIDTH, DEPTH, 12, fill="panel"),
        svg.text(14, TOP + 27, t("fig_belt_forth"), anchor="start", bold=True, fill="cell"),
        svg.text(
            14, TOP + DEPTH - 14, t("fig_belt_back"), anchor="start", bold=True, fill="forget"
        ),
        svg.rect(COLUMNS[0], FORTH - 12, COLUMNS[3] - COLUMNS[0], 24, fill="cell-soft"),
    ]
    marks.append(svg.group(_way(), id="way"))
    marks += [svg.mark("use", href="#way", x=x - COLUMNS[0]) for x in COLUMNS[1:3]]
    for k, x in enumerate(COLUMNS):
        marks.append(svg.pill(x, BACK, "forget", values[f"left{k}"], f"left{k}", width=66))
        marks.append(svg.pill(x, FORTH, "cell", values[f"c{k}"], f"c{k}", f"c_{k}", width=92))
    for k, x in enumerate(COLUMNS[:3], 1):
        f, w = f"f{k}", f"w{k}"
        marks.append(svg.pill(x + TIMES, GATE, "forget", values[f], f, f"f_{k}"))
        marks.append(svg.pill(x + PLUS, WRITTEN, "candidate", values[w], w, AMOUNT))
    return marks


def _way():
    """Draw what happens from one state to the next, and back: once, for all steps."""
    left, right = COLUMNS[:2]
    times, plus = left + TIMES, left + PLUS
    return [
        svg.wire([(left + 46, FORTH), (times - 13, FORTH)], "cell"),
        svg.wire([(times + 13, FORTH), (plus - 13, FORTH)], "cell"),
        svg.wire([(plus + 13, FORTH), (right - 46, FORTH)], "cell"),
        svg.wire([(plus, WRITTEN), (plus, FORTH - 13)], "candidate"),
        svg.wire([(right - 33, BACK), (times + 13, BACK)], "forget"),
        svg.wire([(times - 13, BACK), (left + 33, BACK)], "forget"),
        svg.wire([(times, GATE), (times, FORTH + 13)], "forget"),
        svg.wire([(times, GATE), (times, BACK - 13)], "forget"),
        *_operation(times, FORTH, r"\times", "cell"),
        *_operation(plus, FORTH, "+", "cell"),
        *_operation(times, BACK, r"\times", "forget"),
    ]


def _operation(x, y, sign, role):
    yield svg.circle(x, y, 13, fill="paper", stroke=role, stroke_width=2)
    yield svg.symbol(x, y + 5, sign, 16)
