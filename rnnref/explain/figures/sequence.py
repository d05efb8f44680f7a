"""An RNN over time: folded, and unrolled into three steps."""

from typing import Any, NamedTuple

import numpy as np

from ... import examples, layers, rnn
from .. import scene, svg
from ..flow import read_flow
from ..graph import Graph, Wire
from ..scene import Layout, Place, Route, listed
from ..trace import trace
from . import Picture, figure


class Folded(NamedTuple):
    """One step, and what is read off it."""

    h: Any
    y_hat: Any


def folded(x, h_prev, p, p_y):
    """Take one step and read the prediction."""
    h = rnn.step(x, h_prev, p).h
    return Folded(h, layers.readout(h, p_y).y_hat)


class Unrolled(NamedTuple):
    """Three steps with the same parameters."""

    h_1: Any
    y_hat_1: Any
    h_2: Any
    y_hat_2: Any
    h_3: Any
    y_hat_3: Any


def unrolled(x_1, x_2, x_3, h_0, p, p_y):
    """Take three steps and read every prediction."""
    h_1 = rnn.step(x_1, h_0, p).h
    y_hat_1 = layers.readout(h_1, p_y).y_hat
    h_2 = rnn.step(x_2, h_1, p).h
    y_hat_2 = layers.readout(h_2, p_y).y_hat
    h_3 = rnn.step(x_3, h_2, p).h
    y_hat_3 = layers.readout(h_3, p_y).y_hat
    return Unrolled(h_1, y_hat_1, h_2, y_hat_2, h_3, y_hat_3)


def graphs():
    """Return the flows of the folded and of the unrolled network of the running example."""
    params = {"p": examples.rnn_params(), "p_y": examples.readout_params()}
    steps = {f"x_{t + 1}": examples.X[:, t] for t in range(3)}
    start = np.zeros((1, 2))
    one = read_flow(trace(folded, {"x": examples.X[:, 0], "h_prev": start} | params, "sequence"))
    three = read_flow(trace(unrolled, steps | {"h_0": start} | params, "sequence"))
    # Between two steps h becomes h_prev: what the loop of the folded picture says.
    return Graph(one.boxes, (*one.wires, Wire("h", "h_prev"))), three


CELL, READ, PILL = (116, 104), (96, 122), (78, 41)  # sizes of the boxes
CHIP, INSIDE = 22, 16  # size of a matrix or bias in a layer, and how far inside the rim it stands
ROW = {"y_hat": 97, "h": 236, "x": 335}  # heights of the boxes
FOLD, START, FIRST, PITCH = 62, 226, 349, 142  # where the columns stand
SIZE = (696, 362)
HEADS = {"tanh": ("hidden", "tanh"), "divide": ("data", "softmax")}  # by the last operation


def folded_layout():
    """Place the folded network: the loop leaves the cell on the right and comes back below."""
    cell, back = Place(FOLD, ROW["h"], *CELL), Place(FOLD + 88, ROW["h"] - 4, 44, 26)
    low, high = Place(FOLD, ROW["x"], 50, PILL[1]), Place(FOLD, ROW["y_hat"], *READ)
    places = {"h": cell, "h_prev": back, "x": low, "y_hat": high}
    out, home = cell.at("e", -34), cell.at("e", 30)
    routes = [
        *_upright(places, "x", "h", "y_hat"),
        Route("h", "h_prev", [out, (back.x, out[1]), back.at("n")]),
        Route("h_prev", "h", [back.at("s"), (back.x, home[1]), home]),
    ]
    return Layout(places, routes)


def unrolled_layout():
    """Place three steps in a row."""
    places, routes, before = {"h_0": Place(START, ROW["h"], *PILL)}, [], "h_0"
    for t in (1, 2, 3):
        x, h, y, column = f"x_{t}", f"h_{t}", f"y_hat_{t}", FIRST + PITCH * (t - 1)
        places[x] = Place(column, ROW["x"], *PILL)
        places[h] = Place(column, ROW["h"], *CELL)
        places[y] = Place(column, ROW["y_hat"], *READ)
        routes += _upright(places, x, h, y)
        routes.append(Route(before, h, [places[before].at("e"), places[h].at("w")]))
        before = h
    return Layout(places, routes)


def _upright(places, *names):
    """Return the wires from the lowest box of a column to the highest."""
    pairs = zip(names, names[1:], strict=False)
    return [Route(a, b, [places[a].at("n"), places[b].at("s")]) for a, b in pairs]


def draw(graph, layout, values=True):
    """Draw wires, boxes, and in each box the matrices of the wires that end there.

    Parameters
    ----------
    graph : Graph
    layout : Layout
    values : bool, optional
        Whether the boxes print their numbers.

    Raises
    ------
    FigureError
        If the layout has a box or wire that the graph has not, or the other way round.
    """
    scene.compare(graph, layout)
    weights = {(wire.src, wire.dst): wire.weight for wire in graph.wires}
    wires, tags = [], []
    for route in layout.routes:
        role = "hidden" if route.src.startswith("h") else "data"
        wires.append(svg.wire(route.points, role, data_wire=f"{route.src}>{route.dst}"))
        if weight := weights[route.src, route.dst]:
            tags.append(tag(*_beyond(*route.points[-2:]), weight))
    boxes = [_box(graph.boxes[name], place, values) for name, place in layout.places.items()]
    return [*wires, *boxes, *tags]


def _beyond(start, end):
    """Return the place inside a box that a level or upright line would reach if it went on."""
    return tuple(e + INSIDE * ((e > s) - (e < s)) for s, e in zip(start, end, strict=True))


def tag(x, y, latex):
    """Show a matrix or bias inside its layer; the same letters are the same numbers."""
    width = CHIP + 4 if "_" in latex else CHIP
    frame = svg.rect(x - width / 2, y - CHIP / 2, width, CHIP, 5, fill="paper", stroke="muted")
    return svg.group([frame, svg.symbol(x, y + 5, latex, 16)], data_weight=latex)


def _box(box, place, values):
    """Draw one value: an input as a pill, a computed one in what computes it."""
    left, top = place.at("w")[0], place.at("n")[1]
    role, head = HEADS.get(box.kind, ("hidden" if box.name.startswith("h") else "data", ""))
    if head:
        marks = [
            svg.rect(left, top, place.width, place.height, 10, fill=role),
            svg.text(left + 8, top + 20, head, 14, "start", fill="on"),
            tag(left + place.width - 17, top + INSIDE, box.bias),
            # Beside the chip of the wire that comes from the left.
            _value(box, place.x + (14 if values and role == "hidden" else 0), place, role, values),
        ]
    else:
        marks = [_value(box, place.x, place, role, values)]
    return svg.group(marks, data_box=box.name)


def _value(box, x, place, role, values):
    if values:
        return svg.pill(x, place.y, role, box.value, box.name, box.latex, width=PILL[0])
    paint = {"fill": "paper", "stroke": role, "stroke_width": 1.5}
    height = min(PILL[1], place.height)
    frame = svg.rect(x - 24, place.y - height / 2, 48, height, 9, **paint)
    return frame + svg.symbol(x, place.y + 5, box.latex, 17, fill=role)


@figure("rnn-unrolled")
def rnn_unrolled(t):
    """Draw the folded network and three of its steps with all numbers.

    Notice that the steps differ in their numbers only: the letters on the wires are the same.
    """
    one, three = graphs()
    left, wide = FIRST - CELL[0] / 2, 2 * PITCH + CELL[0]
    marks = [
        svg.text(FOLD, 20, t("fig_folded"), 15, bold=True),
        svg.text(left, 20, t("fig_unrolled"), 15, "start", bold=True),
        svg.text(left + wide, 20, t("fig_same_weights"), 14, "end", fill="muted"),
        *draw(one, folded_layout(), values=False),
        *draw(three, unrolled_layout()),
    ]
    values = arrays()
    said = ("；" if t.lang == "zh" else "; ").join(_said(t, values, k) for k in (1, 2, 3))
    alt = t("alt_rnn_unrolled", steps=said)
    return Picture(marks, *SIZE, t("fig_rnn_unrolled"), alt, values)


def arrays():
    """Return every number that the figure prints, from a run that records nothing."""
    h = examples.rnn_run().steps.h
    y_hat = layers.readout(h[0], examples.readout_params()).y_hat
    values = {"h_0": np.zeros(2)}
    for t in range(3):
        values |= {
            f"x_{t + 1}": examples.X[0, t],
            f"h_{t + 1}": h[0, t],
            f"y_hat_{t + 1}": y_hat[t],
        }
    return values


def _said(t, values, k):
    """Say the numbers of one step."""
    x, h, y = (listed(values[f"{name}_{k}"]) for name in ("x", "h", "y_hat"))
    return t("alt_rnn_unrolled_step", t=k, x=x, h=h, y=y)
