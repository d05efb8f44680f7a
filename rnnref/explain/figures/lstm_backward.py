"""The LSTM cell on the way back: the wires of the forward figure reversed, with gradients."""

from functools import partial

import numpy as np

from ... import examples, lstm
from ...numerics import sigmoid
from .. import svg, wayback
from ..backpen import draw_back, plus
from ..samples import STEP, entered
from ..scene import Layout, alternative
from ..scene_check import check
from . import Picture, figure
from . import lstm as forth

WIDTH, LOWER = 800, 34  # how much lower than in the forward figure the bus runs: room for da
HEIGHT = forth.HEIGHT + LOWER
BELOW = forth.GATE + 66  # where the gradients of the net inputs are printed
PILLS = {  # gradient: the wire of the forward figure on which it is printed, where, its symbol
    "dc": ("c>c out", 560, forth.BELT, "dc_t"),
    "df": ("f>f*c_prev", forth.FORGET, 202, "df_t"),
    "di": ("i>i*c_tilde", forth.INPUT, 256, "di_t"),
    "dc_tilde": ("c_tilde>i*c_tilde", forth.CANDIDATE, 256, r"d\tilde{c}_t"),
    "do": ("o>h", forth.OUTPUT, 265, "do_t"),
    "da_f": ("h_prev,x>f", forth.FORGET, BELOW, "da_f"),
    "da_i": ("h_prev,x>i", forth.INPUT, BELOW, "da_i"),
    "da_c": ("h_prev,x>c_tilde", forth.CANDIDATE, BELOW, "da_c"),
    "da_o": ("h_prev,x>o", forth.OUTPUT, BELOW, "da_o"),
}
ARRIVE = {"h out": "dh", "c out": "dc_next"}
LEAVE = {"c_prev": "dc_prev", "h_prev": "dh_prev", "x": "dx"}


def arrays():
    """Return every gradient by the complex step: each value is pushed, the loss is watched."""
    return wayback.slopes(_loss, [*PILLS, *ARRIVE.values(), *LEAVE.values()])


def _loss(push):
    """Return the loss of steps 2 and 3, something added to one value of step 2."""
    run, p, dy = examples.lstm_run(), examples.lstm_params(), examples.DY
    x, h, c = (entered(run, p)[name] + push.get(name, 0) for name in ("x", "h_prev", "c_prev"))

    def layer(squash, gate, name):
        W, U, b = (getattr(p, f"{kind}_{gate}") for kind in "WUb")
        return squash(x @ W.T + h @ U.T + b + push.get(f"a_{gate}", 0)) + push.get(name, 0)

    f, i, o = (layer(sigmoid, gate, gate) for gate in "fio")
    c = f * c + i * layer(np.tanh, "c", "c_tilde") + push.get("c", 0)
    h_now = o * np.tanh(c) + push.get("h", 0)
    later = lstm.step(examples.X[:, STEP + 1] + 0j, h_now + 0j, c + push.get("c_next", 0j), p)
    return np.sum(dy[:, STEP] * h_now + dy[:, STEP + 1] * later.h)


def layout():
    """Return the layout of the forward figure, all that stands below the panels moved down."""
    forward = forth.layout()
    places = {
        name: place._replace(y=place.y + LOWER * (place.y > forth.GATE))
        for name, place in forward.places.items()
    }
    places |= {name: places[name]._replace(width=104) for name in ("c_prev", "h_prev")}
    return Layout(places, forth.routes(places), {}, forth.GATES, forward.belt, signs=forth.SIGNS)


@figure("lstm-backward")
def lstm_backward(t):
    """Draw the cell reversed; notice that the belt brings dc back with one factor, f."""
    graph, values = forth.step_graph(), arrays()
    made, drawn = wayback.recorded(lstm, examples.lstm_run(), examples.lstm_params())
    wayback.check_reversed(graph, made, ARRIVE)
    marks = [
        *forth.behind(t, 362 + LOWER),
        *draw_back(graph, layout(), drawn, PILLS, ARRIVE | LEAVE, forth.words(t)),
        *legends(t, WIDTH, HEIGHT, 246),
        *_ends(t),
    ]
    return finished(t, "lstm_backward", marks, (WIDTH, HEIGHT), values, graph)


def finished(t, key, marks, size, values, graph):
    """Return the picture of a way back, to be checked against the graph of the way forth."""
    compared = partial(check, graph=graph, back=True)
    words = t(f"fig_{key}"), alternative(t, f"alt_{key}", values, {})
    focus = 0.9  # a small screen starts where gradients arrive
    return Picture(marks, *size, *words, values, compared, focus)


def _ends(t):
    """Say where gradients come from and go to."""
    low, right = forth.BUS + LOWER - 40, WIDTH - 4
    return [
        svg.text(54, forth.BELT - 31, t("fig_to_step_before"), 13, fill="muted"),
        svg.text(54, low, t("fig_to_step_before"), 13, fill="muted"),
        svg.text(right, forth.BELT - 31, t("fig_from_step_after"), 13, "end", fill="muted"),
        svg.text(right, low + 76, t("fig_from_both"), 13, "end", fill="muted"),
    ]


def legends(t, width, height, left):
    """Say what the plus and the letter d mean, and which numbers are whose."""
    return [
        plus(left, height - 34, "data", 1),
        svg.text(left + 16, height - 29, t("fig_plus_meets"), 14, "start"),
        svg.text(width - 4, height - 29, t("fig_short_d"), 14, "end"),
        svg.text(width - 4, height - 8, t("fig_two_units"), 13, "end", fill="muted"),
    ]
