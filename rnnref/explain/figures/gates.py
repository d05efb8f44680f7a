"""The gates of an LSTM at work: a latch over time, and how long a cell state lasts."""

from functools import cache, partial

import numpy as np

from ... import examples, lstm
from .. import svg
from ..charts import Chart, power_of_ten
from ..document import check_numbers
from ..svg import Picture, printed
from . import figure

# ---- lstm-gates-time -----------------------------------------------------------------------------

CELL, ROW, LEFT, TOP = 13, 15, 130, 8  # size of a heat cell; where the strips begin
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
    marks += [*_events(x, y), *_time(t, len(x), y)]
    check = partial(check_numbers, values={"c": steps.c[0, -1]})
    return Picture(marks, width, y + 50, t("fig_lstm_gates_time"), _latch_alt(t, steps, x), check)


def heat(y, rows, role):
    """Draw numbers from -1 to 1 as cells, |value| 1 in full colour; one path for each shade."""
    shades = {}
    for k, row in enumerate(rows):
        for j, value in enumerate(row):
            shade = round(min(1, abs(float(value))), 2)
            shades.setdefault((value < 0, shade), []).append((LEFT + CELL * j, y + ROW * k))
    marks = [svg.rect(LEFT, y, CELL * len(rows[0]), ROW * len(rows), 3, fill="panel")]
    for (negative, shade), cells in sorted(shades.items()):
        d = "".join(f"M{x + 0.5:g} {y + 0.5:g}h{CELL - 1}v{ROW - 1}h{1 - CELL}z" for x, y in cells)
        fill = "negative" if negative else role
        marks.append(svg.mark("path", d=d, fill=fill, fill_opacity=shade) if shade else "")
    return svg.group(marks)


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
    """Number some steps, and say what pink means."""
    for step in (1, 6, 12, 18, count):
        yield svg.text(LEFT + CELL * (step - 0.5), y + 22, str(step), 14, fill="muted")
    middle = LEFT + CELL * count / 2
    yield svg.text(middle, y + 42, t("time_step"), 14, "end", fill="muted")
    yield svg.symbol(middle + 8, y + 42, "t", 17, "start", "muted")
    yield svg.rect(LEFT - 54, y + 10, CELL, ROW, 2, fill="negative")
    yield svg.text(LEFT - 10, y + 22, "< 0", 14, "end", fill="muted")


def _latch_alt(t, steps, x):
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
    words |= {"c": _row(steps.c[0, -1]), "h": _row(steps.h[0, read]), "T": len(x)}
    return t("alt_lstm_gates_time", **words)


def _list(happens):
    return ", ".join(str(j + 1) for j in np.flatnonzero(happens))


def _row(values):
    return ", ".join(printed(value) for value in values)


# ---- lstm-memory ---------------------------------------------------------------------------------

BIASES = (0, 1, 2, 4)
SIZE, STEPS, SEEDS = 32, 50, 20  # H = D = 32


@cache
def kept_shares(bias):
    """Measure what is left of a cell state after 1 … STEPS steps.

    Returns
    -------
    (SEEDS, STEPS, SIZE)
        The product of the forget gates up to each step, one LSTM and one sequence per seed.
    """
    shares = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        W, U = rng.uniform(-(SIZE**-0.5), SIZE**-0.5, (2, 4 * SIZE, SIZE))
        p = lstm.Params(W, U, np.zeros(4 * SIZE))
        p.b_f[:] = bias
        run = lstm.forward(rng.standard_normal((1, STEPS, SIZE)), p)
        shares.append(np.cumprod(run.steps.f[0], axis=0))
    return np.array(shares)


@cache
def memory_curve(bias):
    """Return the geometric mean and the middle 90 % over seeds and units, from 0 steps on."""
    logs = np.log10(kept_shares(bias))
    low, high = np.quantile(logs, (0.05, 0.95), axis=(0, 2))
    return tuple(10.0 ** np.append(0, curve) for curve in (logs.mean(axis=(0, 2)), low, high))


def half_life(bias):
    """Return the number of steps after which at most half is left."""
    return int(np.argmax(memory_curve(bias)[0] <= 0.5))


@figure("lstm-memory")
def lstm_memory(t):
    """Draw what share of the cell state is left after k steps, by forget bias.

    Notice that a straight line down is forgetting by a constant factor: the belt decays too.
    """
    size, k = (440, 404), np.arange(STEPS + 1)
    chart = Chart(size, (52, 44, 252, 300), (0, STEPS), (1e-18, 1), log=True)
    chart.ticks(x=(0, 10, 20, 30, 40, 50), y=[10.0**e for e in (0, -4, -8, -12, -16)])
    marks = [
        svg.text(8, 20, t("fig_kept_share"), 14, "start", bold=True),
        svg.text(178, 396, t("fig_steps_later"), 14, fill="muted"),
    ]
    for bias in BIASES:
        middle, low, high = memory_curve(bias)
        chart.band(k, low, high, "forget")
        chart.line(k, middle, "forget")
        x, y = chart.at(STEPS, middle[-1])
        words = t("fig_half_life", k=half_life(bias))
        marks += [
            svg.circle(x, y, 4.5, fill="forget"),
            svg.text(x + 12, y + 1, f"{t('forget_bias')} {bias}", 14, "start", bold=True),
            svg.text(x + 12, y + 19, words, 14, "start", fill="muted"),
        ]
    title = t("fig_lstm_memory")
    return Picture([*chart.marks(), *marks], *size, title, _memory_alt(t))


def _memory_alt(t):
    ends = {f"end_{bias}": scientific(memory_curve(bias)[0][-1]) for bias in BIASES}
    halves = {f"half_{bias}": half_life(bias) for bias in BIASES}
    return t("alt_lstm_memory", H=SIZE, seeds=SEEDS, steps=STEPS, **ends, **halves)


def scientific(value):
    """Write a small positive number: 0.34, or 3.0 × 10⁻⁸."""
    if value >= 0.01:
        return printed(value)
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa} × {power_of_ten(10.0 ** int(exponent))}"
