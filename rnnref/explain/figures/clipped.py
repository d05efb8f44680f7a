"""Gradient clipping in a training that explodes without it."""

import numpy as np

from .. import svg
from ..charts import Chart
from ..experiments import clipping, result
from ..numerals import printed
from . import Picture, figure

X_TICKS, Y_TICKS = (1, 20, 40, 60, 80), (0.1, 1, 10, 100, 1000)
# Of each curve: its word, and where the word stands in the data.
NAMES = (
    ("fig_clip_before", (56, 7), "loss"),
    ("fig_clip_after", (44, 0.13), "text"),
    ("fig_clip_never", (34, 300), "muted"),
)


@figure("grad-clip")
def grad_clip(t):
    """Draw the norm of the gradient in two trainings that differ in clipping alone.

    Notice that clipping does not keep the gradient from growing: it keeps the step from growing.
    """
    size, (before, free) = (440, 356), measured()
    chart = Chart(size, (52, 72, 372, 224), (1, clipping.STEPS), (0.1, 1000), log=True)
    chart.ticks(x=X_TICKS, y=Y_TICKS)
    steps = np.arange(1, clipping.STEPS + 1)
    chart.line(steps[: len(free)], free, "muted", width=2, dash="dotted")
    chart.line(steps, before, "loss", width=1.5)
    chart.line(steps, np.minimum(before, clipping.LIMIT), "text", width=2)
    words = [
        svg.text(8, 20, t("fig_clip_norm"), 14, "start", bold=True),
        svg.text(8, 42, t("fig_clip_task"), 14, "start", fill="muted"),
        svg.text(238, 348, t("fig_training_steps"), 14, fill="muted"),
    ]
    for key, place, role in NAMES:
        words.append(svg.text(*chart.at(*place), t(key), 14, "start", bold=True, fill=role))
    alt = t("alt_grad_clip", **_said())
    return Picture([*chart.marks(), *words], *size, t("fig_grad_clip"), alt, values())


def measured():
    """Return the norms with clipping, and those without for as long as they are in the chart."""
    found = result("clipping")
    free = np.array(found["free"]["norm"])
    return np.array(found["clipped"]["norm"]), free[: np.argmax(free > Y_TICKS[-1])]


def losses():
    """Return the mean loss of the first ten steps and of the last twenty, with clipping."""
    loss = result("clipping")["clipped"]["loss"]
    return np.mean(loss[:10]), np.mean(loss[-20:])


def values():
    """Return every number printed or said."""
    norms = result("clipping")["clipped"]["norm"]
    return {"x tick": X_TICKS, "y tick": Y_TICKS, "said": [*losses(), max(norms), clipping.GAIN]}


def _said():
    found = result("clipping")
    norms = np.array(found["clipped"]["norm"])
    first, last = map(printed, losses())
    return {
        "limit": f"{clipping.LIMIT:g}",
        "above": int(np.sum(norms > clipping.LIMIT)),
        "steps": len(norms),
        "largest": printed(norms.max()),
        "gone": len(found["free"]["norm"]),
        "gain": clipping.GAIN,
        "first": first,
        "last": last,
    }
