"""Attention in three stages, drawn with every number of the running example."""

from ... import attention, examples
from .. import scene, svg
from ..attention_flow import qkv_graph
from ..scene import Layout, Place, Route, listed
from . import Picture, figure

FIRST, PITCH, CIRCLE = 158, 108, 28  # the first column, the next one, the size of an operation
STAGES = ((100, 128), (236, 126), (370, 188))  # top and height of the panels
SIZE = (528, 558)
CELL, LANE = (46, 18), 118  # of a strip with numbers; where the query runs to the keys


def qkv_layout():
    """Place one query, four columns of keys and values, and the sum."""
    places = {
        "q": Place(52, 171, CELL[0], 3 * CELL[1]),
        "softmax": Place(FIRST + 1.5 * PITCH, 262, 3 * PITCH + 80, 26),
        "y": Place(FIRST + 1.5 * PITCH, 498, CIRCLE, CIRCLE),
    }
    routes = []
    for n in (1, 2, 3, 4):
        x = FIRST + PITCH * (n - 1)
        places |= {
            f"k_{n}": Place(x, 58, CELL[0], 3 * CELL[1]),
            f"s_{n}": Place(x, 152, CIRCLE, CIRCLE),
            f"a_{n}": Place(x, 321, 48, 60),
            f"v_{n}": Place(x - 54, 434, CELL[0], 2 * CELL[1]),
            f"m_{n}": Place(x, 434, CIRCLE, CIRCLE),
        }
        routes += _column(places, n, x)
    return Layout(places, routes)


def _column(places, n, x):
    """Lead the wires of one place of the source."""
    k, s, a, v, m = (places[f"{letter}_{n}"] for letter in "ksavm")
    q, softmax, y = places["q"], places["softmax"], places["y"]
    shift, entry = x - softmax.x, x - 34
    hook = [q.at("e", -21), (98, q.y - 21), (98, LANE), (entry, LANE), (entry, s.y), s.at("w")]
    return [
        Route("q", f"s_{n}", hook),
        Route(f"k_{n}", f"s_{n}", [k.at("s"), s.at("n")], over=True),
        Route(f"s_{n}", "softmax", [s.at("s"), softmax.at("n", shift)]),
        Route("softmax", f"a_{n}", [softmax.at("s", shift), a.at("n")]),
        Route(f"a_{n}", f"m_{n}", [a.at("s"), m.at("n")]),
        Route(f"v_{n}", f"m_{n}", [v.at("e"), m.at("w")]),
        Route(f"m_{n}", "y", _into_sum(m, y)),
    ]


def _into_sum(m, y):
    """Lead a product to the sum: the outer ones from the sides, the inner ones from above."""
    side = -1 if m.x < y.x else 1
    if abs(m.x - y.x) > PITCH:
        return [m.at("s"), (m.x, y.y), y.at("w" if side < 0 else "e")]
    end = y.at("n", 7 * side)
    return [m.at("s"), (m.x, 458), (end[0], 458), end]


def draw(graph, plan, drawn=None, lane=LANE):
    """Draw wires and boxes; a bar is as high, and an arrow as wide, as the weight it carries.

    Parameters
    ----------
    graph : Graph
    plan : Layout
    drawn : dict of str to function (Box, Place) -> list of marks, optional
        How boxes are drawn, by their letter.
    lane : float
        The height of the line that others cross.
    """
    scene.compare(graph, plan)
    marks = []
    for route in sorted(plan.routes, key=lambda route: route.over):
        source = graph.boxes[route.src]
        name, place = source.name.partition("_")[::2]
        weight = graph.boxes[f"a_{place}"].value[0] if name in ("a", "m") else 0
        width = 1.8 + 7 * weight
        if route.over:  # a gap in the line that it crosses
            x = route.points[-2][0]
            marks.append(svg.path([(x, lane - 8), (x, lane + 8)], stroke="panel", stroke_width=9))
        said = {"data_wire": f"{route.src}>{route.dst}"}
        marks.append(svg.wire(route.points, source.role, width, 6 + width, **said))
    for name, place in plan.places.items():
        box = graph.boxes[name]
        marks.append(svg.group((drawn or DRAWN)[name.partition("_")[0]](box, place), data_box=name))
    return marks


def _vector(box, place):
    """Draw a query, key or value with its symbol."""
    left, top = place.at("w")[0], place.at("n")[1]
    beside = (place.x, top - 8) if box.name[0] == "v" else (left - 12, place.y + 5)
    return [
        svg.symbol(*beside, box.latex, 17, fill=box.role),
        svg.strip(left, top, box.value, box.name, box.role, CELL[1], numbers=True),
    ]


def in_circle(box, place, sign):
    ring = svg.circle(place.x, place.y, CIRCLE / 2, fill="paper", stroke=box.role, stroke_width=2)
    return [ring, svg.symbol(place.x, place.y + 5, sign, 17)]


def _comparison(box, place):
    """Draw a dot product with the score that it gives."""
    score = svg.pill(place.x, place.y + 42, "text", box.value, box.name)
    return [*in_circle(box, place, r"\cdot"), score]


def _softmax(box, place):
    left, top = place.at("w")[0], place.at("n")[1]
    return [
        svg.rect(left, top, place.width, place.height, 8, fill=box.role),
        svg.text(place.x, place.y + 5, "softmax", 14, fill="on"),
    ]


def _weight(box, place):
    """Draw a weight as a bar in a tile that stands for 1."""
    left, top = place.at("w")[0], place.at("n")[1]
    height, low = (place.height - 4) * box.value[0], top + place.height - 2
    return [
        svg.rect(left, top, place.width, place.height, 5, fill="paper", stroke="rule"),
        svg.rect(left + 2, low - height, place.width - 4, height, fill=f"{box.role}-soft"),
        svg.number(place.x, top + 22, box.value[0], f"{box.name}[1]", bold=True, fill=box.role),
    ]


def _product(box, place):
    return in_circle(box, place, r"\times")


def _sum(box, place):
    """Draw the sum and, below it, what comes out."""
    across = CELL[0] * len(box.value)
    left, top = place.x - across / 2, place.y + CIRCLE / 2 + 16
    return [
        *in_circle(box, place, r"\Sigma"),
        svg.wire([place.at("s"), (place.x, top)], box.role),
        svg.strip(left, top, box.value, box.name, box.role, 20, down=False, numbers=True),
        svg.symbol(left - 10, top + 15, box.latex, 18, "end", box.role),
    ]


DRAWN = {"q": _vector, "k": _vector, "v": _vector, "s": _comparison, "softmax": _softmax}
DRAWN |= {"a": _weight, "m": _product, "y": _sum}


@figure("attention-qkv")
def attention_qkv(t):
    """Draw the three stages of attention: compare, normalise, average.

    Notice that the output is mostly the value whose key fits the query best.
    """
    graph = qkv_graph()
    panels = [svg.rect(0, top, SIZE[0], height, 12, fill="panel") for top, height in STAGES]
    words = [
        svg.text(14, top + 24, t(f"fig_stage_{k}"), 15, "start", bold=True)
        for k, (top, _) in enumerate(STAGES, 1)
    ]
    words += [
        svg.text(FIRST + PITCH * i, 20, word, 15, bold=True)
        for i, word in enumerate(examples.SOURCE)
    ]
    marks = [*panels, *draw(graph, qkv_layout()), *words, *_names(t)]
    values = arrays()
    return Picture(marks, *SIZE, t("fig_attention_qkv"), _said(t, values), values)


def arrays():
    """Return every number that the figure prints, from a run that records nothing."""
    q, k, v = examples.attention_vectors()
    scores = attention.score_dot(q, k)
    attended = attention.attend(scores, v)
    values = {"q": q[0, 0], "y": attended.y[0, 0]}
    for i in range(k.shape[1]):
        values |= {f"k_{i + 1}": k[0, i], f"v_{i + 1}": v[0, i]}
        values |= {f"s_{i + 1}": scores[0, :, i], f"a_{i + 1}": attended.weights[0, :, i]}
    return values


def _names(t):
    """Name the three kinds of vectors, the word that asks, and the answer."""
    yield svg.text(14, 62, t("key"), 14, "start", fill="key")
    yield svg.text(14, 217, f"{t('query')} “{examples.QUERY}”", 14, "start", fill="query")
    yield svg.text(14, 439, t("value"), 14, "start", fill="value")
    yield svg.text(
        FIRST + 1.5 * PITCH + CELL[0] + 10, 543, t("fig_answer"), 14, "start", fill="value"
    )


def _said(t, values):
    """Say the scores, the weights and the answer."""
    places = range(1, len(examples.SOURCE) + 1)
    rows = {letter: [values[f"{letter}_{n}"][0] for n in places] for letter in "sa"}
    rows |= {name: values[name] for name in "qy"}
    words = {"query": examples.QUERY, "source": " ".join(examples.SOURCE)}
    return t("alt_attention_qkv", **{name: listed(row) for name, row in rows.items()}, **words)
