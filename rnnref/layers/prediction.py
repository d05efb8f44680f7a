"""The layers around a cell: from tokens to vectors, from a hidden state to a prediction."""

from typing import NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..hints import Array
from ..numerics import softmax
from ..shown import shown


@shown
@fields(W_y="V H", b_y="V")
class Readout(NamedTuple):
    """Weights of the output layer, the same at every step."""

    W_y: Array  # (V, H)
    b_y: Array  # (V,)


@shown
@fields(logits="B V", y_hat="B V")
class ReadoutStep(NamedTuple):
    """The scores of the classes, and the probabilities made of them."""

    logits: Array  # (B, V)
    y_hat: Array  # (B, V)


@shown
class ReadoutStepGrads(NamedTuple):
    """Every gradient of an output layer, in the order in which it is computed."""

    da: Array  # (B, V) of the logits, what reaches them through y_hat included
    dh: Array  # (B, H)
    dW_y: Array  # (V, H)
    db_y: Array  # (V,)


@shapes(h="B H", p=Readout)
def readout(h: Array, p: Readout) -> ReadoutStep:
    """Read class probabilities off a hidden state.

    Parameters
    ----------
    h : (B, H)
    p : Readout

    Returns
    -------
    ReadoutStep
        logits (B, V), any number; y_hat (B, V), positive, each row summing to 1.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    logits = h @ p.W_y.T + p.b_y
    y_hat = softmax(logits)
    return ReadoutStep(logits, y_hat)


@shapes(dlogits="B V", dy_hat="B V", h="B H", s=ReadoutStep, p=Readout)
def readout_backward(
    dlogits: Array, dy_hat: Array, h: Array, s: ReadoutStep, p: Readout
) -> ReadoutStepGrads:
    """Carry gradients back through the output layer.

    Parameters
    ----------
    dlogits, dy_hat : (B, V)
        The gradients that reach the two results.
    h : (B, H)
    s : ReadoutStep
        What `readout` returned.
    p : Readout

    Returns
    -------
    ReadoutStepGrads

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    da = dlogits + s.y_hat * (dy_hat - np.sum(dy_hat * s.y_hat, axis=-1, keepdims=True))
    dh = da @ p.W_y
    dW_y = da.T @ h
    db_y = np.sum(da, axis=0)
    return ReadoutStepGrads(da, dh, dW_y, db_y)
