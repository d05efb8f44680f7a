"""Random arguments for tests: all sizes differ, nothing is zero, nothing can be written to.

A function that writes into an argument stops with NumPy's ValueError, in every test.
"""

from typing import Any, NamedTuple

import numpy as np

from rnnref import attention, gru, joined, layers, lstm, rnn

B, T, D, H = 2, 5, 3, 4
P = 11  # a projected hidden state
S, E, F, V, A = 6, 7, 8, 9, 10  # attention: keys, depths of query and key, values, score
SIZES = {"B": B, "T": T, "D": D, "H": H, "S": S, "E": E, "F": F, "V": V, "A": A, "P": P}


class Form(NamedTuple):
    """One recurrent cell in one of its forms."""

    forward: Any
    step: Any
    gates: int
    options: dict[str, str]


def _gru(step, reset, update):
    return Form(gru.forward, step, 3, {"reset": reset, "update": update})


GRU_FORMS = {
    "gru": _gru(gru.step, "before", "keep"),
    "gru replace": _gru(gru.step_update_replace, "before", "replace"),
    "gru after": _gru(gru.step_reset_after, "after", "keep"),
    "gru after replace": _gru(gru.step_reset_after_update_replace, "after", "replace"),
}
FORMS = {
    "rnn": Form(rnn.forward, rnn.step, 1, {}),
    "lstm": Form(lstm.forward, lstm.step, 4, {}),
    **GRU_FORMS,
}


def normal(seed):
    """Return a function (*shape) -> standard normal numbers, read-only."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        array = rng.standard_normal(shape)
        array.flags.writeable = False
        return array

    return draw


def params(form, seed=1):
    """Return random weights and biases for one form of a cell."""
    draw, rows = normal(seed), FORMS[form].gates * H
    W, U, b = draw(rows, D), draw(rows, H), draw(rows)
    if form.startswith("gru"):
        return gru.Params(W, U, b, draw(H) if "after" in form else None)
    return {"rnn": rnn, "lstm": lstm}[form].Params(W, U, b)


def inputs(seed=2):
    """Return a random batch of sequences (B, T, D)."""
    return normal(seed)(B, T, D)


def state(form, seed=3):
    """Return a random state in the form that `forward` takes."""
    draw = normal(seed)
    return lstm.State(draw(B, H), draw(B, H)) if form == "lstm" else draw(B, H)


def flat(state):
    """Return a state as the tuple of arrays that a step takes."""
    return tuple(state) if isinstance(state, tuple) else (state,)


def run(form, x=None, p=None, start="random"):
    """Run one form of a cell, on random arguments where none are given."""
    x = inputs() if x is None else x
    p = params(form) if p is None else p
    start = state(form) if isinstance(start, str) else start
    return FORMS[form].forward(x, p, state=start, **FORMS[form].options)


def additive(seed=4):
    """Return random weights of an additive score."""
    draw = normal(seed)
    return attention.Additive(draw(A, E), draw(A, F), draw(A))


def queries_keys_values(seed=5, depth=E):
    """Return random q (B, T, E), k (B, S, depth) and v (B, S, V)."""
    draw = normal(seed)
    return draw(B, T, E), draw(B, S, depth), draw(B, S, V)


def readout(seed=6):
    """Return random weights of an output layer."""
    draw = normal(seed)
    return layers.Readout(draw(V, H), draw(V))


JOINED = {
    "rnn": joined.rnn_step,
    "lstm": joined.lstm_step,
    "gru": joined.gru_step,
    "gru replace": joined.gru_step_update_replace,
}
