"""Three RNN cells above three LSTM cells, every cell with the numbers of its own step."""

from functools import partial

from .. import svg
from ..graph import Graph
from ..pen import ends, inside
from ..scene import Layout, Place, Route, straight
from ..scene_check import check
from . import FigureError, Picture, figure, rnn_cell
from .lstm import GATES, JOIN, SIGNS, routes, step_graph

WIDTH, HEIGHT = 800, 470
CELL, BETWEEN = 204, 47  # widths of a cell and of the place of the states between two cells
RNN_TOP, LSTM_TOP = 34, 232
STEPS = (1, 2, 3)


def dated(graph, t):
    """Return a graph with the number of its step in every symbol: h_1 for h_{t-1} at t = 2."""
    boxes = {
        name: box._replace(latex=box.latex.replace("{t-1}", str(t - 1)).replace("_t", f"_{t}"))
        for name, box in graph.boxes.items()
    }
    return Graph(boxes, graph.wires)


def _terminals(left, top, states):
    """Return the places of what enters and leaves a cell; neighbours share the states."""
    half = BETWEEN / 2
    places = {}
    for name, y in states.items():
        places[f"{name}_prev"] = Place(left - half, top + y, 32, 25)
        places[f"{name} out"] = Place(left + CELL + half, top + y, 32, 25)
    return places


def rnn_layout(left):
    """Return where everything stands in one small RNN cell."""
    top, bus = RNN_TOP, RNN_TOP + 90
    places = _terminals(left, top, {"h": 85}) | {
        "x": Place(left + 18, bus + 38, 32, 25),
        JOIN: Place(left + 18, bus, 14, 26),
        "h": Place(left + 102, top + 42, 62, 32),
    }
    at = {name: place.at for name, place in places.items()}
    out = [at["h"]("e"), (left + CELL - 20, top + 42), (left + CELL - 20, top + 85)]
    lines = [
        straight(places, "h_prev", JOIN, "e", "w", -5),
        straight(places, "x", JOIN, "n", "s"),
        Route(JOIN, "h", [at[JOIN]("e"), (left + 102, bus), at["h"]("s")]),
        Route("h", "h out", [*out, at["h out"]("w")]),
    ]
    return Layout(places, lines, gates={"h": ""}, scale=0.75, signs={"h": r"\tanh"})


def lstm_layout(left):
    """Return where everything stands in one small LSTM cell."""
    belt, low, bus = LSTM_TOP + 32, LSTM_TOP + 132, LSTM_TOP + 176
    across = dict(zip(GATES, (40, 79, 118, 155), strict=True))
    places = _terminals(left, LSTM_TOP, {"c": 32, "h": 171}) | {
        "x": Place(left + 18, bus + 38, 32, 25),
        JOIN: Place(left + 18, bus, 14, 26),
        **{gate: Place(left + x, low, 33, 30) for gate, x in across.items()},
        "f*c_prev": Place(left + 40, belt, 22, 22),
        "i*c_tilde": Place(left + 118, LSTM_TOP + 78, 22, 22),
        "c": Place(left + 118, belt, 22, 22),
        "tanh(c)": Place(left + 182, LSTM_TOP + 66, 36, 20),
        "h": Place(left + 182, LSTM_TOP + 98, 22, 22),
    }
    return Layout(places, routes(places), {}, GATES, ("c_prev", "c out"), 0.75, signs=SIGNS)


CHAINS = {
    "rnn": (partial(rnn_cell.step_graph, opened=()), rnn_layout),
    "lstm": (step_graph, lstm_layout),
}


def left_of(t):
    """Return the left edge of the cell of step t."""
    return BETWEEN + (t - 1) * (CELL + BETWEEN)


def chain(name):
    """Draw one chain: its cell once, then again for each step, and the states of every step."""
    graph_of, layout_of = CHAINS[name]
    graphs = {t: graph_of(t - 1) for t in STEPS}
    if any(graph.wires != graphs[1].wires for graph in graphs.values()):
        raise FigureError(f"the {name} does not do the same at every step")
    marks = [
        svg.group(inside(graphs[1], layout_of(left_of(1)), key=f"{name}1/"), id=f"{name}-cell")
    ]
    marks += [svg.mark("use", href=f"#{name}-cell", x=left_of(t) - left_of(1)) for t in STEPS[1:]]
    for t, graph in graphs.items():
        marks += ends(dated(graph, t), layout_of(left_of(t)), key=f"{name}{t}/")
    return marks


@figure("lstm-chain")
def lstm_chain(t):
    """Draw both chains; notice the second state and the three further layers of the LSTM."""
    marks = [
        svg.text(BETWEEN, RNN_TOP - 14, t("fig_chain_rnn"), bold=True, anchor="start"),
        svg.text(BETWEEN, LSTM_TOP - 14, t("fig_chain_lstm"), bold=True, anchor="start"),
    ]
    for k in STEPS:
        for top, height in ((RNN_TOP, 106), (LSTM_TOP, 192)):
            middle = left_of(k) + CELL / 2
            marks.append(svg.rect(left_of(k), top, CELL, height, 12, fill="panel"))
            words = t("fig_step_n", n=k)
            marks.append(svg.text(middle, top + height + 22, words, 13, fill="muted"))
    for name in CHAINS:
        marks += chain(name)
    return Picture(marks, WIDTH, HEIGHT, t("fig_lstm_chain"), t("alt_lstm_chain"), {}, _check)


def _check(text):
    """Check the first cell of each chain, of which the others are copies, against the code."""
    for name, (graph_of, _) in CHAINS.items():
        check(text, dated(graph_of(0), 1), f"{name}1/")
