"""What an LSTM is made of: its weights, its state, and the named values of a step."""

from collections import namedtuple
from typing import Any, NamedTuple

from ..checks.declared import Record, fields, without
from ..hints import Array
from ..params import gate_view
from ..shown import shown

GATES = ("i", "f", "c", "o")  # rows of the stacked weights: input, forget, candidate, output
PEEPHOLES = ("i", "f", "o")  # rows of p: the gates that see the cell state
STACKS = {**dict.fromkeys(("W", "U", "b"), GATES), "p": PEEPHOLES}


@shown
@fields(W="4*H D", U="4*H P", b="4*H", p="3*H", W_p="P H")
@without("W_p", P="H")
class Params(NamedTuple):
    """Weights of one LSTM layer: gates stacked on rows, each a view by name (`p.W_f`).

    p, the peepholes, lets three gates see the cell state. W_p projects the hidden state from H
    units to P; without it P is H.
    """

    W: Array  # (4*H, D)
    U: Array  # (4*H, P)
    b: Array  # (4*H,)
    p: Array | None = None  # (3*H,)
    W_p: Any = None  # (P, H)

    def __getattr__(self, name: str) -> Array:
        return gate_view(self, name, STACKS)


PLAIN = Record(Params, refuses=("p", "W_p"))
PEEPHOLE = Record(Params, needs=("p",), refuses=("W_p",))
PROJECTED = Record(Params, needs=("W_p",), refuses=("p",))


@shown
@fields(h="B P", c="B H")
class State(NamedTuple):
    """What an LSTM carries from one step to the next."""

    # In a gradient from above a number may stand in place of each, or None.
    h: Any  # (B, P)
    c: Any  # (B, H)


@shown
@fields(f="B H", i="B H", c_tilde="B H", c="B H", o="B H", h="B P")
class LSTMStep(NamedTuple):
    """Every named value of one step, in the order in which it is computed."""

    f: Array  # (B, H) forget gate
    i: Array  # (B, H) input gate
    c_tilde: Array  # (B, H) candidate
    c: Array  # (B, H) cell state
    o: Array  # (B, H) output gate
    h: Array  # (B, P) hidden state


@shown
class LSTMBackward(
    namedtuple(
        "Fields",
        "do dc df di dc_tilde da_f da_i da_c da_o dx dh_prev dc_prev dW_f dW_i dW_c dW_o dU_f "
        "dU_i dU_c dU_o db_f db_i db_c db_o",
    )
):
    """The derivatives of one step, in the order in which they are computed.

    dx is (B, D); those by weights have the shapes of the weights; all others are (B, H). dc is the
    total, through h and through the next step; a_f, a_i, a_c, a_o are the net inputs.
    """

    __slots__ = ()


@shown
class PeepholeBackward(
    namedtuple(
        "Fields",
        "do da_o dc df di dc_tilde da_f da_i da_c dx dh_prev dc_prev dW_f dW_i dW_c dW_o dU_f "
        "dU_i dU_c dU_o db_f db_i db_c db_o dp_f dp_i dp_o",
    )
):
    """The derivatives of one step with peepholes: o sees c, so that its net input comes first."""

    __slots__ = ()


@shown
class CoupledBackward(
    namedtuple(
        "Fields",
        "do dc df di dc_tilde da_i da_c da_o dx dh_prev dc_prev dW_i dW_c dW_o dU_i dU_c dU_o "
        "db_i db_c db_o",
    )
):
    """The derivatives of one step with coupled gates; di includes what comes through f."""

    __slots__ = ()


@shown
class ProjectedBackward(
    namedtuple(
        "Fields",
        "dm do dc df di dc_tilde da_f da_i da_c da_o dx dh_prev dc_prev dW_p dW_f dW_i dW_c "
        "dW_o dU_f dU_i dU_c dU_o db_f db_i db_c db_o",
    )
):
    """The derivatives of one step with a projection; m is what W_p reads, and dh_prev (B, P)."""

    __slots__ = ()
