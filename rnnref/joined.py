"""The writing of many textbooks and posts: one matrix per gate, acting on [h_prev, x] joined.

It is the same function: the joined matrix of a gate is U beside W. The package stores W and U
apart; this module joins them, and repeats each cell in the joined writing, for comparison.
"""

from typing import Any, NamedTuple

import numpy as np

from . import gru, lstm, rnn
from .checks.declared import fields
from .checks.dims import Known, check, kind_of, name_of, shapes
from .errors import DTypeError, say
from .gru.records import RESET_BEFORE
from .hints import Array
from .lstm.records import PLAIN
from .numerics import sigmoid
from .params import gate_view
from .shown import shown

__all__ = [
    "GRUParams",
    "LSTMParams",
    "RNNParams",
    "gru_step",
    "gru_step_update_replace",
    "join",
    "lstm_step",
    "rnn_step",
]


@shown
@fields(W="H H+D", b="H")
class RNNParams(NamedTuple):
    """W acts on [h_prev, x]."""

    W: Array  # (H, H+D)
    b: Array  # (H,)


@shown
@fields(W="4*H H+D", b="4*H")
class LSTMParams(NamedTuple):
    """Gates stacked on rows; each W_f acts on [h_prev, x]."""

    W: Array  # (4*H, H+D)
    b: Array  # (4*H,)

    def __getattr__(self, name: str) -> Array:
        return gate_view(self, name, dict.fromkeys("Wb", lstm.GATES))


@shown
@fields(W="3*H H+D", b="3*H")
class GRUParams(NamedTuple):
    """Gates stacked on rows; W_r and W_z act on [h_prev, x], W_h after the reset of h_prev."""

    W: Array  # (3*H, H+D)
    b: Array  # (3*H,)

    def __getattr__(self, name: str) -> Array:
        return gate_view(self, name, dict.fromkeys("Wb", gru.GATES))


# How each cell's record is taken, and what its joined writing is.
RECORDS: dict[type, tuple[Any, Any]] = {
    rnn.Params: (rnn.Params, RNNParams),
    lstm.Params: (PLAIN, LSTMParams),
    gru.Params: (RESET_BEFORE, GRUParams),
}


def join(p: Any) -> RNNParams | LSTMParams | GRUParams:
    """Write a cell's two matrices as one: U beside W.

    Parameters
    ----------
    p : rnn.Params, lstm.Params or gru.Params
        Of a GRU, the reset-before form (without b_u).

    Returns
    -------
    RNNParams, LSTMParams or GRUParams

    Raises
    ------
    ShapeError, DTypeError
        For another record, or one whose arrays do not fit each other.
    ArgumentError
        For a GRU with b_u, which has no joined writing.
    """
    if type(p) not in RECORDS:
        names = [name_of(record) for record in RECORDS]
        expected = say(f"one of the records {', '.join(names)}", f"记录 {'、'.join(names)} 之一")
        raise DTypeError("joined.join", "p", expected, kind_of(p))
    declared, joined = RECORDS[type(p)]
    check("p", p, declared, Known("joined.join"))
    return joined(np.concatenate([p.U, p.W], axis=-1), p.b.copy())


@shapes(x="B D", h_prev="B H", p=RNNParams)
def rnn_step(x: Array, h_prev: Array, p: RNNParams) -> rnn.RNNStep:
    """Advance a plain RNN, in the joined writing.

    Arguments, result and errors are those of `rnn.step`, with p a record RNNParams.
    """
    hx = np.concatenate([h_prev, x], axis=-1)
    h = np.tanh(hx @ p.W.T + p.b)
    return rnn.RNNStep(h)


@shapes(x="B D", h_prev="B H", c_prev="B H", p=LSTMParams)
def lstm_step(x: Array, h_prev: Array, c_prev: Array, p: LSTMParams) -> lstm.LSTMStep:
    """Advance an LSTM, in the joined writing.

    Arguments, result and errors are those of `lstm.step`, with p a record LSTMParams.
    """
    hx = np.concatenate([h_prev, x], axis=-1)
    f = sigmoid(hx @ p.W_f.T + p.b_f)
    i = sigmoid(hx @ p.W_i.T + p.b_i)
    c_tilde = np.tanh(hx @ p.W_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(hx @ p.W_o.T + p.b_o)
    h = o * np.tanh(c)
    return lstm.LSTMStep(f, i, c_tilde, c, o, h)


@shapes(x="B D", h_prev="B H", p=GRUParams)
def gru_step(x: Array, h_prev: Array, p: GRUParams) -> gru.GRUStep:
    """Advance a GRU, in the joined writing.

    Arguments, result and errors are those of `gru.step`, with p a record GRUParams.
    """
    hx = np.concatenate([h_prev, x], axis=-1)
    r = sigmoid(hx @ p.W_r.T + p.b_r)
    z = sigmoid(hx @ p.W_z.T + p.b_z)
    rhx = np.concatenate([r * h_prev, x], axis=-1)
    h_tilde = np.tanh(rhx @ p.W_h.T + p.b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return gru.GRUStep(r, z, h_tilde, h)


@shapes(x="B D", h_prev="B H", p=GRUParams)
def gru_step_update_replace(x: Array, h_prev: Array, p: GRUParams) -> gru.GRUStep:
    """Advance a GRU, in the joined writing.

    Arguments, result and errors are those of `gru.step_update_replace`, with p a record GRUParams.
    """
    hx = np.concatenate([h_prev, x], axis=-1)
    r = sigmoid(hx @ p.W_r.T + p.b_r)
    z = sigmoid(hx @ p.W_z.T + p.b_z)
    rhx = np.concatenate([r * h_prev, x], axis=-1)
    h_tilde = np.tanh(rhx @ p.W_h.T + p.b_h)
    h = (1 - z) * h_prev + z * h_tilde
    return gru.GRUStep(r, z, h_tilde, h)
