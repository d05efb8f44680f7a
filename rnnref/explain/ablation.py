"""Break the backward step of the LSTM on purpose, and measure which gradients become wrong."""

import inspect

import numpy as np

from .. import gradcheck, lstm
from ..hints import Array
from ..lstm import cell

NAMES = tuple(f"{kind}_{gate}" for kind in "WUb" for gate in lstm.GATES)


def broken(old, new):
    """Return `lstm.step_backward` with one piece of its source exchanged.

    Raises
    ------
    ValueError
        If the piece does not stand there exactly once.
    """
    source = inspect.getsource(lstm.step_backward)
    if source.count(old) != 1:
        raise ValueError(f"lstm.step_backward holds {old!r} {source.count(old)} times, not once")
    names = dict(vars(cell))
    exec(source.replace(old, new), names)
    return names["step_backward"]


def backward(step_backward, x, p, state, dy) -> dict[str, Array]:
    """Take a loss back through a whole sequence with any backward step.

    Returns
    -------
    dict
        The derivatives by W, U and b of every gate, and by the states before the first step.
    """
    run = lstm.forward(x, p, state=state)
    h, c = (
        np.concatenate([start[:, None], getattr(run.steps, name)], axis=1)
        for name, start in state._asdict().items()
    )
    grads, dh, dc = dict.fromkeys(NAMES, 0.0), np.zeros_like(state.h), np.zeros_like(state.c)
    for t in reversed(range(x.shape[1])):
        s = lstm.LSTMStep(*(field[:, t] for field in run.steps))
        back = step_backward(dy[:, t] + dh, dc, x[:, t], h[:, t], c[:, t], s, p)
        grads = {name: grads[name] + getattr(back, f"d{name}") for name in NAMES}
        dh, dc = back.dh_prev, back.dc_prev
    return grads | {"h": dh, "c": dc}


def derivatives(x, p, state, dy) -> dict[str, Array]:
    """Return the same derivatives measured on the loss alone, by the complex step."""
    args = {"W": p.W, "U": p.U, "b": p.b, **state._asdict()}

    def loss(W, U, b, h, c):
        run = lstm.forward(x + 0j, lstm.Params(W, U, b), state=lstm.State(h + 0j, c + 0j))
        return np.sum(dy * run.y)

    W, U, b, h, c = (gradcheck.derivative(loss, args, name) for name in args)
    by_gate = lstm.Params(W, U, b)
    return {name: getattr(by_gate, name) for name in NAMES} | {"h": h, "c": c}


def errors(grads, true) -> dict[str, float]:
    """Return the largest error of every gradient, as a share of the largest true derivative."""
    found = {}
    for name, wanted in true.items():
        scale = np.max(np.abs(wanted))
        found[name] = np.max(np.abs(grads[name] - wanted)) / (scale if scale > 0 else 1.0)
    return found
