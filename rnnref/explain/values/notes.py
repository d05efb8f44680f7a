"""Numbers in the corrections of the page that re-tells the learner's note."""

import functools

import numpy as np

from ... import lstm, rnn
from ..numerals import scientific
from . import value
from .rnn import signed

H, STEPS, SEEDS = 32, 50, 20


def power(number, digits=0):
    """Write a positive number as a digit, or more, times a power of ten, on one line."""
    return scientific(number, digits).replace(" ", "\N{NO-BREAK SPACE}")


def drawn(rng, rows):
    """Draw a weight matrix of H columns, uniform within 1 / sqrt(H)."""
    return rng.uniform(-1, 1, (rows, H)) / np.sqrt(H)


def inputs(rng):
    """Draw one sequence and repeat it, a copy for every component of the last state."""
    return np.repeat(rng.standard_normal((1, STEPS, H)), H, axis=0)


# The gradient that enters row j of a batch is that of component j of the last state: one pass back
# over the batch gives the whole matrix of derivatives.
def reach_rnn(seed):
    """Return the norm of the derivative of h_T by h_0 in an untrained plain RNN."""
    rng = np.random.default_rng(seed)
    x, p = inputs(rng), rnn.Params(drawn(rng, H), drawn(rng, H), np.zeros(H))
    return np.linalg.norm(rnn.backward(rnn.forward(x, p), dstate=np.eye(H)).state, 2)


def untrained_lstm(seed, forget_bias):
    """Return a sequence, once per component of the last state, and the LSTM that reads it."""
    rng = np.random.default_rng(seed)
    x, p = inputs(rng), lstm.Params(drawn(rng, 4 * H), drawn(rng, 4 * H), np.zeros(4 * H))
    p.b_f[:] = forget_bias
    return x, p


def reach_lstm(seed, forget_bias):
    """Return the norm of the derivative of c_T by c_0 in an untrained LSTM."""
    x, p = untrained_lstm(seed, forget_bias)
    back = lstm.backward(lstm.forward(x, p), dstate=lstm.State(None, np.eye(H)))
    return np.linalg.norm(back.state.c, 2)


@functools.cache
def typical(reach, *options):
    """Return the geometric mean of a reach over the seeds."""
    return float(np.exp(np.mean([np.log(reach(seed, *options)) for seed in range(SEEDS)])))


@value("notes.reach-rnn")
def rnn_text():
    """Say what a plain RNN still feels of its start."""
    return power(typical(reach_rnn))


@value("notes.reach-lstm-0")
def lstm_closed():
    """Say the same of an LSTM with forget bias 0."""
    return power(typical(reach_lstm, 0.0))


@value("notes.reach-lstm-2")
def lstm_open():
    """Say the same of an LSTM with forget bias 2."""
    return signed(typical(reach_lstm, 2.0), 2)


@value("notes.reach-lstm-4")
def lstm_wide():
    """Say the same of an LSTM with forget bias 4, where it grows."""
    return f"{typical(reach_lstm, 4.0):.0f}"


@value("notes.belt-50")
def belt():
    """Say what share of the cell state is left after 50 steps with the forget gate at 0.9."""
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.array([-800.0, np.log(9.0), 0.0, 0.0]))
    start = lstm.State(np.zeros((1, 1)), np.ones((1, 1)))
    return signed(lstm.forward(np.zeros((1, STEPS, 1)), p, state=start).state.c[0, 0])
