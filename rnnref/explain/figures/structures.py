"""What a network of steps can read and write: N to N, N to 1, 1 to N, N to M."""

from collections import namedtuple

import numpy as np

from ... import examples, layers, losses, rnn
from .. import scene, svg
from ..flow import read_flow
from ..scene import Layout, Place, Route
from ..svg import Picture
from ..trace import trace
from . import figure

# ---- the four networks: `given` holds inputs, targets and parameters by name ---------------------


def many_to_many(given):
    """Predict at every step."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
        made |= predict(t, h, given)
    return made


def many_to_one(given):
    """Predict once, from the last state."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
    return made | predict(1, h, given)


def one_to_many(given):
    """Read the one input at every step, and predict at every step."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given["x_1"], h, given["p"]).h
        made |= predict(t, h, given)
    return made


def encoder_decoder(given):
    """Read everything into one state, then predict; the decoder reads its own last prediction."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
    y_hat = given["y_0"]
    for t in (1, 2):
        h = made[f"s_{t}"] = rnn.step(y_hat, h, given["p_decoder"]).h
        made |= predict(t, h, given)
        y_hat = made[f"y_hat_{t}"]
    return made


def predict(t, h, given):
    """Return the prediction from a state, and its loss."""
    y_hat = layers.readout(h, given["p_y"]).y_hat
    return {f"y_hat_{t}": y_hat, f"L_{t}": losses.step_losses(y_hat, given[f"target_{t}"])}


NETWORKS = {"nn": many_to_many, "n1": many_to_one, "1n": one_to_many, "nm": encoder_decoder}
LEFT_OUT = ("h_0", "target_1", "target_2", "target_3")  # the zero start state; the right answers


def flow(network):
    """Run a network on recording values and return its flow."""
    p, p_y = examples.rnn_params(), examples.readout_params()
    two = layers.Readout(p_y.W_y[:2], p_y.b_y[:2])  # two classes: a prediction can be an input
    given = {f"x_{t + 1}": examples.X[:, t] for t in range(3)}
    given |= {f"target_{t}": np.array([[1.0, 0.0]]) for t in (1, 2, 3)}
    given |= {"h_0": np.zeros((1, 2)), "y_0": np.array([[0.0, 1.0]])}

    def record(**nodes):
        made = network(nodes)
        return namedtuple("Made", made)(**made)

    return read_flow(
        trace(record, given | {"p": p, "p_decoder": p, "p_y": two}, "sequence"), LEFT_OUT
    )


# ---- layout, from the flow alone -----------------------------------------------------------------

PITCH, DETOUR, EDGE = 54, 24, 34  # between columns; more where a wire goes back; at the rim
KINDS = {"input": "in", "tanh": "state", "divide": "out", "negative": "loss"}  # last operation
ROW = {"loss": 62, "out": 108, "state": 168, "in": 230}
BOX = {"loss": (34, 24), "out": (36, 30), "state": (40, 40), "in": (36, 30)}
ROLE = {"loss": "negative", "out": "data", "state": "hidden", "in": "data"}
HEIGHT, GAP = 292, 8


def layout(graph):
    """Place a flow: a column for each state, its input below, its prediction and loss above."""
    row = {name: KINDS[box.kind] for name, box in graph.boxes.items()}
    states = [name for name in graph.boxes if row[name] == "state"]
    column = {name: k for k, name in enumerate(states)}
    for wire in graph.wires:
        if wire.src in column:
            column.setdefault(wire.dst, column[wire.src])
        else:  # an input stands below its first reader
            column[wire.src] = column[wire.dst]
    back = {
        column[wire.src]
        for wire in graph.wires
        if row[wire.src] == "out" != row[wire.dst] != "loss"
    }
    left = [EDGE + PITCH * k + DETOUR * sum(b < k for b in back) for k in range(len(states))]
    places = {name: Place(left[column[name]], ROW[kind], *BOX[kind]) for name, kind in row.items()}
    return Layout(places, [_route(places, wire) for wire in graph.wires])


def _route(places, wire):
    """Lead a wire up, along the states, or around to a state further right."""
    src, dst = places[wire.src], places[wire.dst]
    if src.x == dst.x:
        points = [src.at("n"), dst.at("s")]
    elif src.y == dst.y:
        points = [src.at("e"), dst.at("w")]
    elif src.y > dst.y:  # an input that several states read
        points = [src.at("e"), (dst.x, src.y), dst.at("s")]
    else:  # a prediction that goes back in
        aside, low = src.x + 34, ROW["in"]
        points = [src.at("e"), (aside, src.y), (aside, low), (dst.x, low), dst.at("s")]
    return Route(wire.src, wire.dst, points, over=src.y < dst.y)


def panel(graph, title, words):
    """Draw one structure with a title and an example; return its marks and width."""
    plan = layout(graph)
    scene.compare(graph, plan)
    width = max(place.x for place in plan.places.values()) + EDGE
    marks = [
        svg.rect(0, 0, width, HEIGHT, 12, fill="panel"),
        svg.text(width / 2, 26, title, 15, bold=True),
        svg.text(width / 2, HEIGHT - 14, words, 14, fill="muted"),
    ]
    for route in sorted(plan.routes, key=lambda route: route.over):
        if route.over:  # a gap in the line that it crosses
            marks.append(svg.path(route.points, stroke="panel", stroke_width=9))
        role = ROLE[KINDS[graph.boxes[route.src].kind]]
        marks.append(svg.wire(route.points, role, data_wire=f"{route.src}>{route.dst}"))
    for name, box in graph.boxes.items():
        marks.append(value(name, box.latex, KINDS[box.kind], plan.places[name]))
    return marks, width


def shapes():
    """Define the boxes once, to be used at every place."""
    for row, (width, height) in BOX.items():
        paint = {"fill": ROLE[row] if row in ("state", "loss") else "paper"}
        paint |= {"stroke": ROLE[row], "stroke_width": 1.5}
        yield svg.rect(0, 0, width, height, 9, id=row, **paint)
    paint = {"fill": "hidden-soft", "stroke": "hidden", "stroke_width": 1.5}
    yield svg.rect(0, 0, *BOX["state"], 9, id="decoder", **paint)


def value(name, latex, row, place):
    """Draw one value; the states of a decoder, s, are paler: they have weights of their own."""
    shape = "decoder" if name.startswith("s") else row
    ink = {"state": "on", "loss": "on", "decoder": "text"}.get(shape, ROLE[row])
    left, top = place.at("w")[0], place.at("n")[1]
    box = svg.mark("use", href=f"#{shape}", x=left, y=top)
    return svg.group([box, svg.symbol(place.x, place.y + 5, latex, 17, fill=ink)], data_box=name)


@figure("rnn-structures")
def rnn_structures(t):
    """Draw four networks made of one step, laid out from what they compute.

    Notice where the losses sit: wherever there is a prediction, and nowhere else.
    """
    flows = {key: flow(network) for key, network in NETWORKS.items()}
    marks, x, y, total = [svg.mark("defs", *shapes())], 0, 0, 0
    for key, graph in flows.items():
        if key == "nm":
            x, y = 0, HEIGHT + GAP
        parts, width = panel(graph, t(f"fig_{key}"), t(f"fig_{key}_example"))
        marks.append(svg.group(parts, x, y, data_net=key))
        x += width + GAP
        total = max(total, x - GAP)
    marks.append(svg.group(_legend(t), x + 10, y))
    alt = t("alt_rnn_structures", **{key: _said(t, graph) for key, graph in flows.items()})
    return Picture(marks, total, 2 * HEIGHT + GAP, t("fig_rnn_structures"), alt)


LEGEND = (("x", "x", "in"), ("h", "h", "state"), ("s", "s", "state"), ("y", r"\hat{y}", "out"))


def _legend(t):
    """Say what the boxes are."""
    for k, (name, latex, row) in enumerate((*LEGEND, ("L", "L", "loss"))):
        y = 56 + 48 * k
        yield value(name, latex, row, Place(20, y, *BOX[row]))
        yield svg.text(50, y + 5, t(f"fig_legend_{name}"), 14, "start")


def _said(t, graph):
    """Count what a structure reads and writes."""
    kinds = [KINDS[box.kind] for box in graph.boxes.values()]
    return t("alt_rnn_structure", **{f"n_{kind}": kinds.count(kind) for kind in ROW})
