"""The GRU cell on the way back: the wires of the forward figure reversed, with gradients."""

import numpy as np

from ... import examples, gru
from ...numerics import sigmoid
from .. import svg, wayback
from ..backpen import draw_back
from ..samples import STEP, entered
from ..scene import Layout
from . import figure
from . import gru as forth
from .lstm_backward import finished, legends

WIDTH, LOWER = 800, 34  # how much lower than in the forward figure the bus runs: room for da
HEIGHT = forth.HEIGHT + LOWER + 22
BELOW = forth.GATE + 66
PILLS = {  # gradient: the wire of the forward figure on which it is printed, where, its symbol
    "dr": ("r>r*h_prev", forth.FIRST, 264, "dr_t"),
    "drh": ("r*h_prev>h_tilde", 290, forth.RESET, "d(rh)"),
    "dz": ("z>z*h_prev", forth.SECOND, 256, "dz_t"),
    "dh_tilde": ("h_tilde>(1-z)*h_tilde", forth.PROPOSED, 242, r"d\tilde{h}_t"),
    "da_r": ("h_prev,x>r", forth.FIRST, BELOW, "da_r"),
    "da_z": ("h_prev,x>z", forth.SECOND, BELOW, "da_z"),
    "da_h": ("x>h_tilde", forth.PROPOSED, BELOW, "da_h"),
}
ARRIVE, LEAVE = {"h out": "dh"}, {"h_prev": "dh_prev", "x": "dx"}


def arrays():
    """Return every gradient by the complex step: each value is pushed, the loss is watched."""
    return wayback.slopes(_loss, [*PILLS, *ARRIVE.values(), *LEAVE.values()])


def _loss(push):
    """Return the loss of steps 2 and 3, something added to one value of step 2."""
    run, p, dy = examples.gru_run(), examples.gru_params(), examples.DY
    x, h = (entered(run, p)[name] + push.get(name, 0) for name in ("x", "h_prev"))

    def layer(squash, gate, name, h):
        W, U, b = (getattr(p, f"{kind}_{gate}") for kind in "WUb")
        return squash(x @ W.T + h @ U.T + b + push.get(f"a_{gate}", 0)) + push.get(name, 0)

    r, z = (layer(sigmoid, gate, gate, h) for gate in "rz")
    h_tilde = layer(np.tanh, "h", "h_tilde", r * h + push.get("rh", 0))
    h_now = z * h + (1 - z) * h_tilde + push.get("h", 0)
    later = gru.step(examples.X[:, STEP + 1] + 0j, h_now + 0j, p)
    return np.sum(dy[:, STEP] * h_now + dy[:, STEP + 1] * later.h)


def layout():
    """Return the layout of the forward figure, all that stands below the panels moved down."""
    forward = forth.layout()
    places = {
        name: place._replace(y=place.y + LOWER * (place.y > forth.GATE))
        for name, place in forward.places.items()
    }
    places["h_prev"] = places["h_prev"]._replace(width=104)
    return Layout(places, forth.routes(places), {}, forth.GATES, forward.belt, signs=forth.SIGNS)


@figure("gru-backward")
def gru_backward(t):
    """Draw the cell reversed; notice the four ways that lead back to h_(t-1)."""
    graph, values = forth.step_graph(), arrays()
    made, drawn = wayback.recorded(gru, examples.gru_run(), examples.gru_params())
    wayback.check_reversed(graph, made, ARRIVE)
    marks = [
        *forth.behind(t, 362 + LOWER),
        *draw_back(graph, layout(), drawn, PILLS, ARRIVE | LEAVE, forth.words(t)),
        *legends(t, WIDTH, HEIGHT, 190),
        svg.text(54, forth.BELT - 31, t("fig_to_step_before"), 13, fill="muted"),
        svg.text(WIDTH - 4, forth.BELT - 31, t("fig_from_both"), 13, "end", fill="muted"),
    ]
    return finished(t, "gru_backward", marks, (WIDTH, HEIGHT), values, graph)
