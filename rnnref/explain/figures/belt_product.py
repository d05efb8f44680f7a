"""What the belt alone carries back, unit by unit, and what the whole cell carries back."""

import functools

import numpy as np

from ... import initialise, lstm
from .. import svg
from ..charts import Chart
from ..numerals import printed, scientific
from . import Picture, figure

SIZE, STEPS, SEED, SHOWN = 32, 60, 0, 12  # H = D = SIZE; so many units have a line
STARTS = (("fig_bias", 0), ("fig_bias", 1), ("fig_chrono", "chrono"))
LEFT, WIDE, GAP, TOP, HIGH = 50, 106, 28, 96, 230
LOWEST = 1e-18  # a product that is smaller leaves the chart
X_TICKS, Y_TICKS = (0, 30, 60), (1.0, 1e-4, 1e-8, 1e-12, 1e-16)


def model(start):
    """Return an untrained LSTM and a random sequence, once for each unit."""
    rng = np.random.default_rng(SEED)
    p = lstm.init(rng, SIZE, SIZE)
    if start == "chrono":
        p = p._replace(b=initialise.chrono(rng, lstm.GATES, SIZE, STEPS))
    else:
        p = p._replace(b=initialise.forget_bias(lstm.GATES, SIZE, float(start)))
    return p, np.repeat(rng.standard_normal((1, STEPS, SIZE)), SIZE, axis=0)


@functools.cache
def carried(start):
    """Return the products of forget gates (STEPS+1, SIZE), and the norms of the derivative.

    The k-th of both says how much of the cell state k steps before the end is left in the last one:
    along the belt for each unit, and in all, through every detour.
    """
    p, x = model(start)
    run = lstm.forward(x, p)
    f = run.steps.f[0, ::-1]
    products = np.concatenate([np.ones((1, SIZE)), np.cumprod(f, axis=0)])
    back = lstm.backward(run, dstate=lstm.State(None, np.eye(SIZE)))
    by_step = np.concatenate([back.state.c[:, None], back.flow.c], axis=1)[:, ::-1]
    return products, np.linalg.norm(np.moveaxis(by_step, 1, 0), 2, axis=(1, 2))


@figure("grad-product")
def grad_product(t):
    """Draw the products of forget gates against lag, and the norm of the whole derivative.

    Notice that the whole derivative lies above every product: detours through h add to the belt.
    """
    size, marks = (440, 380), []
    marks.append(svg.text(8, 20, t("fig_left_of_c"), 14, "start", bold=True))
    for k, (key, start) in enumerate(STARTS):
        frame = (LEFT + (WIDE + GAP) * k, TOP, WIDE, HIGH)
        chart = Chart(size, frame, (0, STEPS), (LOWEST, 10), log=True)
        _ticks(chart, k)
        _curves(chart, *carried(start))
        words = t(key, bias=start) if key == "fig_bias" else t(key)
        middle = frame[0] + WIDE / 2
        marks += [*chart.marks(), svg.text(middle, TOP - 14, words, 14, bold=True)]
    marks += _legend(t)
    marks.append(svg.text(LEFT + 1.5 * WIDE + GAP, 370, t("fig_steps_later"), 14, fill="muted"))
    alt = t("alt_grad_product", H=SIZE, T=STEPS, **_said())
    return Picture(marks, *size, t("fig_grad_product"), alt, values())


def _ticks(chart, k):
    """Write numbers below every panel, and beside the first one alone."""
    chart.ticks(x=X_TICKS, y=Y_TICKS, name=f"{k} ")
    if k:
        chart.texts = [text for text in chart.texts if "x tick" in text]


def _curves(chart, products, whole):
    lags = np.arange(0, STEPS + 1, 4)
    for unit in range(SHOWN):
        inside = products[lags, unit] >= LOWEST
        chart.line(lags[inside], products[lags[inside], unit], "forget", width=0.8)
    chart.line(lags, whole[lags], "cell", width=3)


def _legend(t):
    for x, key, role, width in ((8, "fig_belt_unit", "forget", 1), (220, "fig_whole", "cell", 3)):
        yield svg.path([(x, 42), (x + 22, 42)], stroke=role, stroke_width=width)
        yield svg.text(x + 28, 47, t(key), 14, "start", fill=role)


def values():
    """Return every number printed or said, from logarithms, and from tangents carried forward."""
    found = {"0 x tick": X_TICKS, "1 x tick": X_TICKS, "2 x tick": X_TICKS, "said": []}
    for _, start in STARTS:
        p, x = model(start)
        steps = lstm.forward(x[:1], p).steps
        belt = np.exp(np.log(steps.f[0]).sum(axis=0).max())
        found["said"] += [belt, np.linalg.norm(tangents(steps, p), 2)]
    return found


def tangents(steps, p):
    """Return the matrix of derivatives of the last cell state by the start, step by step."""
    dh, dc, c_prev = np.zeros((SIZE, SIZE)), np.eye(SIZE), np.zeros((SIZE, 1))
    for n in range(STEPS):
        f, i, g, c, o = (getattr(steps, k)[0, n][:, None] for k in ("f", "i", "c_tilde", "c", "o"))
        df, di = f * (1 - f) * (p.U_f @ dh), i * (1 - i) * (p.U_i @ dh)
        dg, do = (1 - g * g) * (p.U_c @ dh), o * (1 - o) * (p.U_o @ dh)
        dc = f * dc + df * c_prev + di * g + i * dg
        dh, c_prev = do * np.tanh(c) + o * (1 - np.tanh(c) ** 2) * dc, c
    return dc


def _said():
    """Return the largest product and the whole derivative over all steps, for each start."""
    words = {}
    for _, start in STARTS:
        products, whole = carried(start)
        words[f"belt_{start}"] = _written(products[-1].max())
        words[f"whole_{start}"] = _written(whole[-1])
    return words


def _written(value):
    return printed(value) if 0.01 <= value < 1000 else scientific(value)
