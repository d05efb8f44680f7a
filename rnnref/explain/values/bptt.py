"""Numbers in the prose of the page on backpropagation through time."""

from functools import partial

from ... import examples, rnn
from . import value
from .rnn import signed


def gradients():
    """Return the derivatives by y, h and a at every step of the running example, each (T, H)."""
    run = examples.rnn_run()
    dh = rnn.backward(run, dy=examples.DY).flow[0]
    return {"dy": examples.DY[0], "dh": dh, "da": dh * (1 - run.y[0] ** 2)}


def gradient(name, t, unit):
    """Return one derivative."""
    return signed(gradients()[name][t - 1, unit])


def later(unit):
    """Return what reaches h_2 through step 3."""
    found = gradients()
    return signed((found["dh"] - found["dy"])[1, unit])


def share(t):
    """Return what one step adds to the derivative by the first entry of W."""
    return signed(gradients()["da"][t - 1, 0] * examples.X[0, t - 1, 0])


def total():
    """Return the derivative by the first entry of W."""
    return signed(rnn.backward(examples.rnn_run(), dy=examples.DY).params.W[0, 0])


for _unit in (0, 1):
    value(f"bptt.later-{_unit + 1}")(partial(later, _unit))
    for _t in (1, 2, 3):
        for _name in ("dh", "da"):
            value(f"bptt.{_name}-{_t}-{_unit + 1}")(partial(gradient, _name, _t, _unit))
for _t in (1, 2, 3):
    value(f"bptt.share-{_t}")(partial(share, _t))
value("bptt.dW")(total)
