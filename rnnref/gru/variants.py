"""The three other forms of a GRU step, each with its backward step."""

import numpy as np

from ..checks.dims import shapes
from ..hints import Array
from ..numerics import sigmoid
from .records import RESET_AFTER, RESET_BEFORE, GRUBackward, GRUStep, Params, ResetAfterBackward


@shapes(x="B D", h_prev="B H", p=RESET_BEFORE)
def step_update_replace(x: Array, h_prev: Array, p: Params) -> GRUStep:
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


@shapes(dh="B H", x="B D", h_prev="B H", s=GRUStep, p=RESET_BEFORE)
def step_update_replace_backward(
    dh: Array, x: Array, h_prev: Array, s: GRUStep, p: Params
) -> GRUBackward:
    """Take the derivatives of a loss through one step, in the form of `step_update_replace`.

    Arguments, result and errors are those of `step_backward`.
    """
    dz = dh * (s.h_tilde - h_prev)
    dh_tilde = dh * s.z
    da_h = dh_tilde * (1 - s.h_tilde**2)
    drh = da_h @ p.U_h
    dr = drh * h_prev
    da_r = dr * s.r * (1 - s.r)
    da_z = dz * s.z * (1 - s.z)
    dx = da_r @ p.W_r + da_z @ p.W_z + da_h @ p.W_h
    dh_prev = dh * (1 - s.z) + drh * s.r + da_r @ p.U_r + da_z @ p.U_z
    dW_r, dW_z, dW_h = da_r.T @ x, da_z.T @ x, da_h.T @ x
    dU_r, dU_z, dU_h = da_r.T @ h_prev, da_z.T @ h_prev, da_h.T @ (s.r * h_prev)
    db_r, db_z, db_h = np.sum(da_r, axis=0), np.sum(da_z, axis=0), np.sum(da_h, axis=0)
    return GRUBackward(
        *(dz, dh_tilde, da_h, drh, dr, da_r, da_z, dx, dh_prev),
        *(dW_r, dW_z, dW_h, dU_r, dU_z, dU_h, db_r, db_z, db_h),
    )


@shapes(x="B D", h_prev="B H", p=RESET_AFTER)
def step_reset_after(x: Array, h_prev: Array, p: Params) -> GRUStep:
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


@shapes(dh="B H", x="B D", h_prev="B H", s=GRUStep, p=RESET_AFTER)
def step_reset_after_backward(
    dh: Array, x: Array, h_prev: Array, s: GRUStep, p: Params
) -> ResetAfterBackward:
    """Take the derivatives of a loss through one step, in the form of `step_reset_after`.

    Arguments, result and errors are those of `step_backward`, but p.b_u is needed and the result
    is a `ResetAfterBackward`.
    """
    dz = dh * (h_prev - s.h_tilde)
    dh_tilde = dh * (1 - s.z)
    da_h = dh_tilde * (1 - s.h_tilde**2)
    du = da_h * s.r
    dr = da_h * (h_prev @ p.U_h.T + p.b_u)
    da_r = dr * s.r * (1 - s.r)
    da_z = dz * s.z * (1 - s.z)
    dx = da_r @ p.W_r + da_z @ p.W_z + da_h @ p.W_h
    dh_prev = dh * s.z + da_r @ p.U_r + da_z @ p.U_z + du @ p.U_h
    dW_r, dW_z, dW_h = da_r.T @ x, da_z.T @ x, da_h.T @ x
    dU_r, dU_z, dU_h = da_r.T @ h_prev, da_z.T @ h_prev, du.T @ h_prev
    db_r, db_z, db_h = np.sum(da_r, axis=0), np.sum(da_z, axis=0), np.sum(da_h, axis=0)
    db_u = np.sum(du, axis=0)
    return ResetAfterBackward(
        *(dz, dh_tilde, da_h, du, dr, da_r, da_z, dx, dh_prev),
        *(dW_r, dW_z, dW_h, dU_r, dU_z, dU_h, db_r, db_z, db_h, db_u),
    )


@shapes(x="B D", h_prev="B H", p=RESET_AFTER)
def step_reset_after_update_replace(x: Array, h_prev: Array, p: Params) -> GRUStep:
    """Advance a GRU with both other choices: r after the product, z on the candidate.

    Arguments, result and errors are those of `step`, but p.b_u is needed.
    """
    r = sigmoid(x @ p.W_r.T + h_prev @ p.U_r.T + p.b_r)
    z = sigmoid(x @ p.W_z.T + h_prev @ p.U_z.T + p.b_z)
    h_tilde = np.tanh(x @ p.W_h.T + r * (h_prev @ p.U_h.T + p.b_u) + p.b_h)
    h = (1 - z) * h_prev + z * h_tilde
    return GRUStep(r, z, h_tilde, h)


@shapes(dh="B H", x="B D", h_prev="B H", s=GRUStep, p=RESET_AFTER)
def step_reset_after_update_replace_backward(
    dh: Array, x: Array, h_prev: Array, s: GRUStep, p: Params
) -> ResetAfterBackward:
    """Take the derivatives of a loss through one step with both other choices.

    Arguments, result and errors are those of `step_reset_after_backward`.
    """
    dz = dh * (s.h_tilde - h_prev)
    dh_tilde = dh * s.z
    da_h = dh_tilde * (1 - s.h_tilde**2)
    du = da_h * s.r
    dr = da_h * (h_prev @ p.U_h.T + p.b_u)
    da_r = dr * s.r * (1 - s.r)
    da_z = dz * s.z * (1 - s.z)
    dx = da_r @ p.W_r + da_z @ p.W_z + da_h @ p.W_h
    dh_prev = dh * (1 - s.z) + da_r @ p.U_r + da_z @ p.U_z + du @ p.U_h
    dW_r, dW_z, dW_h = da_r.T @ x, da_z.T @ x, da_h.T @ x
    dU_r, dU_z, dU_h = da_r.T @ h_prev, da_z.T @ h_prev, du.T @ h_prev
    db_r, db_z, db_h = np.sum(da_r, axis=0), np.sum(da_z, axis=0), np.sum(da_h, axis=0)
    db_u = np.sum(du, axis=0)
    return ResetAfterBackward(
        *(dz, dh_tilde, da_h, du, dr, da_r, da_z, dx, dh_prev),
        *(dW_r, dW_z, dW_h, dU_r, dU_z, dU_h, db_r, db_z, db_h, db_u),
    )
