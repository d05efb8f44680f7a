"""Multi-head attention: two heads side by side, joined, and one more matrix."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ... import attention, example_models
from .. import svg
from ..flow import one_box, read_flow
from ..flow_pen import GRID, Style, by_rows, chip, draw_flow, grid
from ..scene import Layout, Place, Route, listed
from ..scene_check import check_wires
from ..trace import trace
from . import Picture, figure

LEFT, RIGHT, MIDDLE = 138, 422, 280
ROW = {"x": 78, "weights": 220, "head": 342, "joined": 462, "y": 592}
SIZE = (560, 644)
HIGH = 3 * GRID[1] + 28  # of three rows with a symbol


class Heads(NamedTuple):
    """What two heads compute."""

    weights_1: Any
    head_1: Any
    weights_2: Any
    head_2: Any
    joined: Any
    y: Any


def two_heads(x_asks, x, W_q1, W_k1, W_v1, W_q2, W_k2, W_v2, W_o):
    """Let two heads attend, put their results side by side, and mix them."""
    one = attention.attend(attention.score_scaled(x_asks @ W_q1.T, x @ W_k1.T), x @ W_v1.T)
    two = attention.attend(attention.score_scaled(x_asks @ W_q2.T, x @ W_k2.T), x @ W_v2.T)
    joined = np.concatenate([one.y, two.y], axis=-1)
    return Heads(one.weights, one.y, two.weights, two.y, joined, joined @ W_o.T)


def graph():
    """Return the flow of both heads, read from their recorded run."""
    p, blocks = example_models.two_heads(), (slice(0, 2), slice(2, 4))
    x = example_models.words()
    given = {"x_asks": x, "x": x, "W_o": p.W_o}
    for m, rows in enumerate(blocks, 1):
        given |= {f"W_{name}{m}": getattr(p, f"W_{name}")[rows] for name in "qkv"}
    return one_box(read_flow(trace(two_heads, given, "heads")), "x_asks", "x")


def arrays():
    """Return every number from `attention.multihead`, which records nothing."""
    x = example_models.words()
    run = attention.multihead(x, x, x, example_models.two_heads(), heads=2)
    named = {"x": x[0], "joined": run.joined[0], "y": run.y[0]}
    for m in (1, 2):
        named[f"weights_{m}"] = run.weights[0, m - 1]
        named[f"head_{m}"] = run.joined[0, :, 2 * m - 2 : 2 * m]
    return {
        key: row for name, matrix in named.items() for key, row in by_rows(name, matrix).items()
    }


def layout():
    """Place the heads side by side between input and output."""
    wide, three, two = 4 * GRID[0] + 12, 3 * GRID[0] + 12, 2 * GRID[0] + 12
    places = {
        "x": Place(MIDDLE, ROW["x"], wide, HIGH),
        "joined": Place(MIDDLE, ROW["joined"], wide, HIGH),
        "y": Place(MIDDLE, ROW["y"], wide, HIGH),
    }
    routes = [Route("joined", "y", [places["joined"].at("s"), places["y"].at("n")])]
    for m, x, side, out in ((1, LEFT, "w", -1), (2, RIGHT, "e", 1)):
        places[f"weights_{m}"] = look = Place(x, ROW["weights"], three, HIGH)
        places[f"head_{m}"] = head = Place(x, ROW["head"], two, HIGH)
        rim = x + out * 98
        start, low = places["x"].at(side, -12), places["x"].at(side, 24)
        way = [start, (rim, start[1]), (rim, head.y), head.at(side)]
        end = places["joined"].at(side)
        routes += [
            Route("x", f"weights_{m}", [low, (x, low[1]), look.at("n")]),
            Route("x", f"head_{m}", way),
            Route(f"weights_{m}", f"head_{m}", [look.at("s"), head.at("n")]),
            Route(f"head_{m}", "joined", [head.at("s"), (x, end[1]), end]),
        ]
    return Layout(places, routes)


@figure("multi-head")
def multi_head(t):
    """Draw both heads; notice that they look at different places."""
    flow, values = graph(), arrays()
    head = {1: "query", 2: "candidate"}
    looks = {"x": grid("data", "X"), "joined": grid("data", "H"), "y": grid("value", "Y")}
    for m, role in head.items():
        looks |= {
            f"weights_{m}": grid(role, f"A^{{({m})}}"),
            f"head_{m}": grid(role, f"H^{{({m})}}"),
        }
    roles = {"x": "data", "joined": "data", "y": "value"}
    roles |= {f"{name}_{m}": role for m, role in head.items() for name in ("weights", "head")}
    marks = []
    for m, x in ((1, LEFT), (2, RIGHT)):
        marks.append(svg.rect(x - 134, 136, 268, 264, 12, fill="panel"))
        name = t("fig_multi_head_n", n=m)
        marks.append(svg.text(x - 88, 158, name, 14, "start", bold=True, fill=head[m]))
    marks += draw_flow(flow, layout(), looks, Style(roles))
    marks += _chips()
    marks += [
        svg.text(MIDDLE, 18, t("fig_multi_x"), 14, bold=True),
        svg.text(MIDDLE + 108, ROW["joined"] + 42, t("fig_multi_join"), 13, "start", fill="muted"),
        svg.text(
            MIDDLE + 108, ROW["y"] + 5, t("fig_multi_out"), 14, "start", bold=True, fill="value"
        ),
        chip(MIDDLE, (ROW["joined"] + ROW["y"]) / 2, "W_o"),
    ]
    title, alt = t("fig_multi_head"), _said(t, values)
    return Picture(marks, *SIZE, title, alt, values, partial(check_wires, graph=flow))


def _chips():
    """Show on the way into each head which matrices make queries, keys and values."""
    for m, x, out in ((1, LEFT, -1), (2, RIGHT, 1)):
        yield chip(x, 128, rf"W_q^{{({m})}},\,W_k^{{({m})}}")
        yield chip(x + out * 98, ROW["head"] - 54, f"W_v^{{({m})}}")


def _said(t, values):
    """Say the weights of both heads."""
    rows = {m: [listed(values[f"weights_{m} {k}"]) for k in (1, 2, 3)] for m in (1, 2)}
    return t("alt_multi_head", **{f"a{m}": ", ".join(found) for m, found in rows.items()})
