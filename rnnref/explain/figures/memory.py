"""How long a cell state lasts along the belt, by the bias of the forget gate."""

from functools import cache

import numpy as np

from ... import lstm
from .. import svg
from ..charts import Chart
from ..numerals import printed, scientific
from . import Picture, figure

BIASES = (0, 1, 2, 4)
SIZE, STEPS, SEEDS = 32, 50, 20  # H = D = 32
TICKS = (0, 10, 20, 30, 40, 50)


def forget_gates(bias, seed):
    """Return f (STEPS, SIZE) of one untrained LSTM on one random sequence.

    They are those that the page's table and script draw.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, STEPS, SIZE))
    W, U = rng.uniform(-(SIZE**-0.5), SIZE**-0.5, (2, 4 * SIZE, SIZE))
    p = lstm.Params(W, U, np.zeros(4 * SIZE))
    p.b_f[:] = bias
    return lstm.forward(x, p).steps.f[0]


@cache
def kept_shares(bias):
    """Measure what is left of a cell state after 1 … STEPS steps.

    Returns
    -------
    (SEEDS, STEPS, SIZE)
        The product of the forget gates up to each step, one LSTM and one sequence per seed.
    """
    return np.array([np.cumprod(forget_gates(bias, seed), axis=0) for seed in range(SEEDS)])


@cache
def memory_curve(bias):
    """Return the geometric mean and the middle 90 % over seeds and units, from 0 steps on."""
    logs = np.log10(kept_shares(bias))
    low, high = np.quantile(logs, (0.05, 0.95), axis=(0, 2))
    return tuple(10.0 ** np.append(0, curve) for curve in (logs.mean(axis=(0, 2)), low, high))


@figure("lstm-memory")
def lstm_memory(t):
    """Draw what share of the cell state is left after k steps, by forget bias.

    Notice that a straight line down is forgetting by a constant factor: the belt decays too.
    """
    size, k = (440, 398), np.arange(STEPS + 1)
    chart = Chart(size, (52, 68, 258, 276), (0, STEPS), (1e-18, 1), log=True)
    chart.ticks(x=TICKS, y=[10.0**e for e in (0, -4, -8, -12, -16)])
    marks = [
        svg.text(8, 20, t("fig_kept_share"), 14, "start", bold=True),
        svg.text(8, 42, t("fig_typical_unit"), 14, "start", fill="muted"),
        svg.text(181, 390, t("fig_steps_later"), 14, fill="muted"),
    ]
    for bias in BIASES:
        middle, low, high = memory_curve(bias)
        chart.band(k, low, high, "forget")
        chart.line(k, middle, "forget")
        x, y = chart.at(STEPS, middle[-1])
        words = f"{t('forget_bias')} {bias}"
        marks.append(svg.circle(x, y, 4.5, fill="forget"))
        marks.append(svg.text(x + 12, y + 5, words, 14, "start", bold=True))
    return Picture(
        [*chart.marks(), *marks],
        *size,
        t("fig_lstm_memory"),
        t("alt_lstm_memory", H=SIZE, seeds=SEEDS, steps=STEPS, **_ends()),
        {"x tick": TICKS, "said": [left_at_the_end(bias) for bias in BIASES]},
    )


def left_at_the_end(bias):
    """Return the geometric mean of what is left in the end, by adding up logarithms."""
    logs = [np.log(forget_gates(bias, seed)).sum() for seed in range(SEEDS)]
    return np.exp(sum(logs) / (SEEDS * SIZE))


def _ends():
    """Write what each bias leaves: 0.34, or 3.0 × 10⁻⁸."""
    left = {bias: memory_curve(bias)[0][-1] for bias in BIASES}
    return {f"end_{b}": (printed if v >= 0.01 else scientific)(v) for b, v in left.items()}
