"""Numbers in the corrections of the page that re-tells the learner's note."""

import functools

import numpy as np

from ... import gru, lstm, rnn
from ...gradcheck import COMPLEX_STEP as NUDGE
from ..numerals import scientific
from . import value
from .rnn import signed

H, STEPS, SEEDS = 32, 50, 20


def power(number):
    """Write a positive number as one digit times a power of ten."""
    return scientific(number, 0)


def drawn(rng, rows):
    """Draw a weight matrix of H columns, uniform within 1 / sqrt(H)."""
    return rng.uniform(-1, 1, (rows, H)) / np.sqrt(H)


def inputs(rng):
    """Draw one sequence and repeat it, a copy for every component of the start state."""
    return np.repeat(rng.standard_normal((1, STEPS, H)), H, axis=0)


# Row j of a batch starts with a tiny imaginary step in component j: one run over the batch then
# gives the derivative by every component of the start state, by the complex step.
def reach_rnn(seed):
    """Return the norm of the derivative of h_T by h_0 in an untrained plain RNN."""
    rng = np.random.default_rng(seed)
    x, p = inputs(rng), rnn.Params(drawn(rng, H), drawn(rng, H), np.zeros(H))
    return np.linalg.norm(rnn.forward(x, p, state=1j * NUDGE * np.eye(H)).state.imag / NUDGE, 2)


def reach_lstm(seed, forget_bias):
    """Return the norm of the derivative of c_T by c_0 in an untrained LSTM."""
    rng = np.random.default_rng(seed)
    x, p = inputs(rng), lstm.Params(drawn(rng, 4 * H), drawn(rng, 4 * H), np.zeros(4 * H))
    p.b_f[:] = forget_bias
    start = lstm.State(np.zeros((H, H), complex), 1j * NUDGE * np.eye(H))
    return np.linalg.norm(lstm.forward(x, p, state=start).state.c.imag / NUDGE, 2)


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


def move(step, z):
    """Return how far a one-unit GRU moves in one step when its update gate stands at z."""
    p = gru.Params(
        W=np.array([[0.4], [0.0], [0.9]]),
        U=np.array([[0.3], [0.0], [-0.5]]),
        b=np.array([0.1, np.log(z / (1 - z)), 0.2]),
    )
    h_prev = np.array([[-0.6]])
    return float(np.abs(step(np.array([[1.0]]), h_prev, p).h - h_prev)[0, 0])


@value("notes.move-keep")
def move_keep():
    """Say how far the state moves at z = 0.9 where z keeps."""
    return signed(move(gru.step, 0.9))


@value("notes.move-replace")
def move_replace():
    """Say how far the state moves at z = 0.9 where z replaces."""
    return signed(move(gru.step_update_replace, 0.9))


@value("notes.move-ratio")
def move_ratio():
    """Say how much farther the second moves than the first."""
    return f"{move(gru.step_update_replace, 0.9) / move(gru.step, 0.9):.3g}"


@value("notes.belt-50")
def belt():
    """Say what share of the cell state is left after 50 steps with the forget gate at 0.9."""
    p = lstm.Params(np.zeros((4, 1)), np.zeros((4, 1)), np.array([-800.0, np.log(9.0), 0.0, 0.0]))
    start = lstm.State(np.zeros((1, 1)), np.ones((1, 1)))
    return signed(lstm.forward(np.zeros((1, STEPS, 1)), p, state=start).state.c[0, 0])
