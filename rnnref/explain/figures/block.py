"""One layer of a Transformer encoder, with the norms behind the sums and before the parts."""

from functools import partial

import numpy as np

from ... import attention, example_models, transformer
from .. import svg
from ..flow_pen import Style, block, cells, draw_flow, sign
from ..graph import Box, Graph, Wire
from ..scene import Layout, Place, Route, listed
from ..scene_check import check_wires
from ..svg import FigureError
from . import Picture, figure

ORDERS = ("post", "pre")
PARTS = ("attention", "norm_1", "feed_forward", "norm_2")  # fields of the run
SIZE, SIDE = (690, 590), 350  # and where the second order begins
MIDDLE, PAST, WIDE = 164, 128, 184  # the column, how far beside it ways lead around, a part
HEIGHTS = {  # from top to bottom
    "post": {
        **{"x": 74, "attention": 146, "sum_1": 212, "norm_1": 268, "feed_forward": 372},
        **{"sum_2": 438, "norm_2": 494},
    },
    "pre": {
        **{"x": 74, "norm_1": 146, "attention": 212, "sum_1": 278, "norm_2": 372},
        **{"feed_forward": 438, "sum_2": 504},
    },
}
SHOWN = {"post": {"norm_1": 316, "norm_2": 548}, "pre": {"sum_1": 322, "sum_2": 554}}
LOOKS = {"attention": "weight", "norm_1": "cell", "norm_2": "cell", "feed_forward": "candidate"}
WORDS = {
    **{"attention": "fig_transformer_looks", "feed_forward": "fig_transformer_thinks"},
    **dict.fromkeys(("norm_1", "norm_2"), "fig_transformer_norm"),
}


def run(order):
    """Run the layer on three words."""
    x, p = example_models.words(), example_models.encoder_layer()
    return x, transformer.encoder_layer(x, p, heads=2, norm=order)


def graph(order):
    """Read from a run which value each part was given: they are found by their numbers."""
    x, made = run(order)
    known, wires = {"x": x}, []
    outputs = {part: getattr(made, part).y for part in PARTS}
    waiting = list(PARTS)
    while waiting:
        part = next((part for part in waiting if _find(_input(made, part), known)), None)
        if part is None:
            raise FigureError(f"nothing in the layer is what {', '.join(waiting)} read")
        found = _find(_input(made, part), known)
        if len(found) == 2:  # a sum, which has no record of its own
            name = f"sum_{1 + ('sum_1' in known)}"
            known[name] = sum(known[term] for term in found)
            wires += [Wire(term, name) for term in found]
            found = (name,)
        wires.append(Wire(found[0], part))
        known[part] = outputs[part]
        waiting.remove(part)
    end = _find(made.y, known)
    if len(end) == 2:
        wires += [Wire(term, "sum_2") for term in end]
        known["sum_2"] = sum(known[term] for term in end)
    boxes = {name: Box(name, name, value[0, 0], name, "hidden") for name, value in known.items()}
    return Graph(boxes, tuple(wires))


def _input(made, part):
    """Return what a part was given, from its own record."""
    record = getattr(made, part)
    if part == "attention":
        return record.q
    if part == "feed_forward":
        return record.x
    return record.x_hat * record.std + record.mean


def _find(value, known):
    """Return the name of a value, or the two names of which it is the sum; () for none."""
    for name, other in known.items():
        if np.allclose(value, other, rtol=1e-12, atol=1e-12):
            return (name,)
    names = list(known)
    for k, one in enumerate(names):
        for two in names[k + 1 :]:
            if np.allclose(value, known[one] + known[two], rtol=1e-12, atol=1e-12):
                return one, two
    return ()


def arrays():
    """Return the numbers that are printed, put together by hand from formulas and `multihead`."""
    x, p, values = example_models.words(), example_models.encoder_layer(), {}

    def norm(x, p):
        return (
            p.gamma * (x - x.mean(-1, keepdims=True)) / (x.var(-1, keepdims=True) + 1e-5) ** 0.5
            + p.beta
        )

    def looked(x):
        return attention.multihead(x, x, x, p.attention, heads=2).y

    def thought(x):
        f = p.feed_forward
        return np.maximum(x @ f.W_1.T + f.b_1, 0) @ f.W_2.T + f.b_2

    values["norm_1"] = behind = norm(x + looked(x), p.norm_1)
    values["norm_2"] = norm(behind + thought(behind), p.norm_2)
    values["sum_1"] = before = x + looked(norm(x, p.norm_1))
    values["sum_2"] = before + thought(norm(before, p.norm_2))
    shown = {f"{order} {name}": values[name] for order in ORDERS for name in SHOWN[order]}
    shown |= {f"{order} x": x for order in ORDERS}
    return {name: value[0, 0] for name, value in shown.items()}


def layout(order):
    """Place the parts from top to bottom, with a way around each."""
    places = {}
    for name, y in HEIGHTS[order].items():
        size = (WIDE + 8, 30) if name == "x" else (30, 30) if "sum" in name else (WIDE, 40)
        places[name] = Place(MIDDLE, y, *size)
    names = list(places)
    routes = [
        Route(a, b, [places[a].at("s"), places[b].at("n")])
        for a, b in zip(names, names[1:], strict=False)
    ]
    start = "norm_1" if order == "post" else "sum_1"
    return Layout(
        places, [*routes, _around(places, "x", "sum_1", "e"), _around(places, start, "sum_2", "w")]
    )


def _around(places, src, dst, side):
    """Lead a value past a part, to be added to what the part makes of it."""
    lane = MIDDLE + (PAST if side == "e" else -PAST)
    out, end = places[src].at(side), places[dst].at(side)
    return Route(src, dst, [out, (lane, out[1]), (lane, end[1]), end])


def _order(t, order, flow):
    """Draw one order, with the numbers of word 1 where the layer hands them on."""
    looks = {name: sign("+", "hidden") for name in ("sum_1", "sum_2")}
    looks |= {name: block(t(WORDS[name]), role) for name, role in LOOKS.items()}
    looks["attention"] = block(t(WORDS["attention"]), "weight", t("fig_transformer_all"))
    looks["x"] = partial(_row, order)
    marks = [
        svg.rect(0, 0, SIDE - 10, SIZE[1], 12, fill="panel"),
        svg.text(16, 28, t(f"fig_transformer_{order}"), 15, "start", bold=True),
        *draw_flow(flow, layout(order), looks, Style(ground="panel"), f"{order}/"),
    ]
    for name, y in SHOWN[order].items():
        box, place = flow.boxes[name], Place(MIDDLE, y, WIDE + 8, 30)
        if y > 500:
            start = (MIDDLE, layout(order).places[name].at("s")[1])
            marks.append(svg.wire([start, place.at("n")], "hidden"))
        marks.append(svg.group(_row(order, box, place)))
    return marks


def _row(order, box, place):
    """Draw the four numbers of word 1."""
    (left, _), (_, top) = place.at("w"), place.at("n")
    return [
        svg.rect(left, top, place.width, place.height, 8, fill="paper", stroke="hidden"),
        cells(left + 4, top + 4, box.value, f"{order} {box.name}", "hidden", (46, 22)),
    ]


@figure("transformer-block")
def transformer_block(t):
    """Draw both orders; notice the way of mere sums from input to output where norms are before."""
    flows, values = {order: graph(order) for order in ORDERS}, arrays()
    marks = [svg.group(_order(t, order, flows[order]), SIDE * k) for k, order in enumerate(ORDERS)]
    marks.append(svg.text(16, 48, t("fig_transformer_row"), 13, "start", fill="muted"))
    said = {"x": values["post x"], "post_1": values["post norm_1"], "post_y": values["post norm_2"]}
    said |= {"pre_1": values["pre sum_1"], "pre_y": values["pre sum_2"]}
    alt = t("alt_transformer_block", **{name: listed(value) for name, value in said.items()})
    return Picture(marks, *SIZE, t("fig_transformer_block"), alt, values, partial(_check, flows))


def _check(flows, text):
    """Check both drawings against the code."""
    for order, flow in flows.items():
        check_wires(text, flow, f"{order}/")
