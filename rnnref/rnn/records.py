"""What a plain RNN is made of: its weights, its state, and the named values of a step."""

from typing import NamedTuple

from numpy import ndarray


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

    SHAPES = {"h": "B H"}


class RNNBackward(NamedTuple):
    """The derivatives of one step, in the order of computation; a is the net input."""

    da: ndarray  # (B, H)
    dx: ndarray  # (B, D)
    dh_prev: ndarray  # (B, H)
    dW: ndarray  # (H, D)
    dU: ndarray  # (H, H)
    db: ndarray  # (H,)
