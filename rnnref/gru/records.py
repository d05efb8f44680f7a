"""What a GRU is made of: its weights, its state, and the named values of a step."""

from collections import namedtuple
from typing import NamedTuple

from ..checks.declared import Record, fields
from ..checks.dims import check_presence
from ..errors import say
from ..hints import Array
from ..params import gate_view
from ..shown import shown

GATES = ("r", "z", "h")  # rows of the stacked weights: reset, update, candidate
STACKS = dict.fromkeys(("W", "U", "b"), GATES)


@shown
@fields(W="3*H D", U="3*H H", b="3*H", b_u="H")
class Params(NamedTuple):
    """Weights of one GRU layer: gates stacked on rows, each a view by name (`p.W_z`).

    b_u, the bias inside the reset product, belongs to the reset-after forms alone.
    """

    W: Array  # (3*H, D)
    U: Array  # (3*H, H)
    b: Array  # (3*H,)
    b_u: Array | None = None  # (H,)

    def __getattr__(self, name: str) -> Array:
        return gate_view(self, name, STACKS)


def check_reset(function: str, argument: str, p: Params, reset: str) -> None:
    """Refuse weights with a bias inside the reset product for the other form, or without for this.

    Parameters
    ----------
    function, argument : str
        As called, for messages.
    p : Params
    reset : "before" or "after"

    Raises
    ------
    ArgumentError
    """
    needed = say("an array", "数组") if reset == "after" else ""
    check_presence(function, f"{argument}.b_u", p.b_u, needed, f'reset="{reset}"')


RESET_BEFORE = Record(Params, refuses=("b_u",))
RESET_AFTER = Record(Params, needs=("b_u",))


@shown
@fields(r="B H", z="B H", h_tilde="B H", h="B H")
class GRUStep(NamedTuple):
    """Every named value of one step, in the order in which it is computed."""

    r: Array  # (B, H) reset gate
    z: Array  # (B, H) update gate
    h_tilde: Array  # (B, H) candidate
    h: Array  # (B, H) hidden state


@shown
class GRUBackward(
    namedtuple(
        "Fields",
        "dz dh_tilde da_h drh dr da_r da_z dx dh_prev dW_r dW_z dW_h dU_r dU_z dU_h db_r db_z db_h",
    )
):
    """The derivatives of one step, in the order in which they are computed.

    dx is (B, D); those by weights have the shapes of the weights; all others are (B, H). a_r, a_z,
    a_h are the net inputs, and drh is by the old state after its reset.
    """

    __slots__ = ()


@shown
class ResetAfterBackward(
    namedtuple(
        "Fields",
        "dz dh_tilde da_h du dr da_r da_z dx dh_prev dW_r dW_z dW_h dU_r dU_z dU_h db_r db_z "
        "db_h db_u",
    )
):
    """The same where the reset acts on the product with U_h and its bias b_u, together u."""

    __slots__ = ()
