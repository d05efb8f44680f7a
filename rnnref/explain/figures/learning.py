"""Cells that differ in how their gates start, learning to remember."""

import numpy as np

from .. import svg
from ..charts import Chart
from ..experiments import recall, result
from ..learners import curves
from ..numerals import printed
from . import Picture, figure

STEPS = np.arange(recall.EVERY, recall.STEPS + 1, recall.EVERY)
X_TICKS, Y_TICKS = (0, 100, 200), (0, 0.5, 1)
CHANCE = 1 / recall.SYMBOLS


@figure("learning")
def learning(t):
    """Draw the share of right answers while RNN, LSTM and GRU learn one memory task.

    Notice that the curves fall into two groups, and that it is no cell that divides them.
    """
    size, found = (440, 372), result("recall")
    chart = Chart(size, (44, 90, 208, 218), (0, recall.STEPS), (0, 1))
    chart.ticks(x=X_TICKS, y=Y_TICKS)
    chart.line((0, recall.STEPS), (CHANCE, CHANCE), "muted", width=1, dash="dashed")
    names = curves(t, chart, STEPS, {name: np.array(y) for name, y in found.items()})
    marks = [
        svg.text(8, 20, t("fig_right_answers"), 14, "start", bold=True),
        svg.text(
            8,
            42,
            t("fig_recall", lag=recall.LAG, symbols=recall.SYMBOLS),
            14,
            "start",
            fill="muted",
        ),
        svg.text(148, 360, t("fig_training_steps"), 14, fill="muted"),
    ]
    ends = {name: printed(y[-1]) for name, y in found.items()}
    settings = {"lag": recall.LAG, "H": recall.UNITS, "steps": recall.STEPS, "chance": CHANCE}
    alt = t("alt_learning", symbols=recall.SYMBOLS, every=recall.EVERY, **settings, **ends)
    return Picture([*chart.marks(), *names, *marks], *size, t("fig_learning"), alt, values())


def values():
    """Return every number printed or said."""
    last = [curve[-1] for curve in result("recall").values()]
    return {"x tick": X_TICKS, "y tick": Y_TICKS, "said": [*last, CHANCE]}
