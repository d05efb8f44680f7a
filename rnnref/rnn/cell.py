"""The plain recurrent cell: one tanh layer that reads the input and its own last state."""

import numpy as np

from ..checks.cells import check_settings
from ..checks.dims import shapes
from ..checks.scalars import check_drawing
from ..hints import Array, DType, Generator, Gradient, Lengths
from ..initialise import orthogonal, xavier_uniform
from ..numerics import relu, relu_slope
from ..sequence import run as sequence
from ..sequence.incoming import incoming
from ..sequence.run import Grads, check_backward, live_steps
from ..sequence.tape import Hidden
from .records import Params, RNNBackward, RNNStep
from .tape import RNNRewind, RNNTape


def init(rng: Generator, D: int, H: int, *, dtype: DType = np.float64) -> Params:
    """Return random weights to start training from.

    W is drawn evenly after Glorot, each block of U is orthogonal and b is 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    D, H : int
        Input features, hidden units.
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

    Examples
    --------
    >>> init(np.random.default_rng(0), 3, 4).W.shape
    (4, 3)
    """
    check_drawing("rnn.init", rng, dtype, D=D, H=H)
    W = xavier_uniform(rng, (H, D), dtype=dtype)
    U = orthogonal(rng, (H, H), dtype=dtype)
    return Params(W, U, np.zeros(H, dtype))


@shapes(x="B D", h_prev="B H", p=Params)
def step(x: Array, h_prev: Array, p: Params) -> RNNStep:
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


@shapes(dh="B H", x="B D", h_prev="B H", s=RNNStep, p=Params)
def step_backward(dh: Array, x: Array, h_prev: Array, s: RNNStep, p: Params) -> RNNBackward:
    """Take the derivatives of a loss through one step of a plain RNN.

    Parameters
    ----------
    dh : (B, H)
        The whole derivative by h: through the output of this step and through the next step.
    x : (B, D)
    h_prev : (B, H)
    s : RNNStep
        What `step` returned for them.
    p : Params

    Returns
    -------
    RNNBackward
        The derivatives by weights are summed over the batch.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    da = dh * (1 - s.h**2)
    dx = da @ p.W
    dh_prev = da @ p.U
    dW = da.T @ x
    dU = da.T @ h_prev
    db = np.sum(da, axis=0)
    return RNNBackward(da, dx, dh_prev, dW, dU, db)


@shapes(x="B D", h_prev="B H", p=Params)
def step_relu(x: Array, h_prev: Array, p: Params) -> RNNStep:
    """Advance a plain RNN that cuts off negative numbers where the other one bends by tanh.

    Arguments, result and errors are those of `step`, but h is any number that is not negative.

    References
    ----------
    Le, Jaitly & Hinton 2015 (1504.00941).
    """
    h = relu(x @ p.W.T + h_prev @ p.U.T + p.b)
    return RNNStep(h)


@shapes(dh="B H", x="B D", h_prev="B H", s=RNNStep, p=Params)
def step_relu_backward(dh: Array, x: Array, h_prev: Array, s: RNNStep, p: Params) -> RNNBackward:
    """Take the derivatives of a loss through one step, in the form of `step_relu`.

    Arguments, result and errors are those of `step_backward`.
    """
    da = dh * relu_slope(s.h)
    dx = da @ p.W
    dh_prev = da @ p.U
    dW = da.T @ x
    dU = da.T @ h_prev
    db = np.sum(da, axis=0)
    return RNNBackward(da, dx, dh_prev, dW, dU, db)


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
    nonlinearity: str = "tanh",
) -> Run:
    """Run a plain RNN over a sequence.

    Parameters
    ----------
    x : (B, T, D)
        T = 0 is allowed: nothing is read and the state stays.
    p : Params
    state : (B, H), optional
        The state before the first step; None means zeros.
    lengths : integers (B,), optional
        How many steps each sequence has, 0 to T; None means T. What stands behind is not read.
    reverse : bool
        Whether to read from the last step of each sequence to the first; outputs stay in the
        order of time.
    nonlinearity : "tanh" or "relu"
        The step: `step` or `step_relu`.

    Returns
    -------
    Run
        y (B, T, H); state (B, H); steps.h (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a length out of range.
    OptionError
        For an unknown `nonlinearity`, or a `reverse` that is no bool.
    """
    check_settings("rnn.forward", nonlinearity=nonlinearity)
    live = live_steps("rnn.forward", x, lengths, reverse)
    start = Hidden(np.zeros((len(x), len(p.b)), x.dtype) if state is None else state)
    tape = RNNTape(x, start, p, live, reverse, nonlinearity).play()
    [h] = tape.final()
    steps = tape.steps()
    return Run(steps.h, h, steps, tape)


def backward(
    run: Run, *, dy: Gradient = None, dstate: Gradient = None, truncate: int | None = None
) -> Grads:
    """Take the derivatives of a loss through a whole sequence.

    Parameters
    ----------
    run : Run
        What `forward` returned.
    dy : (B, T, H), optional
        The derivative by y; None means zero. What stands past the end of a sequence is not read.
    dstate : (B, H), optional
        The derivative by the final state; None means zero.
    truncate : int, optional
        Cut the gradient of the state before steps k, 2*k, … as they are read; None means never.

    Returns
    -------
    Grads
        x (B, T, D), state (B, H), params, and flow (B, T, H).

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit the run, or another record.
    ArgumentError
        For a `truncate` that is no integer of at least 1.

    References
    ----------
    Werbos 1990; truncation: Williams & Peng 1990.
    """
    check_backward("rnn.backward", run, Run, truncate)
    dy = incoming("rnn.backward", "dy", dy, run.y)
    dh = incoming("rnn.backward", "dstate", dstate, run.state)
    back = RNNRewind(run.tape, dy, [dh]).play(truncate)
    [start], [flow] = back.start(), back.flows()
    return Grads(back.inputs(), start, back.params(), flow)
