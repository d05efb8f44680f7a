"""The two places where the reset gate of a GRU may act: before or after the product with U_h."""

from functools import partial
from itertools import pairwise

from ... import examples, gru
from .. import svg
from ..pen import draw
from ..scene import Layout, Place, Route, listed, straight
from ..scene_check import check
from . import Picture, figure
from .gru import step_graph
from .lstm import JOIN

WIDTH, ROW, GAP = 800, 290, 12
MAIN, INSIDE, LOW, BELOW = 92, 150, 210, 254  # heights in a row
TAP, SUM, BIAS, TANH = 150, 518, 574, 632  # columns
FORMS = {"reset_before": gru.step, "reset_after": gru.step_reset_after}
FRAME = {"reset_before": 346, "reset_after": 172}  # where the opened layer begins; it ends at RIGHT
RIGHT = 670
WAYS = {  # from the old state to the candidate
    "reset_before": ("h_prev", "r*h_prev", "r*h_prev@U_h"),
    "reset_after": ("h_prev", "h_prev@U_h", "h_prev@U_h+b_u", "r*(h_prev@U_h+b_u)"),
}
PRODUCT = {"reset_before": "r*h_prev", "reset_after": "r*(h_prev@U_h+b_u)"}
COLUMNS = {"reset_before": (238, 382), "reset_after": (206, 270, 400)}  # columns of the ways


def names(form):
    """Return the names of the sum of both products, with the bias, and of the whole way."""
    total = f"x@W_h+{WAYS[form][-1]}"
    return total, f"{total}+b_h", (*WAYS[form], total, f"{total}+b_h", "h_tilde", "h_tilde out")


def graphs():
    """Return the part of each form that makes the candidate, with the candidate's layer opened."""
    return {
        form: step_graph(step, ("h_tilde",), ("h_tilde",)).upto("h_tilde out")
        for form, step in FORMS.items()
    }


def arrays():
    """Return every number of both forms, from steps that record nothing."""
    x, h_prev = examples.X[:, 1], examples.gru_run().steps.h[:, 0]
    p, after = examples.gru_params(), examples.gru_params_reset_after()
    before = gru.step(x, h_prev, p)
    mixed = h_prev @ after.U_h.T + after.b_u
    seen = {"r*h_prev": before.r * h_prev, "r*h_prev@U_h": before.r * h_prev @ p.U_h.T}
    reset = gru.step_reset_after(x, h_prev, after)
    met = {"h_prev@U_h+b_u": mixed, "r*(h_prev@U_h+b_u)": reset.r * mixed}
    values = {}
    for form, step, more in (("reset_before", before, seen), ("reset_after", reset, met)):
        shown = {"x": x, "h_prev": h_prev, "r": step.r, "h_tilde": step.h_tilde} | more
        values |= {f"{form}/{name}": value[0] for name, value in shown.items()}
    return values


def layout(form, top):
    """Return where everything stands; × and the product with U_h trade places."""
    main, low, below = top + MAIN, top + LOW, top + BELOW
    total, biased, way = names(form)
    places = {
        "h_prev": Place(66, main, 92, 44),
        "x": Place(66, below, 92, 44),
        JOIN: Place(TAP, low, 20, 36),
        "x@W_h": Place(SUM, top + INSIDE, 44, 32),
        total: Place(SUM, main, 30, 30),
        "b_h": Place(BIAS, top + INSIDE, 42, 28),
        biased: Place(BIAS, main, 30, 30),
        "h_tilde": Place(TANH, main, 58, 32),
        "h_tilde out": Place(732, main, 92, 44),
    }
    for name, x in zip(WAYS[form][1:], COLUMNS[form], strict=True):
        places[name] = Place(x, main, 44 if name.endswith("@U_h") else 32, 32)
    column = places[PRODUCT[form]].x
    places["r"] = Place(column, low, 96, 52)
    pills = {"r": (column, top + 148)}
    if form == "reset_after":
        places["b_u"] = Place(270, top + INSIDE, 42, 28)
        pills |= {"h_prev@U_h+b_u": (336, main), PRODUCT[form]: (459, main)}
    else:
        pills |= {PRODUCT[form]: (302, main), "r*h_prev@U_h": (450, main)}
    signs = {"r": r"\sigma", PRODUCT[form]: r"\times", "h_tilde": r"\tanh", total: "+", biased: "+"}
    return Layout(places, _routes(places, form, way), pills, {"r": "r"}, signs=signs)


def _routes(places, form, way):
    at, line = {name: place.at for name, place in places.items()}, partial(straight, places)
    total, biased, _ = names(form)
    main, below = places["h_prev"].y, places["x"].y
    lines = [
        *(line(src, dst, "e", "w") for src, dst in pairwise(way)),
        Route("h_prev", JOIN, [at["h_prev"]("e"), (TAP, main), at[JOIN]("n")]),
        Route("x", "x@W_h", [at["x"]("e"), (SUM, below), at["x@W_h"]("s")]),
        Route("x", JOIN, [at["x"]("e"), (TAP, below), at[JOIN]("s")]),
        line("x@W_h", total, "n", "s"),
        line("b_h", biased, "n", "s"),
        line(JOIN, "r", "e", "w"),
        line("r", PRODUCT[form], "n", "s"),
    ]
    return [*lines, line("b_u", "h_prev@U_h+b_u", "n", "s")] if "b_u" in places else lines


@figure("gru-reset")
def gru_reset(t):
    """Draw the way to the candidate twice; notice that × and U_h trade places.

    Before, the reset gate acts on what the layer reads; after, inside the layer.
    """
    parts, values, marks = graphs(), arrays(), []
    for k, (form, graph) in enumerate(parts.items()):
        top, left = k * (ROW + GAP), FRAME[form]
        frame = {"fill": "paper", "stroke": "candidate", "stroke_width": 2}
        opened = t("fig_candidate_opened")
        marks += [
            svg.rect(0, top, WIDTH, ROW, 12, fill="panel"),
            svg.text(20, top + 27, t(form), bold=True, anchor="start"),
            svg.text(WIDTH - 22, top + 27, t(f"fig_{form}"), 13, "end", fill="muted"),
            svg.rect(left, top + 40, RIGHT - left, 136, 12, **frame),
            svg.text(left + 14, top + 61, opened, 13, "start", bold=True, fill="candidate"),
            *draw(graph, layout(form, top), {"r": t("reset_gate")}, key=f"{form}/"),
        ]
    seen = {form: listed(values[f"{form}/h_tilde"]) for form in parts}
    return Picture(
        marks,
        WIDTH,
        2 * ROW + GAP,
        t("fig_gru_reset"),
        t("alt_gru_reset", r=listed(values["reset_before/r"]), **seen),
        values,
        lambda text: [check(text, graph, f"{form}/") for form, graph in parts.items()],
    )
