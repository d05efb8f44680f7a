"""What a plain RNN is made of: its weights, its state, and the named values of a step."""

from typing import NamedTuple

from ..checks.declared import fields
from ..hints import Array
from ..shown import shown


@shown
@fields(W="H D", U="H H", b="H")
class Params(NamedTuple):
    """Weights of one RNN layer: W acts on the input, U on the state."""

    W: Array  # (H, D)
    U: Array  # (H, H)
    b: Array  # (H,)


@shown
@fields(h="B H")
class RNNStep(NamedTuple):
    """The named value of one step."""

    h: Array  # (B, H)


@shown
class RNNBackward(NamedTuple):
    """The derivatives of one step, in the order of computation; a is the net input."""

    da: Array  # (B, H)
    dx: Array  # (B, D)
    dh_prev: Array  # (B, H)
    dW: Array  # (H, D)
    dU: Array  # (H, H)
    db: Array  # (H,)
