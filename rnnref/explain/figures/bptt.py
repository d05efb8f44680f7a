"""Backpropagation through time: a gradient on its way back through three steps of an RNN."""

from collections import namedtuple
from functools import partial

import numpy as np

from ... import examples, rnn
from .. import svg
from ..flow import read_flow
from ..flow_pen import Style, by_rows, draw_flow, grid, roomy, value
from ..scene import Layout, Place, Route, listed
from ..scene_check import check_wires
from ..terms import symbols
from ..trace import trace
from . import Picture, figure

STEPS = (1, 2, 3)
FORTH = ("h_0", "h_1", "h_2", "h_3", "x_1", "x_2", "x_3")  # what the way back takes as given
FIRST, PITCH = 96, 234  # where the columns stand
ROW = {"dy": 68, "dh": 148, "da": 236, "dW": 336, "sum": 436}
WIDTH, HEIGHT = 750, 492
SCOPE = "through-time"


def through_time(given):
    """Take three backward steps, the last one first, and add up the derivatives by W."""
    p, dh, total, made = given["p"], given["dh_4"], None, {}
    for t in reversed(STEPS):
        dh = made[f"dh_{t}"] = given[f"dy_{t}"] + dh
        s = rnn.RNNStep(given[f"h_{t}"])
        back = rnn.step_backward(dh, given[f"x_{t}"], given[f"h_{t - 1}"], s, p)
        made |= {f"da_{t}": back.da, f"dW_{t}": back.dW}
        dh, total = back.dh_prev, back.dW if total is None else total + back.dW
    return made | {"dW": total}


def given():
    """Return what the three steps read: inputs, states, and the derivatives by the outputs."""
    run, p = examples.rnn_run(), examples.rnn_params()
    values = {"h_0": np.zeros((1, 2)), "dh_4": np.zeros((1, 2)), "p": p}
    for t in STEPS:
        values |= {f"x_{t}": examples.X[:, t - 1], f"h_{t}": run.steps.h[:, t - 1]}
        values[f"dy_{t}"] = examples.DY[:, t - 1]
    return values


def graph():
    """Return the flow of the way back, read from the recorded steps."""

    def record(**nodes):
        made = through_time(nodes)
        return namedtuple("Made", made)(**made)

    return read_flow(trace(record, given(), SCOPE), FORTH)


def arrays():
    """Return every number from a run that records nothing, and from loops over examples."""
    run, p = examples.rnn_run(), examples.rnn_params()
    values = {"dh_4": np.zeros(2)} | by_rows("dW", rnn.backward(run, dy=examples.DY).params.W)
    flow = rnn.backward(run, dy=examples.DY).flow[0]
    for t in STEPS:
        slope = 1 - run.steps.h[0, t - 1] ** 2
        da = flow[t - 1] * slope
        values |= {f"dy_{t}": examples.DY[0, t - 1], f"dh_{t}": flow[t - 1], f"da_{t}": da}
        values |= by_rows(f"dW_{t}", np.outer(da, examples.X[0, t - 1]))
    return values | {"U": p.U}


def layout():
    """Place three steps side by side, the gradient coming in from the right."""
    places = {"dW": Place(FIRST + PITCH, ROW["sum"] + 12, 112, 72)}
    places["dh_4"] = Place(FIRST + 2 * PITCH + 136, ROW["dh"], 84, 41)
    for t in STEPS:
        x = FIRST + PITCH * (t - 1)
        places |= {
            f"dy_{t}": Place(x, ROW["dy"], 96, 41),
            f"dh_{t}": Place(x, ROW["dh"], 96, 41),
            f"da_{t}": Place(x, ROW["da"], 128, 76),
            f"dW_{t}": Place(x, ROW["dW"], 112, 72),
        }
    return Layout(places, [route for t in STEPS for route in _column(places, t)])


def _column(places, t):
    """Lead the wires of one step."""
    at = {key: places[f"{key}_{t}"].at for key in ("dy", "dh", "da", "dW")}
    later = [places["dh_4"].at("w"), at["dh"]("e")]
    if t < 3:
        start, lane = places[f"da_{t + 1}"].at("w"), places[f"da_{t + 1}"].x - PITCH / 2
        later = [start, (lane, start[1]), (lane, ROW["dh"]), at["dh"]("e")]
    total = places["dW"].at
    low = {1: [at["dW"]("s"), (FIRST, ROW["sum"] + 12), total("w")], 2: [at["dW"]("s"), total("n")]}
    low[3] = [at["dW"]("s"), (FIRST + 2 * PITCH, ROW["sum"] + 12), total("e")]
    return [
        Route(f"dy_{t}", f"dh_{t}", [at["dy"]("s"), at["dh"]("n")]),
        Route(f"da_{t + 1}" if t < 3 else "dh_4", f"dh_{t}", later),
        Route(f"dh_{t}", f"da_{t}", [at["dh"]("s"), at["da"]("n")]),
        Route(f"da_{t}", f"dW_{t}", [at["da"]("s"), at["dW"]("n")]),
        Route(f"dW_{t}", "dW", low[t]),
    ]


def _looks():
    """Say how each box is drawn."""
    looks = {"dW": grid("data"), "dh_4": value("hidden")}
    for k in STEPS:
        looks |= {f"dy_{k}": value("loss"), f"dh_{k}": value("hidden")}
        looks |= {f"da_{k}": _layer, f"dW_{k}": grid("data")}
    return looks


def _layer(box, place):
    """Draw the step that a gradient passes: the slope of tanh, and the gradient behind it."""
    (left, _), (_, top) = place.at("w"), place.at("n")
    step = box.name[-1]
    return [
        svg.rect(left, top, place.width, place.height, 10, fill="hidden"),
        svg.symbol(place.x, top + 20, rf"\odot\,(1-h_{step}^2)", 16, fill="on"),
        roomy(place.x, place.y + 12, "hidden", box.value, box.name, box.latex),
    ]


@figure("bptt")
def bptt(t):
    """Draw three steps on the way back; notice that every step adds a share to one dW."""
    flow, values = graph(), arrays()
    chips = {(f"da_{k + 1}", f"dh_{k}"): (FIRST + PITCH * (k - 0.5), 192) for k in (1, 2)}
    roles = {name: symbol.role for name, symbol in symbols(SCOPE).items()}
    roles |= {f"dy_{k}": "loss" for k in STEPS}
    words = [
        svg.text(WIDTH - 4, ROW["dh"] - 32, t("fig_no_later"), 13, "end", fill="muted"),
        svg.text(FIRST + PITCH + 68, ROW["sum"] + 42, t("fig_one_dW"), 14, "start", bold=True),
        svg.text(4, HEIGHT - 8, t("fig_short_d"), 13, "start", fill="muted"),
    ]
    drawn = draw_flow(flow, layout(), _looks(), Style(roles, chips))
    return Picture(
        [*_grounds(t), *drawn, *words],
        WIDTH,
        HEIGHT,
        t("fig_bptt"),
        _said(t, values),
        values,
        partial(check_wires, graph=flow),
        0.9,  # a small screen starts where the gradient does
    )


def _grounds(t):
    """Draw the ground of each step."""
    for k in STEPS:
        x, words = FIRST + PITCH * (k - 1), t("fig_step_n", n=k)
        yield svg.rect(x - 92, 8, 184, 376, 12, fill="panel")
        yield svg.text(x - 80, 32, words, 14, "start", bold=True, fill="muted")


def _said(t, values):
    """Say the gradient of each step, and the sum."""
    steps = {f"h{k}": listed(values[f"dh_{k}"]) for k in STEPS}
    steps |= {f"y{k}": listed(values[f"dy_{k}"]) for k in STEPS}
    total = f"{listed(values['dW 1'])}, {listed(values['dW 2'])}"
    return t("alt_bptt", total=total, **steps)
