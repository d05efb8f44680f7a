"""Three variants of an LSTM step, each with its backward step."""

import numpy as np

from ..checks.dims import shapes
from ..hints import Array
from ..numerics import sigmoid
from .records import (
    PEEPHOLE,
    PLAIN,
    PROJECTED,
    CoupledBackward,
    LSTMStep,
    Params,
    PeepholeBackward,
    ProjectedBackward,
)


@shapes(x="B D", h_prev="B H", c_prev="B H", p=PEEPHOLE)
def step_peephole(x: Array, h_prev: Array, c_prev: Array, p: Params) -> LSTMStep:
    """Advance an LSTM whose gates see the cell state: f and i the old one, o the new one.

    Arguments, result and errors are those of `step`, but p.p is needed.

    References
    ----------
    Gers, Schraudolph & Schmidhuber 2002.
    """
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.p_f * c_prev + p.b_f)
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.p_i * c_prev + p.b_i)
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.p_o * c + p.b_o)
    h = o * np.tanh(c)
    return LSTMStep(f, i, c_tilde, c, o, h)


@shapes(dh="B H", dc_next="B H", x="B D", h_prev="B H", c_prev="B H", p=PEEPHOLE, s=LSTMStep)
def step_peephole_backward(
    dh: Array, dc_next: Array, x: Array, h_prev: Array, c_prev: Array, s: LSTMStep, p: Params
) -> PeepholeBackward:
    """Take the derivatives of a loss through one step, in the form of `step_peephole`.

    Arguments, result and errors are those of `step_backward`, but p.p is needed and the result is
    a `PeepholeBackward`.
    """
    do = dh * np.tanh(s.c)
    da_o = do * s.o * (1 - s.o)
    dc = dc_next + dh * s.o * (1 - np.tanh(s.c) ** 2) + da_o * p.p_o
    df = dc * c_prev
    di = dc * s.c_tilde
    dc_tilde = dc * s.i
    da_f = df * s.f * (1 - s.f)
    da_i = di * s.i * (1 - s.i)
    da_c = dc_tilde * (1 - s.c_tilde**2)
    dx = da_f @ p.W_f + da_i @ p.W_i + da_c @ p.W_c + da_o @ p.W_o
    dh_prev = da_f @ p.U_f + da_i @ p.U_i + da_c @ p.U_c + da_o @ p.U_o
    dc_prev = dc * s.f + da_f * p.p_f + da_i * p.p_i
    dW_f, dW_i, dW_c, dW_o = da_f.T @ x, da_i.T @ x, da_c.T @ x, da_o.T @ x
    dU_f, dU_i = da_f.T @ h_prev, da_i.T @ h_prev
    dU_c, dU_o = da_c.T @ h_prev, da_o.T @ h_prev
    db_f, db_i = np.sum(da_f, axis=0), np.sum(da_i, axis=0)
    db_c, db_o = np.sum(da_c, axis=0), np.sum(da_o, axis=0)
    dp_f, dp_i = np.sum(da_f * c_prev, axis=0), np.sum(da_i * c_prev, axis=0)
    dp_o = np.sum(da_o * s.c, axis=0)
    return PeepholeBackward(
        *(do, da_o, dc, df, di, dc_tilde, da_f, da_i, da_c, dx, dh_prev, dc_prev),
        *(dW_f, dW_i, dW_c, dW_o, dU_f, dU_i, dU_c, dU_o, db_f, db_i, db_c, db_o),
        *(dp_f, dp_i, dp_o),
    )


@shapes(x="B D", h_prev="B H", c_prev="B H", p=PLAIN)
def step_coupled(x: Array, h_prev: Array, c_prev: Array, p: Params) -> LSTMStep:
    """Advance an LSTM that forgets exactly as much as it writes; the rows of f are not read.

    Arguments, result and errors are those of `step`.

    References
    ----------
    Greff et al. 2017 (the variant CIFG).
    """
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    f = 1 - i
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = o * np.tanh(c)
    return LSTMStep(f, i, c_tilde, c, o, h)


@shapes(dh="B H", dc_next="B H", x="B D", h_prev="B H", c_prev="B H", p=PLAIN, s=LSTMStep)
def step_coupled_backward(
    dh: Array, dc_next: Array, x: Array, h_prev: Array, c_prev: Array, s: LSTMStep, p: Params
) -> CoupledBackward:
    """Take the derivatives of a loss through one step, in the form of `step_coupled`.

    Arguments, result and errors are those of `step_backward`, but the result is a
    `CoupledBackward`: without the weights of f, which are not read.
    """
    do = dh * np.tanh(s.c)
    dc = dc_next + dh * s.o * (1 - np.tanh(s.c) ** 2)
    df = dc * c_prev
    di = dc * s.c_tilde - df
    dc_tilde = dc * s.i
    da_i = di * s.i * (1 - s.i)
    da_c = dc_tilde * (1 - s.c_tilde**2)
    da_o = do * s.o * (1 - s.o)
    dx = da_i @ p.W_i + da_c @ p.W_c + da_o @ p.W_o
    dh_prev = da_i @ p.U_i + da_c @ p.U_c + da_o @ p.U_o
    dc_prev = dc * s.f
    dW_i, dW_c, dW_o = da_i.T @ x, da_c.T @ x, da_o.T @ x
    dU_i, dU_c, dU_o = da_i.T @ h_prev, da_c.T @ h_prev, da_o.T @ h_prev
    db_i, db_c, db_o = np.sum(da_i, axis=0), np.sum(da_c, axis=0), np.sum(da_o, axis=0)
    return CoupledBackward(
        *(do, dc, df, di, dc_tilde, da_i, da_c, da_o, dx, dh_prev, dc_prev),
        *(dW_i, dW_c, dW_o, dU_i, dU_c, dU_o, db_i, db_c, db_o),
    )


@shapes(x="B D", h_prev="B P", c_prev="B H", p=PROJECTED)
def step_projected(x: Array, h_prev: Array, c_prev: Array, p: Params) -> LSTMStep:
    """Advance an LSTM whose hidden state is projected to another width by W_p.

    Parameters
    ----------
    x : (B, D)
    h_prev : (B, P)
    c_prev : (B, H)
    p : Params
        With W_p, without p.

    Returns
    -------
    LSTMStep
        h (B, P), any number; the other fields (B, H).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For weights that the form does not read.

    References
    ----------
    Sak, Senior & Beaufays 2014.
    """
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = sigmoid(x @ p.W_i.T + h_prev @ p.U_i.T + p.b_i)
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = (o * np.tanh(c)) @ p.W_p.T
    return LSTMStep(f, i, c_tilde, c, o, h)


@shapes(dh="B P", dc_next="B H", x="B D", h_prev="B P", c_prev="B H", p=PROJECTED, s=LSTMStep)
def step_projected_backward(
    dh: Array, dc_next: Array, x: Array, h_prev: Array, c_prev: Array, s: LSTMStep, p: Params
) -> ProjectedBackward:
    """Take the derivatives of a loss through one step, in the form of `step_projected`.

    Parameters
    ----------
    dh : (B, P)
    dc_next : (B, H)
    x : (B, D)
    h_prev : (B, P)
    c_prev : (B, H)
    s : LSTMStep
    p : Params
        As for `step_backward`, but with W_p.

    Returns
    -------
    ProjectedBackward

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For weights that the form does not read.
    """
    dm = dh @ p.W_p  # m is what the projection reads
    do = dm * np.tanh(s.c)
    dc = dc_next + dm * s.o * (1 - np.tanh(s.c) ** 2)
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
    dW_p = dh.T @ (s.o * np.tanh(s.c))
    dW_f, dW_i, dW_c, dW_o = da_f.T @ x, da_i.T @ x, da_c.T @ x, da_o.T @ x
    dU_f, dU_i = da_f.T @ h_prev, da_i.T @ h_prev
    dU_c, dU_o = da_c.T @ h_prev, da_o.T @ h_prev
    db_f, db_i = np.sum(da_f, axis=0), np.sum(da_i, axis=0)
    db_c, db_o = np.sum(da_c, axis=0), np.sum(da_o, axis=0)
    return ProjectedBackward(
        *(dm, do, dc, df, di, dc_tilde, da_f, da_i, da_c, da_o, dx, dh_prev, dc_prev, dW_p),
        *(dW_f, dW_i, dW_c, dW_o, dU_f, dU_i, dU_c, dU_o, db_f, db_i, db_c, db_o),
    )
