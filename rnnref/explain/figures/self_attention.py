"""Self-attention: the words of one sentence look at each other, drawn for the first of them."""

from typing import Any, NamedTuple

import numpy as np

from ... import attention, example_models
from .. import svg
from ..attention_flow import written_out
from ..flow_pen import cells, chip, roomy
from ..scene import Layout, Place, Route, listed
from ..trace import trace
from . import Picture, figure
from .attention import CELL, CIRCLE, draw
from .attention import DRAWN as ATTENTION

FIRST, PITCH, ASIDE = 200, 138, 50  # the first column, the next one, the way past a column
ASKS, LANE = 52, 234  # where the query stands, and where it runs to the keys
STAGES = (
    (216, 112, "fig_self_stage_1"),
    (338, 118, "fig_self_stage_2"),
    (466, 194, "fig_self_stage_3"),
)
SIZE = (570, 666)
LETTER = {"x": "x", "q": "q", "k": "k", "v": "v", "scores": "s", "weights": "a", "y": "y"}
ROLE = {"x": "data", "q": "query", "k": "key", "v": "value", "s": "text", "softmax": "weight"}
ROLE |= {"a": "weight", "m": "value", "y": "value"}


class Looked(NamedTuple):
    """What one word computes."""

    q: Any
    k: Any
    v: Any
    scores: Any
    weights: Any
    y: Any


def look(x_asks, x, W_q, W_k, W_v):
    """Project every word, compare the query of one word with all keys, average all values."""
    q, k, v = x_asks @ W_q.T, x @ W_k.T, x @ W_v.T
    scores = attention.score_scaled(q, k)
    attended = attention.attend(scores, v)
    return Looked(q, k, v, scores, attended.weights, attended.y)


def given():
    """Return the words, the first one once more as the one that asks, and the matrices."""
    x, projections = example_models.words(), example_models.self_attention_params()
    named = dict(zip(("W_q", "W_k", "W_v"), projections, strict=True))
    return {"x_asks": x[:, :1], "x": x} | named


def graph():
    """Return the flow of word 1 with a box for each word; the word that asks is x_1."""
    made = trace(look, given(), "self-look")
    return written_out(made, LETTER | {"x_asks": "x_1"}, ROLE)


def arrays():
    """Return every number from one call of `attention`, which records nothing."""
    x, (W_q, W_k, W_v) = example_models.words(), example_models.self_attention_params()
    q, k, v = (np.einsum("bti,oi->bto", x, W) for W in (W_q, W_k, W_v))
    run = attention.attention(q, k, v, score="scaled")
    values = {"q": q[0, 0], "y": run.y[0, 0]}
    for i in range(x.shape[1]):
        n = i + 1
        values |= {f"x_{n}": x[0, i], f"k_{n}": k[0, i], f"v_{n}": v[0, i]}
        values |= {f"s_{n}": [q[0, 0] @ k[0, i] / 2**0.5], f"a_{n}": run.weights[0, 0, i:n]}
    return values


def layout():
    """Place three columns; the query stands on the left, the values below."""
    middle = FIRST + PITCH
    places = {
        "q": Place(ASKS, 174, CELL[0], 2 * CELL[1]),
        "softmax": Place(middle, 364, 2 * PITCH + 68, 26),
        "y": Place(middle, 578, CIRCLE, CIRCLE),
    }
    for n in (1, 2, 3):
        x = FIRST + PITCH * (n - 1)
        places |= {
            f"x_{n}": Place(x, 72, CELL[0], 4 * CELL[1]),
            f"k_{n}": Place(x, 174, CELL[0], 2 * CELL[1]),
            f"s_{n}": Place(x, 266, CIRCLE, CIRCLE),
            f"a_{n}": Place(x, 418, 48, 60),
            f"v_{n}": Place(x + ASIDE + 6, 520, CELL[0], 2 * CELL[1]),
            f"m_{n}": Place(x, 520, CIRCLE, CIRCLE),
        }
    return Layout(places, _routes(places))


def _routes(places):
    q, asks, softmax, y = (places[name] for name in ("q", "x_1", "softmax", "y"))
    routes = [Route("x_1", "q", [asks.at("w"), (q.x, asks.y), q.at("n")])]
    for n in (1, 2, 3):
        x, k, s, a, v, m = (places[f"{letter}_{n}"] for letter in "xksavm")
        shift, rim = s.x - softmax.x, s.x - 36
        sums = {1: [m.at("s"), (m.x, y.y), y.at("w")], 2: [m.at("s"), y.at("n")]}
        sums[3] = [m.at("s"), (m.x, y.y), y.at("e")]
        hook = [q.at("s"), (q.x, LANE), (rim, LANE), (rim, s.y), s.at("w")]
        routes += [
            Route(f"x_{n}", f"k_{n}", [x.at("s"), k.at("n")]),
            Route(f"x_{n}", f"v_{n}", [x.at("e"), (v.x, x.y), v.at("n")], over=n < 3),
            Route("q", f"s_{n}", hook),
            Route(f"k_{n}", f"s_{n}", [k.at("s"), s.at("n")], over=True),
            Route(f"s_{n}", "softmax", [s.at("s"), softmax.at("n", shift)]),
            Route("softmax", f"a_{n}", [softmax.at("s", shift), a.at("n")]),
            Route(f"a_{n}", f"m_{n}", [a.at("s"), m.at("n")]),
            Route(f"v_{n}", f"m_{n}", [v.at("w"), m.at("e")]),
            Route(f"m_{n}", "y", sums[n]),
        ]
    return routes


def _vector(box, place):
    """Draw a word, query, key or value with its symbol beside it."""
    left, top = place.at("w")[0], place.at("n")[1]
    latex = "q_1" if box.name == "q" else box.latex
    if box.name[0] == "v":
        beside = (place.x, place.at("s")[1] + 16)
    else:
        beside = (left - 12, place.y + (18 if box.name == "x_1" else 5))
    return [
        svg.symbol(*beside, latex, 17, fill=box.role),
        svg.rect(left, top, place.width, place.height, 4, fill="paper"),
        cells(left, top, box.value, box.name, box.role, CELL, down=True),
    ]


def _sum(box, place):
    """Draw the sum and, beside it, the new vector of the word."""
    frame = {"fill": "paper", "stroke": box.role, "stroke_width": 2}
    ring = svg.circle(place.x, place.y, CIRCLE / 2, **frame)
    out = svg.wire([place.at("s"), (place.x, place.y + 30)], box.role)
    new = roomy(place.x, place.y + 51, box.role, box.value, "y", "y_1")
    return [ring, svg.symbol(place.x, place.y + 5, r"\Sigma", 17), out, new]


DRAWN = ATTENTION | dict.fromkeys("xqkv", _vector) | {"y": _sum}


@figure("self-attention")
def self_attention(t):
    """Draw what word 1 does; notice that it looks at itself too."""
    values, marks = arrays(), []
    for top, height, key in STAGES:
        marks.append(svg.rect(0, top, SIZE[0], height, 12, fill="panel"))
        marks.append(svg.text(14, top + height - 12, t(key), 14, "start", bold=True))
    marks += draw(graph(), layout(), DRAWN, LANE)
    for n in (1, 2, 3):
        x = FIRST + PITCH * (n - 1)
        marks.append(svg.text(x, 28, t("fig_self_word", n=n), 14, bold=True))
        marks.append(chip(x, 128, "W_k"))
        marks.append(chip(x + ASIDE + 6, 128, "W_v"))
    marks += [
        chip(ASKS, 128, "W_q"),
        svg.text(14, 58, t("fig_self_asks"), 14, "start", fill="query"),
    ]
    return Picture(marks, *SIZE, t("fig_self_attention"), _said(t, values), values)


def _said(t, values):
    """Say query, scores, weights and the new vector."""
    rows = {letter: [values[f"{letter}_{n}"][0] for n in (1, 2, 3)] for letter in "sa"}
    rows |= {name: values[name] for name in "qy"}
    return t("alt_self_attention", **{name: listed(row) for name, row in rows.items()})
