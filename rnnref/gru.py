"""The GRU: one gate mixes the old state with a candidate, another decides what the candidate sees.

Two choices differ between books and libraries, and each combination here is a function of its own:
what the update gate z multiplies (the old state: "keep"; the candidate: "replace"), and whether the
reset gate r acts before or after the product with U_h.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .dims import Record, check_presence, shapes
from .errors import check_option, say
from .numerics import sigmoid
from .params import gate_view
from .sequence import Run, unroll

GATES = ("r", "z", "h")  # rows of the stacked weights: reset, update, candidate


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
        return gate_view(self, name, GATES)


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


@shapes(x="B D", h_prev="B H", p=RESET_BEFORE)
def step(x, h_prev, p):
    """Advance a GRU by one time step: z keeps the old state, r acts before the product.

    Parameters
    ----------
    x : (B, D)
    h_prev : (B, H)
    p : Params
        Without b_u.

    Returns
    -------
    GRUStep
        Every field (B, H): gates between 0 and 1, h_tilde between -1 and 1.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a b_u that the form does not read.

    References
    ----------
    Cho et al. 2014 (1406.1078v3), eqs. 5-8.
    """
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + (r * h_prev) @ p.U_h.T + p.b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return GRUStep(r, z, h_tilde, h)


@shapes(x="B D", h_prev="B H", p=RESET_BEFORE)
def step_update_replace(x, h_prev, p):
    """Advance a GRU whose update gate multiplies the candidate: a large z replaces the state.

    Arguments, result and errors are those of `step`.

    References
    ----------
    Chung et al. 2014 (1412.3555), section 3.2.
    """
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + (r * h_prev) @ p.U_h.T + p.b_h)
    h = (1 - z) * h_prev + z * h_tilde
    return GRUStep(r, z, h_tilde, h)


@shapes(x="B D", h_prev="B H", p=RESET_AFTER)
def step_reset_after(x, h_prev, p):
    """Advance a GRU whose reset gate acts after the product with U_h, on a bias b_u of its own.

    Arguments, result and errors are those of `step`, but p.b_u is needed.

    References
    ----------
    The form of cuDNN, and so of PyTorch and, by default, Keras.
    """
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + r * (h_prev @ p.U_h.T + p.b_u) + p.b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return GRUStep(r, z, h_tilde, h)


@shapes(x="B D", h_prev="B H", p=RESET_AFTER)
def step_reset_after_update_replace(x, h_prev, p):
    """Advance a GRU with both other choices: r after the product, z on the candidate.

    Arguments, result and errors are those of `step`, but p.b_u is needed.
    """
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + r * (h_prev @ p.U_h.T + p.b_u) + p.b_h)
    h = (1 - z) * h_prev + z * h_tilde
    return GRUStep(r, z, h_tilde, h)


STEPS = {
    ("before", "keep"): step,
    ("before", "replace"): step_update_replace,
    ("after", "keep"): step_reset_after,
    ("after", "replace"): step_reset_after_update_replace,
}


@shapes(x="B T D", p=Params, state="B H")
def forward(x, p, *, state=None, reset="before", update="keep"):
    """Run a GRU over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
        With b_u for reset="after", without it for "before".
    state : (B, H), optional
        The state before the first step; None means zeros.
    reset : "before" or "after"
        Where the reset gate acts: on h before the product with U_h, or on the product.
    update : "keep" or "replace"
        What a large z does to the old state.

    Returns
    -------
    Run
        y (B, T, H); state (B, H); every field of steps (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    OptionError
        For an unknown `reset` or `update`.
    ArgumentError
        If `reset` and the presence of p.b_u contradict each other.
    """
    check_option("gru.forward", "reset", reset, ("before", "after"))
    check_option("gru.forward", "update", update, ("keep", "replace"))
    needed = say("an array", "数组") if reset == "after" else ""
    check_presence("gru.forward", "p.b_u", p.b_u, needed, f'reset="{reset}"')
    start = np.zeros((len(x), len(p.b) // len(GATES)), x.dtype) if state is None else state
    steps, final = unroll(STEPS[reset, update].__wrapped__, GRUStep, x, State(start), p)
    return Run(steps.h, final.h, steps)
