"""What a network of steps can read and write: N–N, N–1, 1–N, N–M."""

from xml.etree import ElementTree

from .. import scene, svg
from ..networks import INPUTS, NETWORKS, flow, touched
from ..scene import Layout, Place, Route
from . import FigureError, Picture, figure


def reached(wires, name):
    """Return everything that an input leads to along the wires."""
    found, ends = set(), {name}
    while ends := {dst for src, dst in wires if src in ends} - found:
        found |= ends
    return found


def check(text):
    """Compare the drawn wires with those of the code, and with what really hangs on each input."""
    root = ElementTree.fromstring(text)
    for key, network in NETWORKS.items():
        drawn = [e.get("data-wire") for e in root.iterfind(f".//*[@data-net='{key}']/*")]
        wires = {tuple(wire.split(">")) for wire in drawn if wire}
        if wrong := wires ^ {(wire.src, wire.dst) for wire in flow(network).wires}:
            verdict = ", ".join(" -> ".join(pair) for pair in sorted(wrong))
            raise FigureError(f"drawing and code of {key} differ in wires: {verdict}")
        for name in INPUTS:
            if wrong := reached(wires, name) ^ touched(network, name):
                verdict = f"{name} leads to {', '.join(sorted(wrong))} in only one of them"
                raise FigureError(f"drawing and code of {key} differ: {verdict}")


# ---- layout, from the flow alone -----------------------------------------------------------------

PITCH, DETOUR, EDGE = 54, 24, 34  # between columns; more where a wire goes back; at the rim
KINDS = {"input": "in", "tanh": "state", "divide": "out", "negative": "loss"}  # last operation
ROW = {"loss": 62, "out": 108, "state": 168, "in": 230}
BOX = {"loss": (34, 24), "out": (36, 30), "state": (40, 40), "in": (36, 30)}
ROLE = {"loss": "loss", "out": "data", "state": "hidden", "in": "data"}
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


def panel(graph, title, words, back):
    """Draw one structure; return its marks and width.

    Parameters
    ----------
    graph : Graph
    title, words : str
        Its name, and below it an example.
    back : str
        What stands at a prediction that goes back in.
    """
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
            x, y = plan.places[route.dst].x + 26, ROW["in"] + 24
            marks.append(svg.text(x, y, back, 14, "end", fill="muted"))
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
        words = (t(f"fig_{key}"), t(f"fig_{key}_example"), t("free_running"))
        parts, width = panel(graph, *words)
        marks.append(svg.group(parts, x, y, data_net=key))
        x += width + GAP
        total = max(total, x - GAP)
    marks.append(svg.group(_legend(t), x + 10, y))
    alt = t("alt_rnn_structures", **{key: _said(t, graph) for key, graph in flows.items()})
    return Picture(marks, total, 2 * HEIGHT + GAP, t("fig_rnn_structures"), alt, {}, check)


LEGEND = (
    ("x", "x", "in"),
    ("h", "h", "state"),
    ("s", "s", "state"),
    ("y", r"\hat{y}", "out"),
    ("y_0", "y_0", "in"),
    ("L", "L", "loss"),
)


def _legend(t):
    """Say what the boxes are, and that the start state is left out."""
    top = 14
    for name, latex, row in LEGEND:
        y = top + BOX[row][1] / 2
        yield value(name, latex, row, Place(22, y, *BOX[row]))
        yield svg.text(54, y + 5, t(f"fig_legend_{name}"), 14, "start")
        top += BOX[row][1] + 8
    yield svg.symbol(22, top + 18, "h_0=0", 17, fill="hidden")
    yield svg.text(54, top + 17, t("fig_not_drawn"), 14, "start")


def _said(t, graph):
    """Count what a structure reads and writes."""
    kinds = [KINDS[box.kind] for box in graph.boxes.values()]
    return t("alt_rnn_structure", **{f"n_{kind}": kinds.count(kind) for kind in ROW})
