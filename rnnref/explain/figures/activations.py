"""The two squashing functions, and what one gate lets through."""

import math

import numpy as np

from ... import examples
from ...gradcheck import COMPLEX_STEP
from ...numerics import sigmoid
from .. import svg
from ..charts import Chart
from ..numerals import printed
from . import Picture, figure

# A function plays no role, so both are drawn in ink, and the dashes tell them apart.
CURVES = (
    ("dashed", r"\sigma(a)", r"d\sigma/da", sigmoid, (2.1, 0.2)),
    ("", r"\tanh(a)", r"d\,\tanh/da", np.tanh, (0.75, 0.8)),
)
X_TICKS, Y_TICKS, SLOPE_TICKS = (-6, -4, -2, 0, 2, 4, 6), (-1, 0, 1), (0, 0.25, 0.5, 0.75, 1)


def slope(function, a):
    """Return the slope of a function at the points a, by the complex step."""
    return np.imag(function(a + COMPLEX_STEP * 1j)) / COMPLEX_STEP


@figure("activations")
def activations(t):
    """Draw σ and tanh above their slopes.

    Notice that both slopes die out on either side: a saturated unit passes almost no gradient.
    """
    size, a = (440, 430), np.linspace(-6, 6, 97)
    values = Chart(size, (56, 36, 368, 146), (-6, 6), (-1, 1))
    slopes = Chart(size, (56, 244, 368, 146), (-6, 6), (0, 1))
    values.ticks(y=Y_TICKS)
    slopes.ticks(x=X_TICKS, y=SLOPE_TICKS, name="slope ")
    marks = [
        svg.text(8, 20, t("fig_value"), 14, "start", bold=True),
        svg.text(8, 228, t("fig_slope"), 14, "start", bold=True),
        svg.symbol(240, 428, "a", 17, fill="muted"),
    ]
    for dash, latex, latex_slope, function, place in CURVES:
        values.line(a, function(a), "text", dash=dash)
        slopes.line(a, slope(function, a), "text", dash=dash)
        left, level = values.at(-6, function(-6.0))
        marks += [svg.symbol(left + 4, level - 9, latex, 18, "start")]
        marks += [svg.symbol(*slopes.at(*place), latex_slope, 18, "start")]
        marks += _peak(slopes, function, latex)
    alt, drawn = t("alt_activations", **_numbers()), [*values.marks(), *slopes.marks(), *marks]
    return Picture(drawn, *size, t("fig_activations"), alt, arrays())


def arrays():
    """Return every number printed or said, from the textbook's forms of both functions."""
    ends, four = 1 / (1 + np.exp([6.0, -6.0])), 1 / (1 + np.exp(-4.0))
    return {
        "x tick": X_TICKS,
        "y tick": Y_TICKS,
        "slope x tick": X_TICKS,
        "slope y tick": SLOPE_TICKS,
        "slope of \\sigma(a) at 0": 0.5 * (1 - 0.5),
        "slope of \\tanh(a) at 0": 1 / np.cosh(0.0) ** 2,
        "said": [*ends, four * (1 - four), 1 / np.cosh(4.0) ** 2],
    }


def _peak(chart, function, name):
    """Mark the steepest point, which is at 0, with its slope."""
    x, y = chart.at(0, top := slope(function, 0.0))
    below = 21 if top < 0.5 else -8
    return [
        svg.circle(x, y, 5, fill="text", stroke="paper", stroke_width=1.5),
        svg.number(x, y + below, top, f"slope of {name} at 0", size=14, bold=True),
    ]


def _numbers():
    """Return the numbers of the text alternative, as printed."""
    return {
        "sigma_low": printed(sigmoid(-6.0), ".4f"),
        "sigma_high": printed(sigmoid(6.0), ".4f"),
        "sigma_top": printed(slope(sigmoid, 0.0)),
        "tanh_top": printed(slope(np.tanh, 0.0)),
        "sigma_4": printed(slope(sigmoid, 4.0), ".4f"),
        "tanh_4": printed(slope(np.tanh, 4.0), ".4f"),
    }


OPENINGS = (("fig_gate_closed", -6.0), ("fig_gate_half", 0.0), ("fig_gate_open", 6.0))
WIDTH, ROW = 440, 118
LEFT, BLADE, RIGHT = 112, 222, 328  # where the stream begins, meets the gate and ends
DEPTH = 52  # of the whole stream; the gate lets a part of it through


@figure("gate")
def gate(t):
    """Draw one gate closed, half open and open, and the same two numbers going through.

    Notice that a closed gate still lets 0.0025 through: σ is never 0.
    """
    signal = examples.lstm_run().steps.c[0, 0]
    parts = {key: sigmoid(np.float64(a)) for key, a in OPENINGS}
    marks = [svg.text(52, 18, t("fig_signal"), 14, fill="muted")]
    marks += [svg.text(388, 18, t("fig_passes"), 14, fill="muted")]
    for k, (key, a) in enumerate(OPENINGS):
        row = _passage(t(key), a, parts[key], signal)
        marks.append(svg.group(row, y=28 + (ROW + 8) * k))
    words = {f"part_{k}": printed(part, ".4f") for k, part in enumerate(parts.values())}
    words |= {f"out_{k}": _row(part * signal) for k, part in enumerate(parts.values())}
    alt = t("alt_gate", signal=_row(signal), **words)
    return Picture(marks, WIDTH, 28 + 3 * ROW + 16, t("fig_gate"), alt, passed())


def passed():
    """Return every number of the gates: the signal, taken by hand from step 1, and each share."""
    p, x = examples.lstm_params(), examples.X[0, 0]
    i, c_tilde = 1 / (1 + np.exp(-(p.W_i @ x + p.b_i))), np.tanh(p.W_c @ x + p.b_c)
    values = {"c": i * c_tilde}  # the state before is zero
    for a in (-6, 0, 6):
        share = 1 / (1 + math.exp(-a))
        values |= {rf"\sigma({a})": share, rf"\sigma({a}) c": share * values["c"]}
    return values


def _row(values):
    return ", ".join(printed(value, ".4f") for value in values)


def _passage(word, a, part, signal):
    """Draw one gate between the signal and what is left of it."""
    middle, name = 72, rf"\sigma({a:g})"
    return [
        svg.rect(0, 0, WIDTH, ROW, 12, fill="panel"),
        svg.text(16, 27, word, 15, "start", bold=True),
        svg.symbol(BLADE - 2, 28, name.replace("-", "{-}") + "=", 19, "end"),
        svg.number(BLADE + 5, 27, part, name, ".4f", 16, "start", bold=True),
        *_stream(middle - DEPTH / 2, float(part)),
        svg.wire([(92, middle), (LEFT - 4, middle)], "cell"),
        svg.wire([(RIGHT + 4, middle), (346, middle)], "cell"),
        svg.pill(52, middle, "cell", signal, "c", fmt=".4f"),
        svg.pill(388, middle, "cell", part * signal, f"{name} c", fmt=".4f"),
    ]


def _stream(top, part):
    """Draw the stream before and behind the gate, whose blade comes down from above."""
    through, bottom = DEPTH * part, top + DEPTH
    stream, frame = {"fill": "cell-soft"}, (BLADE - 5, top - 8, 10)
    return [
        svg.rect(LEFT, top, BLADE - LEFT, DEPTH, **stream),
        svg.rect(BLADE, bottom - through, RIGHT - BLADE, through, **stream),
        svg.rect(*frame, DEPTH + 16, 4, fill="paper", stroke="dim", stroke_width=1.5),
        svg.rect(BLADE - 5, bottom - through, 10, through, **stream),
        svg.rect(*frame, DEPTH + 8 - through, 4, fill="text"),
    ]
