"""The layers around a cell: from tokens to vectors, from a hidden state to a prediction."""

from typing import NamedTuple

from numpy import ndarray

from .dims import shapes
from .linear import (
    EmbeddingRun,
    Linear,
    LinearGrads,
    LinearRun,
    embedding,
    embedding_backward,
    linear,
    linear_backward,
)
from .numerics import softmax

__all__ = ["EmbeddingRun", "Linear", "LinearGrads", "LinearRun", "Readout", "ReadoutStep"]
__all__ += ["embedding", "embedding_backward", "linear", "linear_backward", "readout"]


class Readout(NamedTuple):
    """Weights of the output layer, the same at every step."""

    W_y: ndarray  # (V, H)
    b_y: ndarray  # (V,)

    SHAPES = {"W_y": "V H", "b_y": "V"}


class ReadoutStep(NamedTuple):
    """The scores of the classes, and the probabilities made of them."""

    logits: ndarray  # (B, V)
    y_hat: ndarray  # (B, V)


@shapes(h="B H", p=Readout)
def readout(h, p):
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
