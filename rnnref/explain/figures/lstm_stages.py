"""The LSTM cell stage by stage: one part in colour, and below it what happens in each unit."""

from functools import partial

import numpy as np

from ... import examples
from .. import svg
from ..bars import Bar, columns
from ..bars import height as bars_height
from ..scene import alternative, listed
from ..scene_check import check
from . import Picture, figure
from .lstm import HEIGHT, PLAIN, WIDTH, cell, step_graph

TOP = HEIGHT + 8  # of what is below the cell
FORTH, MIDDLE, BACK = TOP + 62, TOP + 111, TOP + 160  # heights of the way along the belt
COLUMNS = (70, 290, 510, 730)  # of the states c_0 … c_3


def stage(t, key, lit, bars):
    """Draw the cell with some wires in colour, and bars for each unit below."""
    graph = step_graph()
    titles = [t("fig_unit", n=k + 1) for k in range(len(bars[0].values))]
    return Picture(
        cell(t, lit) + columns(bars, TOP, WIDTH, titles),
        WIDTH,
        TOP + bars_height(bars),
        t(f"fig_{key}"),
        alternative(t, f"alt_{key}", graph, PLAIN),
        partial(check, graph=graph),
    )


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


def belt_gradients():
    """Return, for k = 3, 2, 1, 0, what reaches c_k of a gradient of 1 that starts at c_3.

    Only the way along the belt counts: + passes a gradient on, × multiplies it by f.
    """
    forget = examples.lstm_run().steps.f[0]
    return np.cumprod([np.ones_like(forget[0]), *forget[::-1]], axis=0)


@figure("lstm-belt")
def lstm_belt(t):
    """Light the belt; notice that the way back has the same factors as the way forth."""
    graph = step_graph()
    lit = {("c_prev", "f*c_prev"), ("f*c_prev", "c"), ("c", "c out")}
    gradients = belt_gradients()
    steps = examples.lstm_run().steps
    extra = {f"grad{k}": gradients[3 - k] for k in range(4)}
    extra |= {f"f{k}": steps.f[0, k - 1] for k in (1, 2, 3)}
    extra |= {f"c{k}": steps.c[0, k - 1] for k in (1, 2, 3)} | {"c0": 0 * steps.c[0, 0]}
    words = {f"g{k}": listed(gradients[3 - k]) for k in (0, 1, 2)}
    return Picture(
        cell(t, lit) + _way_back(t, extra),
        WIDTH,
        TOP + 214,
        t("fig_lstm_belt"),
        t("alt_lstm_belt", **words, kept=listed(graph.boxes["f*c_prev"].value)),
        partial(check, graph=graph, extra=extra),
    )


def _way_back(t, values):
    """Draw three steps of the belt: states forth above, gradients back below, f between them."""
    marks = [
        svg.rect(0, TOP, WIDTH, 214, 12, fill="panel"),
        svg.text(14, TOP + 25, t("fig_belt_forth"), anchor="start", bold=True, fill="cell"),
        svg.symbol(14, TOP + 203, r"\partial c_3/\partial c_k", 17, "start", "forget"),
        svg.text(86, TOP + 202, t("fig_belt_back"), anchor="start", bold=True, fill="forget"),
        svg.rect(COLUMNS[0], FORTH - 12, COLUMNS[3] - COLUMNS[0], 24, fill="cell-soft"),
    ]
    for k, x in enumerate(COLUMNS):
        marks += _between(k, values[f"f{k}"]) if k else []
        marks.append(svg.pill(x, BACK, "forget", values[f"grad{k}"], f"grad{k}", width=66))
        marks.append(svg.pill(x, FORTH, "cell", values[f"c{k}"], f"c{k}", f"c_{k}", width=92))
    return marks


def _between(k, forget):
    """Draw what happens from step k - 1 to step k, and back."""
    left, x, right = COLUMNS[k - 1], COLUMNS[k] - 110, COLUMNS[k]
    return [
        svg.wire([(left + 46, FORTH), (x - 13, FORTH)], "cell"),
        svg.wire([(x + 13, FORTH), (right - 46, FORTH)], "cell"),
        svg.wire([(right - 33, BACK), (x + 13, BACK)], "forget"),
        svg.wire([(x - 13, BACK), (left + 33, BACK)], "forget"),
        svg.wire([(x, MIDDLE), (x, FORTH + 13)], "forget"),
        svg.wire([(x, MIDDLE), (x, BACK - 13)], "forget"),
        *_times(x, FORTH, "cell"),
        *_times(x, BACK, "forget"),
        svg.pill(x, MIDDLE, "forget", forget, f"f{k}", f"f_{k}"),
    ]


def _times(x, y, role):
    yield svg.circle(x, y, 13, fill="paper", stroke=role, stroke_width=2)
    yield svg.symbol(x, y + 5, r"\times", 16)
