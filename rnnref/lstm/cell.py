"""The LSTM: three gates guard a cell state that is only scaled and added to."""

import numpy as np

from .. import initialise
from ..checks.cells import check_settings
from ..checks.dims import shapes
from ..checks.scalars import check_drawing
from ..hints import Array, DType, Generator, Gradient, Lengths
from ..numerics import sigmoid
from ..sequence import run as sequence
from ..sequence.incoming import incoming, incoming_state
from ..sequence.run import Grads, check_backward, live_steps
from .records import GATES, PLAIN, LSTMBackward, LSTMStep, Params, State
from .tape import LSTMRewind, LSTMTape


def init(
    rng: Generator,
    D: int,
    H: int,
    *,
    P: int | None = None,
    peepholes: bool = False,
    forget_bias: float = 1.0,
    dtype: DType = np.float64,
) -> Params:
    """Return random weights to start training from.

    W is drawn evenly after Glorot, each block of U is orthogonal, and b is 0 but for the forget
    gate, which starts out open; for long memories see `initialise.chrono`.

    Parameters
    ----------
    rng : numpy.random.Generator
    D, H : int
        Input features, hidden units.
    P : int, optional
        Width of a projected hidden state; None means no projection.
    peepholes : bool
        Whether gates see the cell state; the peepholes start at 0.
    forget_bias : float
    dtype : float64 or float32

    Returns
    -------
    Params

    Raises
    ------
    ArgumentError
        For a size that is no integer or too small, or a `forget_bias` that is not finite.
    DTypeError, OptionError
        For another kind of `rng` or `dtype`; for `peepholes` that is no bool.

    Examples
    --------
    >>> init(np.random.default_rng(0), 3, 2).b_f.tolist()
    [1.0, 1.0]
    """
    check_drawing("lstm.init", rng, dtype, D=D, H=H)
    check_settings("lstm.init", P=P, peepholes=peepholes, forget_bias=forget_bias)
    W = initialise.xavier_uniform(rng, (4 * H, D), blocks=4, dtype=dtype)
    U = initialise.orthogonal(rng, (4 * H, H if P is None else P), blocks=4, dtype=dtype)
    b = initialise.forget_bias(GATES, H, forget_bias, dtype=dtype)
    p = np.zeros(3 * H, dtype) if peepholes else None
    W_p = None if P is None else initialise.xavier_uniform(rng, (P, H), dtype=dtype)
    return Params(W, U, b, p, W_p)


@shapes(x="B D", h_prev="B H", c_prev="B H", p=PLAIN)
def step(x: Array, h_prev: Array, c_prev: Array, p: Params) -> LSTMStep:
    """Advance an LSTM by one time step.

    Parameters
    ----------
    x : (B, D)
    h_prev, c_prev : (B, H)
    p : Params
        Without p and W_p.

    Returns
    -------
    LSTMStep
        Every field (B, H): gates between 0 and 1, c_tilde and h between -1 and 1, c any number.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For weights that the form does not read.

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


@shapes(dh="B H", dc_next="B H", x="B D", h_prev="B H", c_prev="B H", p=PLAIN, s=LSTMStep)
def step_backward(
    dh: Array, dc_next: Array, x: Array, h_prev: Array, c_prev: Array, s: LSTMStep, p: Params
) -> LSTMBackward:
    """Take the derivatives of a loss through one step of an LSTM.

    Parameters
    ----------
    dh : (B, H)
        The whole derivative by h: through the output of this step and through the next step.
    dc_next : (B, H)
        The derivative by c through the next step alone.
    x : (B, D)
    h_prev, c_prev : (B, H)
    s : LSTMStep
        What `step` returned for them.
    p : Params
        Without p and W_p.

    Returns
    -------
    LSTMBackward
        The derivatives by weights are summed over the batch.

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
        As `step`.
    """
    do = dh * np.tanh(s.c)
    dc = dc_next + dh * s.o * (1 - np.tanh(s.c) ** 2)  # both states carry gradient
    df = dc * c_prev
    di = dc * s.c_tilde
    dc_tilde = dc * s.i
    da_f = df * s.f * (1 - s.f)
    da_i = di * s.i * (1 - s.i)
    da_c = dc_tilde * (1 - s.c_tilde**2)
    da_o = do * s.o * (1 - s.o)
    dx = da_f @ p.W_f + da_i @ p.W_i + da_c @ p.W_c + da_o @ p.W_o
    dh_prev = da_f @ p.U_f + da_i @ p.U_i + da_c @ p.U_c + da_o @ p.U_o
    dc_prev = dc * s.f
    dW_f, dW_i, dW_c, dW_o = da_f.T @ x, da_i.T @ x, da_c.T @ x, da_o.T @ x
    dU_f, dU_i = da_f.T @ h_prev, da_i.T @ h_prev
    dU_c, dU_o = da_c.T @ h_prev, da_o.T @ h_prev
    db_f, db_i = np.sum(da_f, axis=0), np.sum(da_i, axis=0)
    db_c, db_o = np.sum(da_c, axis=0), np.sum(da_o, axis=0)
    return LSTMBackward(
        *(do, dc, df, di, dc_tilde, da_f, da_i, da_c, da_o, dx, dh_prev, dc_prev),
        *(dW_f, dW_i, dW_c, dW_o, dU_f, dU_i, dU_c, dU_o, db_f, db_i, db_c, db_o),
    )


class Run(sequence.Run):
    """What `forward` returns: y, the final state, steps, and what `backward` needs besides."""

    __slots__ = ()


@shapes(x="B T D", p=Params, state=State)
def forward(
    x: Array,
    p: Params,
    *,
    state: State | None = None,
    lengths: Lengths | None = None,
    reverse: bool = False,
    coupled: bool = False,
) -> Run:
    """Run an LSTM over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
        With p for peepholes, with W_p for a projection.
    state : State of h (B, P) and c (B, H), optional
        The state before the first step; None means zeros.
    lengths : integers (B,), optional
        How many steps each sequence has, 0 to T; None means T. What stands behind is not read.
    reverse : bool
        Whether to read from the last step of each sequence to the first; outputs stay in the
        order of time.
    coupled : bool
        Whether to forget as much as is written; the rows of f are not read then.

    Returns
    -------
    Run
        y (B, T, P); state a `State`; fields of steps (B, T, H), of h (B, T, P). Without a
        projection P is H.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a length out of range.
    OptionError
        For a `reverse` or `coupled` that is no bool.
    """
    live = live_steps("lstm.forward", x, lengths, reverse)
    check_settings("lstm.forward", coupled=coupled)
    (rows, P), B = p.U.shape, len(x)
    zeros = np.zeros((B, P), x.dtype), np.zeros((B, rows // len(GATES)), x.dtype)
    start = State(*zeros) if state is None else state
    tape = LSTMTape(x, start, p, live, reverse, coupled).play()
    steps = tape.steps()
    return Run(steps.h, State(*tape.final()), steps, tape)


def backward(
    run: Run, *, dy: Gradient = None, dstate: State | None = None, truncate: int | None = None
) -> Grads:
    """Take the derivatives of a loss through a whole sequence.

    Parameters
    ----------
    run : Run
        What `forward` returned.
    dy : (B, T, P), optional
        The derivative by y; None means zero. What stands past the end of a sequence is not read.
    dstate : State of h (B, P) and c (B, H), optional
        The derivatives by the final state; None means zero, for h or c alone too.
    truncate : int, optional
        Cut the gradient of the state before steps k, 2*k, … as they are read; None means never.

    Returns
    -------
    Grads
        x (B, T, D), state a `State`, params, and flow a `State` of (B, T, P) and (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit the run, or another record.
    ArgumentError
        For a `truncate` that is no integer of at least 1.
    """
    check_backward("lstm.backward", run, Run, truncate)
    dy = incoming("lstm.backward", "dy", dy, run.y)
    dstates = incoming_state("lstm.backward", dstate, run.state)
    back = LSTMRewind(run.tape, dy, dstates).play(truncate)
    return Grads(back.inputs(), State(*back.start()), back.params(), State(*back.flows()))
