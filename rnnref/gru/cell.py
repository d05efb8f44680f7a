"""The GRU: one gate mixes the old state with a candidate, another decides what the candidate sees.

Two choices differ between books and libraries, and each combination here is a function of its own:
what the update gate z multiplies (the old state: "keep"; the candidate: "replace"), and whether the
reset gate r acts before or after the product with U_h.
"""

import numpy as np

from ..checks.cells import check_settings
from ..checks.dims import shapes
from ..checks.scalars import check_drawing
from ..hints import Array, DType, Generator, Gradient, Lengths
from ..initialise import orthogonal, xavier_uniform
from ..numerics import sigmoid
from ..sequence import run as sequence
from ..sequence.incoming import incoming
from ..sequence.run import Grads, check_backward, live_steps
from ..sequence.tape import Hidden
from .records import GATES, RESET_BEFORE, GRUBackward, GRUStep, Params, check_reset
from .tape import GRURewind, GRUTape


def init(
    rng: Generator, D: int, H: int, *, reset: str = "before", dtype: DType = np.float64
) -> Params:
    """Return random weights to start training from.

    W is drawn evenly after Glorot, each block of U is orthogonal, and biases are 0. For long
    memories see `initialise.chrono`.

    Parameters
    ----------
    rng : numpy.random.Generator
    D, H : int
        Input features, hidden units.
    reset : "before" or "after"
        With "after" there is a b_u.
    dtype : float64 or float32

    Returns
    -------
    Params

    Raises
    ------
    ArgumentError
        For a size that is no integer, or too small.
    DTypeError
        For another kind of `rng` or `dtype`.
    OptionError
        For an unknown `reset`.

    Examples
    --------
    >>> init(np.random.default_rng(0), 3, 4, reset="after").b_u.shape
    (4,)
    """
    check_drawing("gru.init", rng, dtype, D=D, H=H)
    check_settings("gru.init", reset=reset)
    W = xavier_uniform(rng, (3 * H, D), blocks=3, dtype=dtype)
    U = orthogonal(rng, (3 * H, H), blocks=3, dtype=dtype)
    return Params(W, U, np.zeros(3 * H, dtype), np.zeros(H, dtype) if reset == "after" else None)


@shapes(x="B D", h_prev="B H", p=RESET_BEFORE)
def step(x: Array, h_prev: Array, p: Params) -> GRUStep:
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


@shapes(dh="B H", x="B D", h_prev="B H", s=GRUStep, p=RESET_BEFORE)
def step_backward(dh: Array, x: Array, h_prev: Array, s: GRUStep, p: Params) -> GRUBackward:
    """Take the derivatives of a loss through one step of a GRU, in the form of `step`.

    Parameters
    ----------
    dh : (B, H)
        The whole derivative by h: through the output of this step and through the next step.
    x : (B, D)
    h_prev : (B, H)
    s : GRUStep
        What `step` returned for them.
    p : Params
        Without b_u.

    Returns
    -------
    GRUBackward
        The derivatives by weights are summed over the batch.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a b_u that the form does not read.
    """
    dz = dh * (h_prev - s.h_tilde)
    dh_tilde = dh * (1 - s.z)
    da_h = dh_tilde * (1 - s.h_tilde**2)
    drh = da_h @ p.U_h
    dr = drh * h_prev
    da_r = dr * s.r * (1 - s.r)
    da_z = dz * s.z * (1 - s.z)
    dx = da_r @ p.W_r + da_z @ p.W_z + da_h @ p.W_h
    dh_prev = dh * s.z + drh * s.r + da_r @ p.U_r + da_z @ p.U_z  # four ways back
    dW_r, dW_z, dW_h = da_r.T @ x, da_z.T @ x, da_h.T @ x
    dU_r, dU_z, dU_h = da_r.T @ h_prev, da_z.T @ h_prev, da_h.T @ (s.r * h_prev)
    db_r, db_z, db_h = np.sum(da_r, axis=0), np.sum(da_z, axis=0), np.sum(da_h, axis=0)
    return GRUBackward(
        *(dz, dh_tilde, da_h, drh, dr, da_r, da_z, dx, dh_prev),
        *(dW_r, dW_z, dW_h, dU_r, dU_z, dU_h, db_r, db_z, db_h),
    )


class Run(sequence.Run):
    """What `forward` returns: y, the final state, steps, and what `backward` needs besides."""

    __slots__ = ()


@shapes(x="B T D", p=Params, state="B H")
def forward(
    x: Array,
    p: Params,
    *,
    state: Array | None = None,
    lengths: Lengths | None = None,
    reverse: bool = False,
    reset: str = "before",
    update: str = "keep",
) -> Run:
    """Run a GRU over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
        With b_u for reset="after", without it for "before".
    state : (B, H), optional
        The state before the first step; None means zeros.
    lengths : integers (B,), optional
        How many steps each sequence has, 0 to T; None means T. What stands behind is not read.
    reverse : bool
        Whether to read from the last step of each sequence to the first; outputs stay in the
        order of time.
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
        For an unknown `reset` or `update`, or a `reverse` that is no bool.
    ArgumentError
        If `reset` and the presence of p.b_u contradict each other; for a length out of range.
    """
    check_settings("gru.forward", reset=reset, update=update)
    check_reset("gru.forward", "p", p, reset)
    live = live_steps("gru.forward", x, lengths, reverse)
    zeros = np.zeros((len(x), len(p.b) // len(GATES)), x.dtype)
    start = Hidden(zeros if state is None else state)
    tape = GRUTape(x, start, p, live, reverse, reset, update).play()
    [h] = tape.final()
    steps = tape.steps()
    return Run(steps.h, h, steps, tape)


def backward(
    run: Run, *, dy: Gradient = None, dstate: Gradient = None, truncate: int | None = None
) -> Grads:
    """Take the derivatives of a loss through a whole sequence.

    Arguments, result and errors are those of `rnn.backward`.
    """
    check_backward("gru.backward", run, Run, truncate)
    dy = incoming("gru.backward", "dy", dy, run.y)
    dh = incoming("gru.backward", "dstate", dstate, run.state)
    back = GRURewind(run.tape, dy, [dh]).play(truncate)
    [start], [flow] = back.start(), back.flows()
    return Grads(back.inputs(), start, back.params(), flow)
