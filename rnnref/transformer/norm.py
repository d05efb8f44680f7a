"""Normalise every vector by itself: layer norm and RMS norm, each with its derivatives.

Public in `rnnref.transformer`.
"""

from typing import NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..checks.eps import check_eps
from ..hints import Array, Gradient
from ..overflow import quietly
from ..records import frozen, rows, saved
from ..sequence.incoming import check_run, incoming
from ..shown import shown


@shown
@fields(gamma="E", beta="E")
class LayerNorm(NamedTuple):
    """What stretches and shifts a vector after it was normalised."""

    gamma: Array  # (E,)
    beta: Array  # (E,)


@shown
class LayerNormRun(NamedTuple):
    """Every named value of a layer norm, in the order in which it is computed; read-only."""

    mean: Array  # (..., 1)
    std: Array  # (..., 1), root of the variance and eps
    x_hat: Array  # (..., E), normalised
    y: Array  # (..., E)
    params: LayerNorm


@shown
@fields(gamma="E")
class RMSNorm(NamedTuple):
    """What stretches a vector after it was normalised."""

    gamma: Array  # (E,)


@shown
class RMSNormRun(NamedTuple):
    """Every named value of an RMS norm, in the order in which it is computed; read-only."""

    rms: Array  # (..., 1), root of the mean square and eps
    x_hat: Array  # (..., E), normalised
    y: Array  # (..., E)
    params: RMSNorm


@shown
class NormGrads(NamedTuple):
    """The gradients of a norm."""

    x: Array  # (..., E)
    params: LayerNorm | RMSNorm


@shapes(x="... E", p=LayerNorm)
def layer_norm(x: Array, p: LayerNorm, *, eps: float = 1e-5) -> LayerNormRun:
    """Give every vector mean 0 and variance 1, then stretch and shift its components.

    Parameters
    ----------
    x : (..., E)
        Of numbers whose squares are finite: below about 1e19 in float32, 1e154 in float64.
    p : LayerNorm
    eps : float
        Positive, also in the dtype of x; added to the variance, inside the root.

    Returns
    -------
    LayerNormRun
        y (..., E), and what `layer_norm_backward` needs.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.
    ArgumentError
        For an eps that is not positive.

    References
    ----------
    Ba, Kiros & Hinton 2016 (1607.06450), eq. 3 and 4.

    Examples
    --------
    >>> p = LayerNorm(np.ones(4), np.zeros(4))
    >>> layer_norm(np.array([[1.0, 3.0, 3.0, 1.0]]), p).y.round(3).tolist()
    [[-1.0, 1.0, 1.0, -1.0]]
    """
    check_eps("transformer.layer_norm", eps, "x", x)
    mean = np.mean(x, axis=-1, keepdims=True)
    # The mean square of what is left, divided by E: no vector is a sample of a larger one.
    std = (np.mean((x - mean) ** 2, axis=-1, keepdims=True) + eps) ** 0.5
    x_hat = (x - mean) / std
    y = p.gamma * x_hat + p.beta
    return LayerNormRun(frozen(mean), frozen(std), frozen(x_hat), frozen(y), saved(p))


@quietly
def layer_norm_backward(run: LayerNormRun, *, dy: Gradient = None) -> NormGrads:
    """Return the gradients of a layer norm.

    Parameters
    ----------
    run : LayerNormRun
        What `layer_norm` returned.
    dy : (..., E), optional
        The gradient that reaches y; None means zero.

    Returns
    -------
    NormGrads

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit y, or another record.
    """
    check_run("transformer.layer_norm_backward", run, LayerNormRun)
    dy, p = incoming("transformer.layer_norm_backward", "dy", dy, run.y), run.params
    dbeta = np.sum(rows(dy), axis=0)
    dgamma = np.sum(rows(dy * run.x_hat), axis=0)
    dx_hat = dy * p.gamma
    # Mean and variance depend on x too: no gradient is left along either.
    along_mean = np.mean(dx_hat, axis=-1, keepdims=True)
    along_x_hat = np.mean(dx_hat * run.x_hat, axis=-1, keepdims=True)
    dx = (dx_hat - along_mean - run.x_hat * along_x_hat) / run.std
    return NormGrads(dx, LayerNorm(dgamma, dbeta))


@shapes(x="... E", p=RMSNorm)
def rms_norm(x: Array, p: RMSNorm, *, eps: float = 1e-5) -> RMSNormRun:
    """Give every vector a mean square of 1, then stretch its components; the mean stays.

    Arguments, result and errors are those of `layer_norm`, with p a record RMSNorm, the result an
    RMSNormRun, and eps added to the mean square.

    References
    ----------
    Zhang & Sennrich 2019 (1910.07467), eq. 4.
    """
    check_eps("transformer.rms_norm", eps, "x", x)
    rms = (np.mean(x**2, axis=-1, keepdims=True) + eps) ** 0.5
    x_hat = x / rms
    y = p.gamma * x_hat
    return RMSNormRun(frozen(rms), frozen(x_hat), frozen(y), saved(p))


@quietly
def rms_norm_backward(run: RMSNormRun, *, dy: Gradient = None) -> NormGrads:
    """Return the gradients of an RMS norm.

    Arguments, result and errors are those of `layer_norm_backward`, with what `rms_norm` returned.
    """
    check_run("transformer.rms_norm_backward", run, RMSNormRun)
    dy, p = incoming("transformer.rms_norm_backward", "dy", dy, run.y), run.params
    dgamma = np.sum(rows(dy * run.x_hat), axis=0)
    dx_hat = dy * p.gamma
    along_x_hat = np.mean(dx_hat * run.x_hat, axis=-1, keepdims=True)
    dx = (dx_hat - run.x_hat * along_x_hat) / run.rms
    return NormGrads(dx, RMSNorm(dgamma))
