"""How far predictions are from their targets."""

import functools

import numpy as np

from .class_losses import (
    CrossEntropy,
    Perplexity,
    cross_entropy,
    cross_entropy_backward,
    perplexity,
    perplexity_backward,
)
from .dims import shapes
from .errors import ArgumentError, say
from .number_losses import (
    BCE,
    MSE,
    bce_with_logits,
    bce_with_logits_backward,
    mse,
    mse_backward,
)

__all__ = ["BCE", "MSE", "CrossEntropy", "Perplexity", "bce_with_logits", "mse", "perplexity"]
__all__ += ["bce_with_logits_backward", "cross_entropy", "cross_entropy_backward", "mse_backward"]
__all__ += ["perplexity_backward", "step_losses", "total"]


def _positive_probabilities(losses):
    """Refuse a y_hat with numbers that have no logarithm; NaN passes, as everywhere."""

    @functools.wraps(losses)
    def checked(y_hat, target):
        bad = () if getattr(y_hat, "is_node", False) else np.argwhere(y_hat.real <= 0)
        if len(bad):
            place = tuple(bad[0].tolist())
            actual = say(f"{y_hat[place]} at {place}", f"{place} 处的 {y_hat[place]}")
            raise ArgumentError("losses.step_losses", "y_hat", say("positive", "正数"), actual)
        return losses(y_hat, target)

    return checked


@shapes(y_hat="B T V", target="B T V")
@_positive_probabilities
def step_losses(y_hat, target):
    """Return the cross-entropy of each step.

    Parameters
    ----------
    y_hat : (B, T, V)
        Predicted probabilities, positive.
    target : (B, T, V)
        What they should be: 1 at the right class and 0 elsewhere, or any probabilities.

    Returns
    -------
    (B, T)
        Each at least 0.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.
    ArgumentError
        For a probability that is not positive, with its place.
    """
    return -np.sum(target * np.log(y_hat), axis=-1)


@shapes(losses="B T")
def total(losses):
    """Add up the losses of all steps.

    Parameters
    ----------
    losses : (B, T)

    Returns
    -------
    (B,)

    Raises
    ------
    ShapeError, DTypeError
        For anything but an array of two axes.
    """
    return np.sum(losses, axis=-1)
