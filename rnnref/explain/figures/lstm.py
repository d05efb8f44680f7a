"""The whole LSTM cell with the numbers of step 2 of the running example."""

from functools import partial

import numpy as np

from ... import examples, lstm
from .. import svg
from ..graph import cell_graph
from ..pen import draw
from ..samples import STEP, entered
from ..scene import Layout, Place, Route, alternative, straight
from ..scene_check import check
from ..trace import trace
from . import Picture, figure

WIDTH, HEIGHT = 800, 508
BELT, MIDDLE, READING, GATE, BUS = 78, 196, 220, 326, 416  # heights
FORGET, INPUT, CANDIDATE, OUTPUT, READ = 206, 328, 456, 588, 658  # columns
PANELS = (
    (148, 116, "fig_stage_keep"),
    (274, 244, "fig_stage_write"),
    (528, 172, "fig_stage_read"),
)
GATES = {"f": "f", "i": "i", "c_tilde": "c", "o": "o"}
JOIN = "h_prev,x"
SIGNS = {
    **dict.fromkeys("fio", r"\sigma"),
    **dict.fromkeys(("c_tilde", "tanh(c)"), r"\tanh"),
    **dict.fromkeys(("f*c_prev", "i*c_tilde", "h"), r"\times"),
    "c": "+",
}
PLAIN = {"kept": "f*c_prev", "written": "i*c_tilde", "squashed": "tanh(c)"}  # names in sentences
PILLS = {  # where the value of a box is printed, on a wire that leaves it
    "f": (FORGET, MIDDLE),
    "f*c_prev": (INPUT, BELT),
    "i": (INPUT, 256),
    "c_tilde": (CANDIDATE, 256),
    "i*c_tilde": (CANDIDATE, 138),
    "o": (OUTPUT, 265),
    "tanh(c)": (READ, 171),
}


def step_graph(step=STEP):
    """Return the graph of one step of the running example, read from the code."""
    values = entered(examples.lstm_run(), examples.lstm_params(), step)
    return cell_graph(trace(lstm.step, values, "lstm"), "lstm", outputs=("c", "h"))


def arrays():
    """Return every number of step 2 from a run that records nothing."""
    return numbers(entered(examples.lstm_run(), examples.lstm_params()))


def numbers(given):
    """Return every number of one step, from the plain function."""
    now = {name: value[0] for name, value in lstm.step(**given)._asdict().items()}
    before = {name: given[name][0] for name in ("x", "h_prev", "c_prev")}
    kept, written = now["f"] * before["c_prev"], now["i"] * now["c_tilde"]
    return {**before, **now, "f*c_prev": kept, "i*c_tilde": written, "tanh(c)": np.tanh(now["c"])}


def layout():
    """Return where everything stands in the whole cell."""
    places = {
        "c_prev": Place(54, BELT, 92, 44),
        "h_prev": Place(54, BUS - 9, 92, 44),
        "x": Place(128, BUS + 68, 92, 44),
        JOIN: Place(128, BUS, 20, 36),
        "f": Place(FORGET, GATE, 96, 60),
        "i": Place(INPUT, GATE, 96, 60),
        "c_tilde": Place(CANDIDATE, GATE, 96, 60),
        "o": Place(OUTPUT, GATE, 96, 60),
        "f*c_prev": Place(FORGET, BELT, 32, 32),
        "i*c_tilde": Place(CANDIDATE, MIDDLE, 32, 32),
        "c": Place(CANDIDATE, BELT, 32, 32),
        "tanh(c)": Place(READ, 126, 56, 30),
        "h": Place(READ, READING, 32, 32),
        "c out": Place(753, BELT, 86, 44),
        "h out": Place(753, BUS - 9, 86, 44),
    }
    return Layout(places, routes(places), PILLS, GATES, ("c_prev", "c out"), signs=SIGNS)


def routes(places):
    """Return the way of every wire; the small cells of the chain use the same ways."""
    at = {name: place.at for name, place in places.items()}
    bus = places[JOIN].y
    return [
        straight(places, "h_prev", JOIN, "e", "w", places["h_prev"].y - bus),
        straight(places, "x", JOIN, "n", "s"),
        *(
            Route(JOIN, gate, [at[JOIN]("e"), (places[gate].x, bus), at[gate]("s")])
            for gate in GATES
        ),
        straight(places, "c_prev", "f*c_prev", "e", "w"),
        straight(places, "f", "f*c_prev", "n", "s"),
        straight(places, "f*c_prev", "c", "e", "w"),
        Route(
            "i",
            "i*c_tilde",
            [at["i"]("n"), (places["i"].x, places["i*c_tilde"].y), at["i*c_tilde"]("w")],
        ),
        straight(places, "c_tilde", "i*c_tilde", "n", "s"),
        straight(places, "i*c_tilde", "c", "n", "s"),
        straight(places, "c", "c out", "e", "w"),
        Route("c", "tanh(c)", [at["c"]("e"), (places["h"].x, places["c"].y), at["tanh(c)"]("n")]),
        straight(places, "tanh(c)", "h", "s", "n"),
        Route("o", "h", [at["o"]("n"), (places["o"].x, places["h"].y), at["h"]("w")]),
        Route("h", "h out", [at["h"]("s"), (places["h"].x, places["h out"].y), at["h out"]("w")]),
    ]


def cell(t, lit=None):
    """Return the marks of the whole cell, or with only the part that is lit in colour."""
    return [
        *behind(t),
        *draw(step_graph(), layout(), words(t), lit),
        *beside(t, lit),
        svg.text(WIDTH - 4, BUS + 82, t("fig_two_units"), 13, "end", fill="muted"),
    ]


def behind(t, height=362):
    """Return the three areas behind the cell, each with its name."""
    return [mark for area in PANELS for mark in panel(t, *area, height)]


def panel(t, x, width, key, height=362):
    """Return one named area behind a cell."""
    area = svg.rect(x, 10, width, height, 12, fill="panel")
    return [area, svg.text(x + 14, 34, t(key), bold=True, anchor="start", fill="muted")]


def words(t):
    """Return the names of the layers."""
    return {
        "f": t("forget_gate"),
        "i": t("input_gate"),
        "c_tilde": t("candidate"),
        "o": t("output_gate"),
    }


def beside(t, lit=None):
    """Return the words beside inputs and join."""
    marks = [
        svg.text(54, BELT - 31, t("cell_state"), bold=True, fill="cell"),
        svg.text(54, BUS - 40, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(72, BUS + 73, t("fig_input"), anchor="end", bold=True, fill="data"),
    ]
    if lit is None or any(src == "x" for src, _ in lit):
        marks += joined(t, 150, BUS + 25)
    return marks


def joined(t, x, y):
    """Name what the wire after a join carries."""
    return [
        svg.symbol(x, y, r"\left[h_{t-1},\,x_t\right]", 16, "start", "data"),
        svg.text(x + 64, y, t("fig_joined"), 13, "start", fill="muted"),
    ]


@figure("lstm-cell")
def lstm_cell(t):
    """Draw the whole cell; notice that only × and + touch the belt of the cell state."""
    return Picture(
        cell(t),
        WIDTH,
        HEIGHT,
        t("fig_lstm_cell"),
        alternative(t, "alt_lstm_cell", values := arrays(), PLAIN),
        values,
        partial(check, graph=step_graph()),
    )
