"""The two places where the reset gate of a GRU may act: before or after the product with U_h."""

from functools import partial
from itertools import pairwise

from ... import gru
from .. import svg
from ..pen import draw
from ..scene import Layout, Place, Route, listed, straight
from ..scene_check import check
from . import Picture, figure
from .gru import step_graph
from .lstm import JOIN

WIDTH, ROW, GAP = 800, 264, 12
FIRST, SECOND, CANDIDATE, TAP = 250, 430, 608, 150  # columns
FORMS = {"reset_before": gru.step, "reset_after": gru.step_reset_after}
LINEAR = "h_prev@U_h+b_u"
WAYS = {
    "reset_before": ("h_prev", "r*h_prev", "h_tilde", "h_tilde out"),
    "reset_after": ("h_prev", LINEAR, f"r*({LINEAR})", "h_tilde", "h_tilde out"),
}


def graphs():
    """Return the part of each form that makes the candidate."""
    return {
        form: step_graph(step, ("h_tilde",)).upto("h_tilde out") for form, step in FORMS.items()
    }


def layout(form, top):
    """Return where everything stands; × and the product with U_h trade places."""
    main, low, below = top + 66, top + 182, top + 232
    after, way = form == "reset_after", WAYS[form]
    column, product = (SECOND, way[2]) if after else (FIRST, way[1])
    places = {
        "h_prev": Place(66, main, 92, 44),
        "x": Place(66, below, 92, 44),
        JOIN: Place(TAP, low, 20, 36),
        "r": Place(column, low, 96, 56),
        product: Place(column, main, 32, 32),
        "h_tilde": Place(CANDIDATE, main, 104, 60),
        "h_tilde out": Place(732, main, 92, 44),
    }
    pills = {"r": (column, top + 118), product: (510 if after else 330, main)}
    tags = {("x", "h_tilde"): (CANDIDATE, low)}
    if after:
        places[LINEAR] = Place(FIRST, main, 104, 40)
        pills[LINEAR] = (358, main)
    else:
        tags[product, "h_tilde"] = (SECOND, main)
    signs = {"r": r"\sigma", "h_tilde": r"\tanh", product: r"\times"}
    routes = _routes(places, way, product, main, below)
    return Layout(places, routes, pills, {"r": "r"}, tags=tags, signs=signs)


def _routes(places, way, product, main, below):
    at, line = {name: place.at for name, place in places.items()}, partial(straight, places)
    return [
        *(line(src, dst, "e", "w") for src, dst in pairwise(way)),
        Route("h_prev", JOIN, [at["h_prev"]("e"), (TAP, main), at[JOIN]("n")]),
        Route("x", "h_tilde", [at["x"]("e"), (CANDIDATE, below), at["h_tilde"]("s")]),
        Route("x", JOIN, [at["x"]("e"), (TAP, below), at[JOIN]("s")]),
        line(JOIN, "r", "e", "w"),
        line("r", product, "n", "s"),
    ]


@figure("gru-reset")
def gru_reset(t):
    """Draw the way to the candidate twice; notice that × and U_h trade places."""
    words = {"r": t("reset_gate"), "h_tilde": t("candidate")}
    parts, marks = graphs(), []
    for k, (form, graph) in enumerate(parts.items()):
        top = k * (ROW + GAP)
        marks.append(svg.rect(0, top, WIDTH, ROW, 12, fill="panel"))
        marks.append(svg.text(20, top + 27, t(form), bold=True, anchor="start"))
        marks.append(svg.text(WIDTH - 22, top + 27, t(f"fig_{form}"), 13, "end", fill="muted"))
        marks += draw(graph, layout(form, top), words, key=f"{form}/")
    seen = {form: listed(graph.boxes["h_tilde"].value) for form, graph in parts.items()}
    reset = listed(parts["reset_before"].boxes["r"].value)
    return Picture(
        marks,
        WIDTH,
        2 * ROW + GAP,
        t("fig_gru_reset"),
        t("alt_gru_reset", r=reset, **seen),
        lambda text: [check(text, graph, f"{form}/") for form, graph in parts.items()],
    )
