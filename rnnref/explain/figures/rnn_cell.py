"""The plain recurrent cell with its only layer opened, at step 2 of the running example."""

from functools import partial

from ... import examples, rnn
from .. import svg
from ..graph import cell_graph
from ..pen import draw
from ..scene import Layout, Place, Route, alternative, straight
from ..scene_check import check
from ..trace import trace
from . import Picture, figure

WIDTH, HEIGHT = 800, 306
UPPER, MIDDLE, LOWER = 94, 150, 206
NAMES = {"from_x": "x@W", "from_h": "h_prev@U", "sum": "x@W+h_prev@U+b"}


def step_graph(opened=True):
    """Return the graph of step 2, with what is inside the layer."""
    h_prev = examples.rnn_run().steps.h[:, 0]
    values = {"x": examples.X[:, 1], "h_prev": h_prev, "p": examples.rnn_params()}
    return cell_graph(trace(rnn.step, values, "rnn"), "rnn", ("h",), opened)


def layout():
    """Return where everything stands."""
    places = {
        "h_prev": Place(54, UPPER, 92, 44),
        "x": Place(54, LOWER, 92, 44),
        "h_prev@U": Place(212, UPPER, 44, 34),
        "x@W": Place(212, LOWER, 44, 34),
        "x@W+h_prev@U": Place(366, MIDDLE, 32, 32),
        "b": Place(480, 244, 84, 44),
        "x@W+h_prev@U+b": Place(480, MIDDLE, 32, 32),
        "h": Place(614, MIDDLE, 60, 34),
        "h out": Place(750, MIDDLE, 92, 44),
    }
    at, line = {name: place.at for name, place in places.items()}, partial(straight, places)
    plus = "x@W+h_prev@U"
    routes = [
        line("h_prev", "h_prev@U", "e", "w"),
        line("x", "x@W", "e", "w"),
        Route("h_prev@U", plus, [at["h_prev@U"]("e"), (366, UPPER), at[plus]("n")]),
        Route("x@W", plus, [at["x@W"]("e"), (366, LOWER), at[plus]("s")]),
        line(plus, f"{plus}+b", "e", "w"),
        line("b", f"{plus}+b", "n", "s"),
        line(f"{plus}+b", "h", "e", "w"),
        line("h", "h out", "e", "w"),
    ]
    pills = {
        "h_prev@U": (300, UPPER),
        "x@W": (300, LOWER),
        plus: (421, MIDDLE),
        f"{plus}+b": (538, MIDDLE),
    }
    signs = {plus: "+", f"{plus}+b": "+", "h": r"\tanh", "x@W": "W", "h_prev@U": "U"}
    return Layout(places, routes, pills, signs=signs)


@figure("rnn-cell")
def rnn_cell(t):
    """Draw one step; notice that one sum and one tanh are the whole cell."""
    graph = step_graph()
    marks = [
        svg.rect(150, 10, 520, 284, 14, fill="panel", stroke="hidden", stroke_width=2),
        svg.text(168, 38, t("fig_layer_opened"), bold=True, anchor="start", fill="hidden"),
        *draw(graph, layout()),
        svg.text(54, UPPER - 32, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(54, LOWER + 42, t("fig_input"), bold=True, fill="data"),
        svg.text(750, MIDDLE - 32, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(536, 249, t("bias"), anchor="start", fill="muted"),
        svg.text(750, MIDDLE + 46, t("fig_to_next"), 13, fill="muted"),
    ]
    return Picture(
        marks,
        WIDTH,
        HEIGHT,
        t("fig_rnn_cell"),
        alternative(t, "alt_rnn_cell", graph, NAMES),
        partial(check, graph=graph),
    )
