"""Numbers of the page that steps through the cells, from the same runs as its pictures."""

import numpy as np

from ... import examples, lstm
from ..numerals import printed
from ..stepper.cells import LSTM, RNN
from ..stepper.goal import half_squared
from ..stepper.history import played
from . import value

NUDGE = 0.1  # what the page tells the reader to add to the first bias of the candidate


def loss(p):
    """Return the loss of the LSTM of the running example with other weights."""
    return half_squared(lstm.forward(examples.X, p).state.h, examples.TARGET).L[0]


def loss_change():
    """Return by how much the loss changes when the bias does."""
    p = examples.lstm_params()
    moved = p._replace(b=p.b.copy())
    moved.b_c[0] += NUDGE
    return loss(moved) - loss(p)


def slope():
    """Return the derivative by that bias, summed over the steps."""
    return sum(step["db_c"][0] for step in played(LSTM).back)


def rnn_norm(t):
    """Return the length of the derivative by the hidden state after step t."""
    return np.linalg.norm(played(RNN).back[t - 1]["dh"])


value("stepper.loss-change")(lambda: printed(loss_change(), ".4f"))
value("stepper.slope")(lambda: printed(slope(), ".4f"))
value("stepper.predicted")(lambda: printed(NUDGE * slope(), ".4f"))
value("stepper.rnn-norm-1")(lambda: printed(rnn_norm(1), ".2f"))
value("stepper.rnn-norm-2")(lambda: printed(rnn_norm(2), ".2f"))
value("stepper.rnn-norm-3")(lambda: printed(rnn_norm(3), ".2f"))
