"""Every form in which a recurrent cell can run: with its steps, its options and its weights."""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from cases import B, D, H, T, normal

from rnnref import gru, lstm, rnn

P = 6  # units of a projected hidden state
LENGTHS = (3, 5)  # of the sequences of a batch, where they differ


class Form(NamedTuple):
    """One cell in one of its forms. A combination of variants has no step of its own."""

    cell: ModuleType
    options: dict
    step: Any = None
    step_backward: Any = None
    extra: tuple = ()  # optional fields of the weights

    @property
    def states(self):
        """Return the names of what is carried."""
        return lstm.State._fields if self.cell is lstm else ("h",)


def _gru(reset, update, *steps):
    extra = ("b_u",) if reset == "after" else ()
    return Form(gru, {"reset": reset, "update": update}, *steps, extra)


PLAIN = {
    "rnn": Form(rnn, {}, rnn.step, rnn.step_backward),
    "rnn relu": Form(rnn, {"nonlinearity": "relu"}, rnn.step_relu, rnn.step_relu_backward),
    "lstm": Form(lstm, {}, lstm.step, lstm.step_backward),
    "lstm peephole": Form(lstm, {}, lstm.step_peephole, lstm.step_peephole_backward, ("p",)),
    "lstm coupled": Form(lstm, {"coupled": True}, lstm.step_coupled, lstm.step_coupled_backward),
    "lstm projected": Form(lstm, {}, lstm.step_projected, lstm.step_projected_backward, ("W_p",)),
    "gru": _gru("before", "keep", gru.step, gru.step_backward),
    "gru replace": _gru(
        "before", "replace", gru.step_update_replace, gru.step_update_replace_backward
    ),
    "gru after": _gru("after", "keep", gru.step_reset_after, gru.step_reset_after_backward),
    "gru after replace": _gru(
        *("after", "replace", gru.step_reset_after_update_replace),
        gru.step_reset_after_update_replace_backward,
    ),
}
COMBINED = {
    "lstm peephole coupled": Form(lstm, {"coupled": True}, extra=("p",)),
    "lstm peephole projected": Form(lstm, {}, extra=("p", "W_p")),
    "lstm coupled projected": Form(lstm, {"coupled": True}, extra=("W_p",)),
    "lstm peephole coupled projected": Form(lstm, {"coupled": True}, extra=("p", "W_p")),
}
FORMS = PLAIN | COMBINED


def width(name):
    """Return the units of the hidden state."""
    return P if "W_p" in FORMS[name].extra else H


def params(name, seed=1):
    """Return random weights and biases."""
    draw, form = normal(seed), FORMS[name]
    G = len(getattr(form.cell, "GATES", "h"))
    shapes = {"p": (3 * H,), "W_p": (P, H), "b_u": (H,)}
    extra = {field: draw(*shapes[field]) for field in form.extra}
    return form.cell.Params(draw(G * H, D), draw(G * H, width(name)), draw(G * H), **extra)


def inputs(seed=2):
    """Return a random batch of sequences (B, T, D)."""
    return normal(seed)(B, T, D)


def state(name, seed=3):
    """Return a random state as the tuple of arrays that a step takes."""
    draw, sizes = normal(seed), {"h": width(name), "c": H}
    return tuple(draw(B, sizes[part]) for part in FORMS[name].states)


def upstream(name, seed=4):
    """Return random derivatives by y and by the parts of the final state."""
    return normal(seed)(B, T, width(name)), state(name, seed + 1)


def whole(name, parts):
    """Return a state as `forward` takes and returns it."""
    return FORMS[name].cell.State(*parts) if len(parts) > 1 else parts[0]


def flat(parts):
    """Return a state as a tuple of arrays."""
    return tuple(parts) if isinstance(parts, tuple) else (parts,)


def run(name, x=None, p=None, start=None, **options):
    """Run one form on random arguments, some of them given."""
    x = inputs() if x is None else x
    p = params(name) if p is None else p
    start = whole(name, state(name) if start is None else start)
    form = FORMS[name]
    return form.cell.forward(x, p, state=start, **form.options, **options)


def backward(name, found, dy=None, dstate=None, truncate=None):
    """Run one form back, with random derivatives by every output where none are given."""
    random_dy, random_dstate = upstream(name)
    dy = random_dy if dy is None else dy
    dstate = whole(name, random_dstate if dstate is None else dstate)
    return FORMS[name].cell.backward(found, dy=dy, dstate=dstate, truncate=truncate)


def arguments(name):
    """Return all arrays that go into a run by name: x, h, (c,) W, U, b, …"""
    weights = {k: a for k, a in params(name)._asdict().items() if a is not None}
    return {"x": inputs(), **dict(zip(FORMS[name].states, state(name), strict=True)), **weights}


def split(name, arrays):
    """Return such arrays as x, state and weights."""
    states = FORMS[name].states
    weights = {k: a for k, a in arrays.items() if k not in ("x", *states)}
    return arrays["x"], tuple(arrays[part] for part in states), FORMS[name].cell.Params(**weights)


def gradients(name, found):
    """Return the derivatives in a `Grads` by the names of `arguments`."""
    weights = {k: a for k, a in found.params._asdict().items() if a is not None}
    states = dict(zip(FORMS[name].states, flat(found.state), strict=True))
    return {"x": found.x, **states, **weights}


def loss(name, outputs, upstreams=None):
    """Return one number that looks at every output: y at every step and the final state."""
    dy, dstate = upstreams or upstream(name)
    live = np.sum(dy * outputs.y)
    return live + sum(np.sum(d * s) for d, s in zip(dstate, flat(outputs.state), strict=True))
