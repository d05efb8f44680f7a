"""The GRU cell with the numbers of step 2 of the running example."""

from functools import partial

from ... import examples, gru
from .. import svg
from ..graph import cell_graph
from ..pen import draw
from ..samples import entered
from ..scene import Layout, Place, Route, alternative, straight
from ..scene_check import check
from ..trace import trace
from . import Picture, figure
from .lstm import JOIN, joined, panel

WIDTH, HEIGHT = 800, 500
BELT, MIX, RESET, GATE, BUS, INPUT = 78, 172, 214, 326, 416, 466  # heights
TAP, FIRST, SECOND, THIRD, PROPOSED = 128, 206, 372, 452, 580  # columns
PLAIN = {
    "seen": "r*h_prev",
    "kept": "z*h_prev",
    "rest": "1-z",
    "written": "(1-z)*h_tilde",
}
GATES = {"r": "r", "z": "z", "h_tilde": "h"}
SIGNS = {
    **dict.fromkeys("rz", r"\sigma"),
    **dict.fromkeys(("r*h_prev", "z*h_prev", "(1-z)*h_tilde"), r"\times"),
    "h_tilde": r"\tanh",
    "1-z": "1-z_t",
    "h": "+",
}
CONTENTS = ("h_prev", "h_tilde")  # what the update gate shares out
CONVENTIONS = {"keep": gru.step, "replace": gru.step_update_replace}


def step_graph(step=gru.step, outputs=("h",), opened=()):
    """Return the graph of step 2 of the running example for one of the four forms of the GRU."""
    after = step in (gru.step_reset_after, gru.step_reset_after_update_replace)
    p = examples.gru_params_reset_after() if after else examples.gru_params()
    values = entered(examples.gru_run(), p)
    return cell_graph(trace(step, values, "gru"), "gru", outputs, opened)


def arrays():
    """Return every number of step 2 from a run that records nothing."""
    return numbers(entered(examples.gru_run(), examples.gru_params()))


def numbers(given):
    """Return every number of one step, from the plain function."""
    now = {name: value[0] for name, value in gru.step(**given)._asdict().items()}
    h_prev, z = given["h_prev"][0], now["z"]
    blend = {"z*h_prev": z * h_prev, "1-z": 1 - z, "(1-z)*h_tilde": (1 - z) * now["h_tilde"]}
    return {"x": given["x"][0], "h_prev": h_prev, **now, "r*h_prev": now["r"] * h_prev, **blend}


def layout():
    """Return where everything stands.

    One crossing is left, r*h_prev over z: with x, h_prev and h on the outside the graph holds a
    K(3,3), so no drawing is free of crossings.
    """
    places = {
        "h_prev": Place(54, BELT, 92, 44),
        "x": Place(54, INPUT, 92, 44),
        JOIN: Place(TAP, BUS, 20, 36),
        "r": Place(FIRST, GATE, 96, 60),
        "r*h_prev": Place(FIRST, RESET, 32, 32),
        "z": Place(SECOND, GATE, 96, 60),
        "z*h_prev": Place(SECOND, BELT, 32, 32),
        "1-z": Place(THIRD, MIX, 58, 30),
        "h_tilde": Place(PROPOSED, GATE, 104, 60),
        "(1-z)*h_tilde": Place(PROPOSED, MIX, 32, 32),
        "h": Place(PROPOSED, BELT, 32, 32),
        "h out": Place(753, BELT, 86, 44),
    }
    pills = {
        "r": (FIRST, 264),
        "r*h_prev": (264, RESET),
        "z": (SECOND, 256),
        "1-z": (518, MIX),
        "z*h_prev": (476, BELT),
        "h_tilde": (PROPOSED, 242),
        "(1-z)*h_tilde": (PROPOSED, 126),
    }
    return Layout(places, routes(places), pills, GATES, ("h_prev", "h out"), signs=SIGNS)


def routes(places):
    """Return the way of every wire; the figure of the way back uses the same ways."""
    at, line = {name: place.at for name, place in places.items()}, partial(straight, places)
    seen = [at["r*h_prev"]("e"), (THIRD, RESET), (THIRD, GATE), at["h_tilde"]("w")]
    return [
        line("h_prev", "z*h_prev", "e", "w"),
        Route("h_prev", JOIN, [at["h_prev"]("e"), (TAP, BELT), at[JOIN]("n")]),
        Route("h_prev", "r*h_prev", [at["h_prev"]("e"), (FIRST, BELT), at["r*h_prev"]("n")]),
        Route("x", "h_tilde", [at["x"]("e"), (PROPOSED, places["x"].y), at["h_tilde"]("s")]),
        Route("x", JOIN, [at["x"]("e"), (TAP, places["x"].y), at[JOIN]("s")]),
        *(Route(JOIN, g, [at[JOIN]("e"), (places[g].x, places[JOIN].y), at[g]("s")]) for g in "rz"),
        line("r", "r*h_prev", "n", "s"),
        Route("r*h_prev", "h_tilde", seen, over=True),
        line("z", "z*h_prev", "n", "s"),
        Route("z", "1-z", [at["z"]("n"), (SECOND, MIX), at["1-z"]("w")]),
        line("1-z", "(1-z)*h_tilde", "e", "w"),
        line("h_tilde", "(1-z)*h_tilde", "n", "s"),
        line("z*h_prev", "h", "e", "w"),
        line("(1-z)*h_tilde", "h", "n", "s"),
        line("h", "h out", "e", "w"),
    ]


def factors(graph):
    """Return what multiplies the old state and the candidate in the sum that is the new state."""
    found = {}
    for product, _ in graph.into("h"):
        gate, content = sorted((src for src, _ in graph.into(product)), key=CONTENTS.__contains__)
        found[content] = gate
    return {content: found[content] for content in CONTENTS}


@figure("gru-cell")
def gru_cell(t):
    """Draw the whole cell; notice that z and 1 - z share out one state between old and new."""
    graph = step_graph()
    marks = [
        *behind(t),
        *draw(graph, layout(), words(t)),
        *beside(t),
        *_conventions(t, 658, 130),
        svg.text(WIDTH - 4, HEIGHT - 8, t("fig_two_units"), 13, "end", fill="muted"),
    ]
    return Picture(
        marks,
        WIDTH,
        HEIGHT,
        t("fig_gru_cell"),
        alternative(t, "alt_gru_cell", values := arrays(), PLAIN),
        values,
        partial(check, graph=graph),
    )


def behind(t, height=362):
    """Return the two areas behind the cell, each with its name."""
    return [
        *panel(t, 148, 152, "fig_stage_reset", height),
        *panel(t, 312, 334, "fig_stage_blend", height),
    ]


def words(t):
    """Return the names of the layers."""
    return {"r": t("reset_gate"), "z": t("update_gate"), "h_tilde": t("candidate")}


def beside(t):
    """Return the words beside inputs and join."""
    return [
        svg.text(54, BELT - 31, t("hidden_state"), bold=True, fill="hidden"),
        svg.text(54, INPUT - 31, t("fig_input"), bold=True, fill="data"),
        *joined(t, 150, BUS + 25),
    ]


def _conventions(t, x, y):
    """Tell where z and 1 - z act under both conventions, as the two step functions have it."""
    marks = [
        svg.rect(x, y, 142, 242, 12, fill="panel"),
        svg.text(x + 12, y + 25, t("fig_two_conventions"), 13, "start", bold=True, fill="muted"),
    ]
    for k, (name, step) in enumerate(CONVENTIONS.items()):
        graph, top = step_graph(step), y + 40 + 98 * k
        marks.append(svg.rect(x + 10, top, 122, 90, 8, fill="paper", stroke="rule"))
        here = "fig_this_figure" if name == "keep" else "fig_other_form"
        marks.append(svg.text(x + 20, top + 20, t(here), 13, "start", bold=True))
        for row, (content, gate) in enumerate(factors(graph).items()):
            box, base = graph.boxes[content], top + 46 + 28 * row
            factor = graph.boxes[gate].latex or rf"\left({graph.sign(gate)}\right)"
            marks.append(svg.symbol(x + 68, base, factor, 17, "end", "output"))
            marks.append(svg.symbol(x + 80, base, r"\odot", 15))
            marks.append(svg.symbol(x + 92, base, box.latex, 17, "start", box.role))
    return marks
