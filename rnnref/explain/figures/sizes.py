"""What the cells are made of: how many weights, gates and states."""

import numpy as np

from ... import gru, lstm, rnn
from .. import svg
from . import Picture, figure

INPUTS, UNITS = 3, 4
SCALE, TOP, ROW, BAR = 2.5, 62, 84, 34  # pixels for a parameter, and heights
CELLS = (
    ("RNN", rnn, {"h": ("h", "hidden")}),
    ("GRU", gru, {"r": ("r", "forget"), "z": ("z", "output"), "h": (r"\tilde{h}", "candidate")}),
    (
        "LSTM",
        lstm,
        {
            "f": ("f", "forget"),
            "i": ("i", "input"),
            "c": (r"\tilde{c}", "candidate"),
            "o": ("o", "output"),
        },
    ),
)
STATES = {"RNN": ("h",), "GRU": ("h",), "LSTM": ("h", "c")}
ROLES = {"h": "hidden", "c": "cell"}


def counted(module):
    """Return the number of parameters of one layer."""
    p = module.init(np.random.default_rng(0), INPUTS, UNITS)
    return sum(array.size for array in p if array is not None)


@figure("gru-vs-lstm")
def gru_vs_lstm(t):
    """Draw the parameters of RNN, GRU and LSTM as blocks, one for each gate or candidate.

    Notice that every block has the same size: the cells differ in how many they have.
    """
    marks = [
        svg.text(0, 20, t("fig_parameters"), 14, "start", bold=True),
        svg.text(0, 42, t("fig_sizes", D=INPUTS, H=UNITS), 14, "start", fill="muted"),
        svg.text(438, 42, t("fig_states"), 14, "end", fill="muted"),
    ]
    said = {}
    for k, (name, module, blocks) in enumerate(CELLS):
        said[name] = counted(module)
        marks.append(svg.group(_row(name, said[name], blocks), y=TOP + ROW * k))
    alt = t("alt_gru_vs_lstm", D=INPUTS, H=UNITS, **said)
    return Picture(marks, 440, TOP + 3 * ROW, t("fig_gru_vs_lstm"), alt, sizes())


def sizes():
    """Return every number printed, from the sizes of the matrices."""
    block = UNITS * INPUTS + UNITS * UNITS + UNITS  # W, U and b of one gate
    values = {name: block * len(blocks) for name, _, blocks in CELLS}
    return values | {f"{name} block": [block] * len(blocks) for name, _, blocks in CELLS}


def _row(name, count, blocks):
    """Draw one cell: its name and number of parameters, its blocks, its states."""
    yield svg.text(0, 18, name, 15, "start", bold=True)
    yield svg.number(58, 18, count, name, "g", 15, "start")
    width = SCALE * count / len(blocks)
    for k, (latex, role) in enumerate(blocks.values()):
        left = (width + 3) * k
        yield svg.rect(left, 28, width, BAR, 5, fill=role)
        yield svg.symbol(left + 12, 28 + BAR / 2 + 5, latex, 18, "start", fill="on")
        place = (left + width - 10, 28 + BAR / 2 + 5, count / len(blocks))
        yield svg.number(*place, f"{name} block[{k + 1}]", "g", 14, "end", fill="on")
    for k, state in enumerate(STATES[name]):
        x = 390 + 32 * k
        rim = {"fill": "paper", "stroke": ROLES[state], "stroke_width": 2}
        yield svg.rect(x - 14, 28 + BAR / 2 - 14, 28, 28, 14, **rim)
        yield svg.symbol(x, 28 + BAR / 2 + 5, state, 17, fill=ROLES[state])
