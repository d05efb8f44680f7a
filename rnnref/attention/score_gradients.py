"""The derivatives of the five scores. Their public home is `rnnref.attention`."""

from typing import NamedTuple

import numpy as np

from ..checks.dims import shapes
from ..hints import Array
from ..params import biased
from ..records import pairs, rows
from ..shown import shown
from .scores import Additive, Concat, General


@shown
class DotGrads(NamedTuple):
    """Every derivative of the dot and the scaled score, in the order of computation."""

    dq: Array  # (B, T, E)
    dk: Array  # (B, S, E)


@shown
class GeneralGrads(NamedTuple):
    """Every derivative of the general score, in the order of computation."""

    dq: Array  # (B, T, E)
    dturned: Array  # (B, S, E), of the keys behind the matrix
    dk: Array  # (B, S, F)
    dW_a: Array  # (E, F)


@shown
class AdditiveGrads(NamedTuple):
    """Every derivative of the additive score, in the order of computation."""

    dv_a: Array  # (A,)
    dhidden: Array  # (B, T, S, A)
    da: Array  # (B, T, S, A), before the tanh
    da_q: Array  # (B, T, A), of what a query adds to all its net inputs
    da_k: Array  # (B, S, A), of what a key adds
    dq: Array  # (B, T, E)
    dk: Array  # (B, S, F)
    dW_a: Array  # (A, E)
    dU_a: Array  # (A, F)
    db_a: Array  # (A,)


@shown
class ConcatGrads(NamedTuple):
    """Every derivative of the concat score, in the order of computation."""

    dv_a: Array  # (A,)
    dhidden: Array  # (B, T, S, A)
    da: Array  # (B, T, S, A), before the tanh
    dW_a: Array  # (A, E+F)
    dpairs: Array  # (B, T, S, E+F)
    dq: Array  # (B, T, E)
    dk: Array  # (B, S, F)


@shapes(dscores="B T S", q="B T E", k="B S E")
def score_dot_backward(dscores: Array, q: Array, k: Array) -> DotGrads:
    """Carry gradients back through `score_dot`.

    Parameters
    ----------
    dscores : (B, T, S)
        What reaches the scores.
    q : (B, T, E)
    k : (B, S, E)

    Returns
    -------
    DotGrads

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    dq = dscores @ k
    dk = dscores.mT @ q
    return DotGrads(dq, dk)


@shapes(dscores="B T S", q="B T E", k="B S E")
def score_scaled_backward(dscores: Array, q: Array, k: Array) -> DotGrads:
    """Carry gradients back through `score_scaled`.

    Arguments, result and errors are those of `score_dot_backward`.
    """
    dq = dscores @ k / k.shape[-1] ** 0.5
    dk = dscores.mT @ q / q.shape[-1] ** 0.5
    return DotGrads(dq, dk)


@shapes(dscores="B T S", q="B T E", k="B S F", p=General)
def score_general_backward(dscores: Array, q: Array, k: Array, p: General) -> GeneralGrads:
    """Carry gradients back through `score_general`.

    Arguments, result and errors are those of `score_additive_backward`, with p a record General and
    a result GeneralGrads.
    """
    dq = dscores @ (k @ p.W_a.T)
    dturned = dscores.mT @ q
    dk = dturned @ p.W_a
    dW_a = rows(dturned).T @ rows(k)
    return GeneralGrads(dq, dturned, dk, dW_a)


@shapes(dscores="B T S", q="B T E", k="B S F", p=Additive)
def score_additive_backward(dscores: Array, q: Array, k: Array, p: Additive) -> AdditiveGrads:
    """Carry gradients back through `score_additive`.

    Parameters
    ----------
    dscores : (B, T, S)
        What reaches the scores.
    q : (B, T, E)
    k : (B, S, F)
    p : Additive
        Without b_a its derivative is that of a b_a of zeros.

    Returns
    -------
    AdditiveGrads

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    a = (q @ p.W_a.T)[:, :, None] + (k @ p.U_a.T)[:, None]
    hidden = np.tanh(biased(a, p.b_a))
    dv_a = rows(hidden).T @ dscores.ravel()
    dhidden = dscores[..., None] * p.v_a
    da = dhidden * (1 - hidden**2)
    da_q = np.sum(da, axis=2)
    da_k = np.sum(da, axis=1)
    dq = da_q @ p.W_a
    dk = da_k @ p.U_a
    dW_a = rows(da_q).T @ rows(q)
    dU_a = rows(da_k).T @ rows(k)
    db_a = np.sum(rows(da_q), axis=0)
    return AdditiveGrads(dv_a, dhidden, da, da_q, da_k, dq, dk, dW_a, dU_a, db_a)


@shapes(dscores="B T S", q="B T E", k="B S F", p=Concat)
def score_concat_backward(dscores: Array, q: Array, k: Array, p: Concat) -> ConcatGrads:
    """Carry gradients back through `score_concat`.

    Arguments, result and errors are those of `score_additive_backward`, with p a record Concat and
    a result ConcatGrads.
    """
    E, joined = q.shape[-1], pairs(q, k)
    hidden = np.tanh(joined @ p.W_a.T)
    dv_a = rows(hidden).T @ dscores.ravel()
    dhidden = dscores[..., None] * p.v_a
    da = dhidden * (1 - hidden**2)
    dW_a = rows(da).T @ rows(joined)
    dpairs = da @ p.W_a
    dq = np.sum(dpairs[..., :E], axis=2)
    dk = np.sum(dpairs[..., E:], axis=1)
    return ConcatGrads(dv_a, dhidden, da, dW_a, dpairs, dq, dk)
