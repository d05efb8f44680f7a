"""How right a numeric derivative is, against the size of its step."""

import functools

import numpy as np

from ... import examples, lstm
from .. import svg
from ..charts import Chart
from . import Picture, figure

STEPS = 10.0 ** np.arange(-15, 0.25, 0.5)
DIRECTIONS, FLOOR = 8, 1e-16
X_TICKS, Y_TICKS = (1e-15, 1e-10, 1e-5, 1.0), (1.0, 1e-4, 1e-8, 1e-12, 1e-16)


def loss(W, U, b):
    """Return the sum of all outputs of the running example's LSTM, squared."""
    return np.sum(lstm.forward(examples.X, lstm.Params(W, U, b)).y ** 2)


def forward_difference(slope, step):
    """Go one step ahead."""
    return (slope(step) - slope(0.0)) / step


def central_difference(slope, step):
    """Go one step ahead and one back."""
    return (slope(step) - slope(-step)) / (2 * step)


def complex_step(slope, step):
    """Go sideways: nothing is subtracted, so nothing cancels."""
    return np.imag(slope(1j * step)) / step


# A method is no role, so all are drawn in ink or muted, and dashes tell them apart.
METHODS = {
    "fig_forward_difference": (forward_difference, "muted", "dotted", (3e-10, 1e-2)),
    "fig_central_difference": (central_difference, "text", "dashed", (3e-14, 3e-11)),
    "fig_complex_step": (complex_step, "hidden", "", (1e-14, 5e-14)),
}


@functools.cache
def errors():
    """Return the relative error of every method at every step, over random directions."""
    p, rng = examples.lstm_params(), np.random.default_rng(0)
    run = lstm.forward(examples.X, p)
    given = lstm.backward(run, dy=2 * run.y).params
    found = {key: np.zeros(len(STEPS)) for key in METHODS}
    for _ in range(DIRECTIONS):
        d = lstm.Params(*(rng.standard_normal(w.shape) for w in (p.W, p.U, p.b)))
        true = np.sum(given.W * d.W) + np.sum(given.U * d.U) + np.sum(given.b * d.b)
        slope = functools.partial(along, p, d)
        for key, (method, *_) in METHODS.items():
            measured = np.array([method(slope, step) for step in STEPS])
            found[key] += ((measured - true) / true) ** 2 / DIRECTIONS
    return {key: np.sqrt(squares) for key, squares in found.items()}


def along(p, d, step):
    """Return the loss with all weights moved along a direction."""
    return loss(p.W + step * d.W, p.U + step * d.U, p.b + step * d.b)


@figure("grad-check")
def grad_check(t):
    """Draw the error of three numeric derivatives against the step, both logarithmic.

    Notice the V: a large step bends, a small one cancels; only the complex step has no left arm.
    """
    size, scales = (440, 384), {"log": True, "log_x": True}
    chart = Chart(size, (60, 72, 364, 252), (STEPS[0], STEPS[-1]), (FLOOR, 100), **scales)
    chart.ticks(x=X_TICKS, y=Y_TICKS)
    marks = [
        svg.text(8, 20, t("fig_check_error"), 14, "start", bold=True),
        svg.text(8, 42, t("fig_check_digits"), 14, "start", fill="muted"),
        svg.text(242, 376, t("fig_check_step"), 14, fill="muted"),
    ]
    for key, (_, role, dash, place) in METHODS.items():
        chart.line(STEPS, np.maximum(errors()[key], FLOOR), role, dash=dash)
        x, y = chart.at(*place)
        marks.append(svg.number(x, y, digits()[key], key, ".0f", 14, "end", fill=role))
        marks.append(svg.text(x + 8, y, t(key), 14, "start", bold=True, fill=role))
    alt = t("alt_grad_check", **{key: f"{value:.0f}" for key, value in digits().items()})
    return Picture([*chart.marks(), *marks], *size, t("fig_grad_check"), alt, digits())


def digits():
    """Return how many digits each method gets right at its best step."""
    return {key: -np.log10(max(np.min(e), FLOOR)) for key, e in errors().items()}
