"""The LSTM cell stage by stage: one part in colour, and below it what happens in each unit."""

from functools import partial

from ..bars import Bar, columns
from ..bars import height as bars_height
from ..pen import ENDS
from ..scene import alternative
from ..scene_check import check
from . import Picture, figure
from .lstm import HEIGHT, PLAIN, WIDTH, arrays, cell, layout, step_graph

TOP = HEIGHT + 8  # of what is below the cell


def stage(t, key, lit, bars):
    """Draw the cell with some wires in colour, and bars for each unit below."""
    graph, values = step_graph(), arrays()
    titles = [t("fig_unit", n=k + 1) for k in range(len(bars[0].values))]
    return Picture(
        cell(t, lit) + columns(bars, TOP, WIDTH, titles),
        WIDTH,
        TOP + bars_height(bars),
        t(f"fig_{key}"),
        alternative(t, f"alt_{key}", values, PLAIN),
        values,
        partial(check, graph=graph),
        focus(graph, lit),
    )


def focus(graph, lit):
    """Return where the lit part has its middle; what enters and leaves the cell does not count."""
    places = layout().places
    inside = [places[dst] for _, dst in lit if graph.boxes[dst].kind not in ENDS]
    sides = [place.at(side)[0] for place in inside for side in "we"]
    return (min(sides) + max(sides)) / 2 / WIDTH


def bar(graph, name, latex="", **options):
    """Return the row of one box of the graph."""
    box = graph.boxes[name]
    return Bar(latex or box.latex, box.role, name, box.value, **options)


@figure("lstm-forget")
def lstm_forget(t):
    """Light what the forget gate does; notice that each unit keeps a share of its own."""
    graph = step_graph()
    before = graph.boxes["c_prev"].value
    bars = [
        bar(graph, "c_prev"),
        bar(graph, "f", gate=True),
        bar(graph, "f*c_prev", r"f_t \odot c_{t-1}", ghost=before),
    ]
    lit = graph.into("f", "f*c_prev") | graph.out_of("f*c_prev")
    return stage(t, "lstm_forget", lit, bars)


@figure("lstm-input")
def lstm_input(t):
    """Light input gate and candidate; notice that a strong candidate needs an open gate."""
    graph = step_graph()
    offered = graph.boxes["c_tilde"].value
    bars = [
        bar(graph, "i", gate=True),
        bar(graph, "c_tilde"),
        bar(graph, "i*c_tilde", r"i_t \odot \tilde{c}_t", ghost=offered),
    ]
    lit = graph.into("i", "c_tilde", "i*c_tilde") | graph.out_of("i*c_tilde")
    return stage(t, "lstm_input", lit, bars)


@figure("lstm-update")
def lstm_update(t):
    """Light the update; notice which unit mostly keeps and which is mostly rewritten."""
    graph = step_graph()
    kept = graph.boxes["f*c_prev"].value
    bars = [
        bar(graph, "f*c_prev", r"f_t \odot c_{t-1}"),
        bar(graph, "i*c_tilde", r"+\,i_t \odot \tilde{c}_t", start=kept),
        bar(graph, "c", r"c_t"),
    ]
    lit = graph.into("f*c_prev", "i*c_tilde", "c", "c out")
    return stage(t, "lstm_update", lit, bars)


@figure("lstm-output")
def lstm_output(t):
    """Light the output; notice how tanh holds c between -1 and 1, and how o lets a part through."""
    graph = step_graph()
    squashed = graph.boxes["tanh(c)"].value
    bars = [
        bar(graph, "c"),
        bar(graph, "tanh(c)", r"\tanh(c_t)"),
        bar(graph, "o", gate=True),
        bar(graph, "h", ghost=squashed),
    ]
    lit = graph.into("o", "tanh(c)", "h", "h out", "c out")
    return stage(t, "lstm_output", lit, bars)
