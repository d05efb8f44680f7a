"""The LSTM: three gates guard a cell state that is only scaled and added to."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .dims import shapes
from .numerics import sigmoid
from .params import gate_view
from .sequence import Run, unroll

GATES = ("i", "f", "c", "o")  # rows of the stacked weights: input, forget, candidate, output


class Params(NamedTuple):
    """Weights of one LSTM layer: gates stacked on rows, each a view by name (`p.W_f`)."""

    W: ndarray  # (4*H, D)
    U: ndarray  # (4*H, H)
    b: ndarray  # (4*H,)

    SHAPES = {"W": "4*H D", "U": "4*H H", "b": "4*H"}

    def __getattr__(self, name: str) -> ndarray:
        return gate_view(self, name, GATES)


class State(NamedTuple):
    """What an LSTM carries from one step to the next."""

    h: ndarray  # (B, H)
    c: ndarray  # (B, H)

    SHAPES = {"h": "B H", "c": "B H"}


class LSTMStep(NamedTuple):
    """Every named value of one step, in the order in which it is computed."""

    f: ndarray  # (B, H) forget gate
    i: ndarray  # (B, H) input gate
    c_tilde: ndarray  # (B, H) candidate
    c: ndarray  # (B, H) cell state
    o: ndarray  # (B, H) output gate
    h: ndarray  # (B, H) hidden state


@shapes(x="B D", h_prev="B H", c_prev="B H", p=Params)
def step(x, h_prev, c_prev, p):
    """Advance an LSTM by one time step.

    Parameters
    ----------
    x : (B, D)
    h_prev, c_prev : (B, H)
    p : Params

    Returns
    -------
    LSTMStep
        Every field (B, H): gates between 0 and 1, c_tilde and h between -1 and 1, c any number.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.

    References
    ----------
    Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000.
    """
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = o * np.tanh(c)
    return LSTMStep(f, i, c_tilde, c, o, h)


@shapes(x="B T D", p=Params, state=State)
def forward(x, p, *, state=None):
    """Run an LSTM over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
    state : State of (B, H), optional
        The state before the first step; None means zeros.

    Returns
    -------
    Run
        y (B, T, H); state `State` of (B, H); every field of steps (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    zeros = np.zeros((len(x), len(p.b) // len(GATES)), x.dtype)
    start = State(zeros, zeros) if state is None else state
    steps, final = unroll(step.__wrapped__, LSTMStep, x, start, p)
    return Run(steps.h, final, steps)
