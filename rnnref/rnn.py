"""The plain recurrent cell: one tanh layer that reads the input and its own last state."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .dims import shapes
from .sequence import Run, unroll


class Params(NamedTuple):
    """Weights of one RNN layer: W acts on the input, U on the state."""

    W: ndarray  # (H, D)
    U: ndarray  # (H, H)
    b: ndarray  # (H,)

    SHAPES = {"W": "H D", "U": "H H", "b": "H"}


class State(NamedTuple):
    """What an RNN carries from one step to the next."""

    h: ndarray  # (B, H)

    SHAPES = {"h": "B H"}


class RNNStep(NamedTuple):
    """The named value of one step."""

    h: ndarray  # (B, H)


@shapes(x="B D", h_prev="B H", p=Params)
def step(x, h_prev, p):
    """Advance a plain RNN by one time step.

    Parameters
    ----------
    x : (B, D)
    h_prev : (B, H)
    p : Params

    Returns
    -------
    RNNStep
        h (B, H), each value between -1 and 1.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.

    References
    ----------
    Elman 1990.
    """
    h = np.tanh(x @ p.W.T + h_prev @ p.U.T + p.b)
    return RNNStep(h)


@shapes(x="B T D", p=Params, state="B H")
def forward(x, p, *, state=None):
    """Run a plain RNN over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
    state : (B, H), optional
        The state before the first step; None means zeros.

    Returns
    -------
    Run
        y (B, T, H); state (B, H); steps.h (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    start = np.zeros((len(x), len(p.b)), x.dtype) if state is None else state
    steps, final = unroll(step.__wrapped__, RNNStep, x, State(start), p)
    return Run(steps.h, final.h, steps)
