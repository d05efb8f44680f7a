"""The plain recurrent cell with its only layer opened, at step 2 of the running example."""

from functools import partial

from ... import examples, rnn
from .. import svg
from ..graph import cell_graph
from ..pen import draw
from ..samples import STEP, entered
from ..scene import Layout, Place, Route, alternative, straight
from ..scene_check import check
from ..trace import trace
from . import Picture, figure

WIDTH, HEIGHT = 800, 306
UPPER, MIDDLE, LOWER = 94, 150, 206
PLUS = "x@W+h_prev@U"
PILLS = {
    "h_prev@U": (300, UPPER),
    "x@W": (300, LOWER),
    PLUS: (421, MIDDLE),
    f"{PLUS}+b": (538, MIDDLE),
}
SIGNS = {PLUS: "+", f"{PLUS}+b": "+", "h": r"\tanh", "x@W": "W", "h_prev@U": "U"}
PLAIN = {"from_x": "x@W", "from_h": "h_prev@U", "sum": f"{PLUS}+b"}


def step_graph(step=STEP, opened=("h",)):
    """Return the graph of one step, with what is inside the layer."""
    values = entered(examples.rnn_run(), examples.rnn_params(), step)
    return cell_graph(trace(rnn.step, values, "rnn"), "rnn", ("h",), opened)


def arrays():
    """Return every number of step 2 from a run that records nothing."""
    return numbers(entered(examples.rnn_run(), examples.rnn_params()))


def numbers(given):
    """Return every number of one step, from the plain function."""
    p, x, h_prev = given["p"], given["x"][0], given["h_prev"][0]
    from_x, from_h = p.W @ x, p.U @ h_prev
    total = {PLUS: from_x + from_h, f"{PLUS}+b": from_x + from_h + p.b}
    return {
        "x": x,
        "h_prev": h_prev,
        "b": p.b,
        "x@W": from_x,
        "h_prev@U": from_h,
        "h": rnn.step(**given).h[0],
    } | total


def layout():
    """Return where everything stands."""
    places = {
        "h_prev": Place(54, UPPER, 92, 44),
        "x": Place(54, LOWER, 92, 44),
        "h_prev@U": Place(212, UPPER, 44, 34),
        "x@W": Place(212, LOWER, 44, 34),
        PLUS: Place(366, MIDDLE, 32, 32),
        "b": Place(480, 244, 84, 44),
        f"{PLUS}+b": Place(480, MIDDLE, 32, 32),
        "h": Place(614, MIDDLE, 60, 34),
        "h out": Place(750, MIDDLE, 92, 44),
    }
    at, line = {name: place.at for name, place in places.items()}, partial(straight, places)
    routes = [
        line("h_prev", "h_prev@U", "e", "w"),
        line("x", "x@W", "e", "w"),
        Route("h_prev@U", PLUS, [at["h_prev@U"]("e"), (366, UPPER), at[PLUS]("n")]),
        Route("x@W", PLUS, [at["x@W"]("e"), (366, LOWER), at[PLUS]("s")]),
        line(PLUS, f"{PLUS}+b", "e", "w"),
        line("b", f"{PLUS}+b", "n", "s"),
        line(f"{PLUS}+b", "h", "e", "w"),
        line("h", "h out", "e", "w"),
    ]
    return Layout(places, routes, PILLS, signs=SIGNS)


def behind(t):
    """Return the frame of the opened layer, with its name."""
    return [
        svg.rect(150, 10, 520, 284, 14, fill="panel", stroke="hidden", stroke_width=2),
        svg.text(168, 38, t("fig_layer_opened"), bold=True, anchor="start", fill="hidden"),
    ]


def words(t):
    """Return no names: the only layer is opened."""
    return {}


def beside(t):
    """Return the words beside inputs, bias and output."""
    return [
        svg.text(54, UPPER - 32, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(54, LOWER + 42, t("fig_input"), bold=True, fill="data"),
        svg.text(750, MIDDLE - 32, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(536, 249, t("bias"), anchor="start", fill="muted"),
    ]


@figure("rnn-cell")
def rnn_cell(t):
    """Draw one step; notice that one sum and one tanh are the whole cell."""
    graph = step_graph()
    marks = [
        *behind(t),
        *draw(graph, layout()),
        *beside(t),
        svg.text(750, MIDDLE + 46, t("fig_to_next"), 13, fill="muted"),
    ]
    return Picture(
        marks,
        WIDTH,
        HEIGHT,
        t("fig_rnn_cell"),
        alternative(t, "alt_rnn_cell", values := arrays(), PLAIN),
        values,
        partial(check, graph=graph),
    )
