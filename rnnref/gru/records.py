"""What a GRU is made of: its weights, its state, and the named values of a step."""

from collections import namedtuple
from typing import NamedTuple

from numpy import ndarray

from ..checks.dims import Record
from ..params import gate_view

GATES = ("r", "z", "h")  # rows of the stacked weights: reset, update, candidate
STACKS = dict.fromkeys(("W", "U", "b"), GATES)


class Params(NamedTuple):
    """Weights of one GRU layer: gates stacked on rows, each a view by name (`p.W_z`).

    b_u, the bias inside the reset product, belongs to the reset-after forms alone.
    """

    W: ndarray  # (3*H, D)
    U: ndarray  # (3*H, H)
    b: ndarray  # (3*H,)
    b_u: ndarray | None = None  # (H,)

    SHAPES = {"W": "3*H D", "U": "3*H H", "b": "3*H", "b_u": "H"}

    def __getattr__(self, name: str) -> ndarray:
        return gate_view(self, name, STACKS)


RESET_BEFORE = Record(Params, refuses=("b_u",))
RESET_AFTER = Record(Params, needs=("b_u",))


class State(NamedTuple):
    """What a GRU carries from one step to the next."""

    h: ndarray  # (B, H)

    SHAPES = {"h": "B H"}


class GRUStep(NamedTuple):
    """Every named value of one step, in the order in which it is computed."""

    r: ndarray  # (B, H) reset gate
    z: ndarray  # (B, H) update gate
    h_tilde: ndarray  # (B, H) candidate
    h: ndarray  # (B, H) hidden state

    SHAPES = {"r": "B H", "z": "B H", "h_tilde": "B H", "h": "B H"}


WEIGHTS = "dW_r dW_z dW_h dU_r dU_z dU_h db_r db_z db_h"


class GRUBackward(namedtuple("Fields", f"dz dh_tilde da_h drh dr da_r da_z dx dh_prev {WEIGHTS}")):
    """The derivatives of one step, in the order in which they are computed.

    dx is (B, D); those by weights have the shapes of the weights; all others are (B, H). a_r, a_z,
    a_h are the net inputs, and drh is by the old state after its reset.
    """

    __slots__ = ()


class ResetAfterBackward(
    namedtuple("Fields", f"dz dh_tilde da_h du dr da_r da_z dx dh_prev {WEIGHTS} db_u")
):
    """The same where the reset acts on the product with U_h and its bias b_u, together u."""

    __slots__ = ()
