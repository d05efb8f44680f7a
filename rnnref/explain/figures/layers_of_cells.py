"""Two passes over one sequence, and two layers: what is made of two recurrent networks."""

from collections import namedtuple
from functools import partial

import numpy as np

from ... import examples, layers, rnn
from .. import svg
from ..flow import read_flow
from ..flow_pen import Style, cell, draw_flow, value
from ..scene import Layout, Place, Route, listed
from ..scene_check import check_wires
from ..terms import symbols
from ..trace import trace
from . import Picture, figure

STEPS = (1, 2, 3)
SCOPE = "two-ways"
FIRST, PITCH, WIDTH = 200, 190, 772
CELL = (108, 78)


def both_ways(given):
    """Read the sequence from the left and from the right, and join what was found."""
    f, g, made = given["f_0"], given["g_4"], {}
    for t in STEPS:
        f = made[f"f_{t}"] = rnn.step(given[f"x_{t}"], f, given["p"]).h
    for t in reversed(STEPS):
        g = made[f"g_{t}"] = rnn.step(given[f"x_{t}"], g, given["q"]).h
    for t in STEPS:
        made[f"y_{t}"] = np.concatenate([made[f"f_{t}"], made[f"g_{t}"]], axis=-1)
    return made


def two_layers(given):
    """Read the sequence with one layer, and its states with another."""
    f, g, made = given["f_0"], given["g_0"], {}
    for t in STEPS:
        f = made[f"f_{t}"] = rnn.step(given[f"x_{t}"], f, given["p"]).h
        g = made[f"g_{t}"] = rnn.step(f, g, given["q"]).h
    return made


def graph(network, start):
    """Return the flow of a network, read from its recorded run."""
    values = {f"x_{t}": examples.X[:, t - 1] for t in STEPS}
    values |= {"f_0": np.zeros((1, 2)), start: np.zeros((1, 2))}
    values |= {"p": examples.rnn_params(), "q": examples.rnn_params_second()}

    def record(**nodes):
        made = network(nodes)
        return namedtuple("Made", made)(**made)

    return read_flow(trace(record, values, SCOPE))


def arrays(bidirectional):
    """Return every number from `layers.stack`, which records nothing."""
    records = [examples.rnn_params(), examples.rnn_params_second()]
    lower, upper = layers.stack(examples.X, records, bidirectional=bidirectional).runs
    values = {"f_0": np.zeros(2), "g_4" if bidirectional else "g_0": np.zeros(2)}
    for t in STEPS:
        f, g = lower.y[0, t - 1], upper.y[0, t - 1]
        values |= {f"x_{t}": examples.X[0, t - 1], f"f_{t}": f, f"g_{t}": g}
        if bidirectional:
            values[f"y_{t}"] = np.concatenate([f, g])
    return values


def _columns(rows):
    """Place the three steps in columns, one row for each letter."""
    return {
        f"{letter}_{t}": Place(FIRST + PITCH * (t - 1) + shift, y, *size)
        for letter, (y, shift, size) in rows.items()
        for t in STEPS
    }


def both_layout():
    """Place the reverse pass above the forward one, moved aside so that x reaches it."""
    rows = {
        "y": (66, 0, (104, 80)),
        "g": (186, 26, CELL),
        "f": (300, -26, CELL),
        "x": (400, 0, (92, 41)),
    }
    places = _columns(rows)
    places["f_0"] = Place(52, 300, 80, 41)
    places["g_4"] = Place(WIDTH - 44, 186, 80, 41)
    at, routes = {name: place.at for name, place in places.items()}, []
    for t in STEPS:
        x, f, g, y = (places[f"{letter}_{t}"] for letter in "xfgy")
        routes += [
            Route(f"x_{t}", f"f_{t}", [x.at("n", -26), f.at("s")]),
            Route(f"x_{t}", f"g_{t}", [x.at("n", 38), g.at("s", 12)]),
            Route(f"f_{t}", f"y_{t}", [f.at("n", -12), y.at("s", -38)]),
            Route(f"g_{t}", f"y_{t}", [g.at("n"), y.at("s", 26)]),
            Route(f"f_{t - 1}", f"f_{t}", [at[f"f_{t - 1}"]("e"), f.at("w")]),
            Route(f"g_{t + 1}", f"g_{t}", [at[f"g_{t + 1}"]("w"), g.at("e")]),
        ]
    over = ("xg", "fy")
    return Layout(places, [r._replace(over=r.src[0] + r.dst[0] in over) for r in routes])


def stacked_layout():
    """Place the second layer above the first."""
    rows = {"g": (80, 0, CELL), "f": (208, 0, CELL), "x": (312, 0, (92, 41))}
    places = _columns(rows)
    places |= {"g_0": Place(52, 80, 80, 41), "f_0": Place(52, 208, 80, 41)}
    routes = []
    for t in STEPS:
        for src, dst in ((f"x_{t}", f"f_{t}"), (f"f_{t}", f"g_{t}")):
            routes.append(Route(src, dst, [places[src].at("n"), places[dst].at("s")]))
        for letter in "fg":
            src, dst = f"{letter}_{t - 1}", f"{letter}_{t}"
            routes.append(Route(src, dst, [places[src].at("e"), places[dst].at("w")]))
    return Layout(places, routes)


def _looks():
    """Say how each box is drawn."""
    looks = {"f_0": value("hidden"), "g_0": value("output"), "g_4": value("output")}
    for t in STEPS:
        looks |= {f"x_{t}": value("data"), f"y_{t}": _joined}
        looks |= {f"f_{t}": cell("tanh", "hidden"), f"g_{t}": cell("tanh", "output")}
    return looks


def _joined(box, place):
    """Draw two vectors joined: the upper half of the forward pass, the lower of the reverse."""
    (left, _), (_, top) = place.at("w"), place.at("n")
    half = place.height / 2
    marks = [svg.rect(left, top, place.width, place.height, 9, fill="paper", stroke="data")]
    for k, role in enumerate(("hidden", "output")):
        y = top + half * k
        tint = {"fill": f"{role}-soft", "stroke": "none"}
        marks.append(svg.rect(left + 36, y + 3, place.width - 40, half - 6, 5, **tint))
        for row in (0, 1):
            name, base = f"{box.name}[{2 * k + row + 1}]", y + 17 + 17 * row
            number = {"size": 14, "anchor": "end", "bold": True, "fill": role}
            right = left + place.width - 12
            marks.append(svg.number(right, base, box.value[2 * k + row], name, **number))
    return [*marks, svg.symbol(left + 9, place.y + 5, box.latex, 17, "start", "data")]


def _picture(t, key, flow, layout, values, words, size):
    roles = {name: symbol.role for name, symbol in symbols(SCOPE).items()}
    drawn = draw_flow(flow, layout, _looks(), Style(roles))
    said = {f"{letter}{t}": listed(values[f"{letter}_{t}"]) for letter in "fg" for t in STEPS}
    if "y_1" in values:
        said["y1"] = listed(values["y_1"])
    alt, title = t(f"alt_{key}", **said), t(f"fig_{key}")
    return Picture([*drawn, *words], *size, title, alt, values, partial(check_wires, graph=flow))


@figure("bidirectional")
def bidirectional(t):
    """Draw both passes; notice that the output of step 1 has seen the whole sequence."""
    flow, values = graph(both_ways, "g_4"), arrays(True)
    words = [
        svg.text(12, 262, t("fig_bidir_forth"), 14, "start", bold=True, fill="hidden"),
        svg.text(WIDTH - 4, 148, t("fig_bidir_back"), 14, "end", bold=True, fill="output"),
        svg.text(12, 71, t("fig_bidir_join"), 14, "start", bold=True, fill="data"),
    ]
    return _picture(t, "bidirectional", flow, both_layout(), values, words, (WIDTH, 430))


@figure("stacked")
def stacked(t):
    """Draw two layers; notice that the upper one never sees x itself."""
    flow, values = graph(two_layers, "g_0"), arrays(False)
    words = [
        svg.text(12, 46, t("fig_stacked_upper"), 14, "start", bold=True, fill="output"),
        svg.text(12, 174, t("fig_stacked_lower"), 14, "start", bold=True, fill="hidden"),
    ]
    return _picture(t, "stacked", flow, stacked_layout(), values, words, (640, 342))
