"""Losses of numbers: how far each is from its target, or how surprising a yes or no was."""

from typing import NamedTuple

import numpy as np

from ..checks.dims import shapes
from ..checks.tokens import check_partner
from ..errors import ArgumentError, check_option, say
from ..hints import Array, Gradient
from ..numerics import relu, sigmoid
from ..overflow import quietly
from ..records import frozen
from ..sequence.incoming import check_run, incoming
from ..shown import shown

REDUCTIONS = ("mean", "sum", "none")


@shown
class MSE(NamedTuple):
    """A squared error and what its backward pass needs; read-only."""

    loss: Array  # (), or (...) with reduction="none"
    difference: Array  # (...) prediction minus target
    divisor: int


@shown
class BCE(NamedTuple):
    """A binary cross-entropy and what its backward pass needs; read-only."""

    loss: Array  # (), or (...) with reduction="none"
    difference: Array  # (...) predicted probability minus target
    divisor: int


@shapes(y="...", target="...")
def mse(y: Array, target: Array, *, reduction: str = "mean") -> MSE:
    """Return how far predictions are from their targets, squared.

    Parameters
    ----------
    y : array (...)
    target : array (...)
        Of the same shape; it counts as data.
    reduction : "mean", "sum" or "none"
        The mean of nothing is 0.

    Returns
    -------
    MSE
        loss at least 0.

    Raises
    ------
    ShapeError, DTypeError
        For a target that does not fit y.
    OptionError
        For an unknown reduction.
    """
    check_option("losses.mse", "reduction", reduction, REDUCTIONS)
    check_partner("losses.mse", "target", target, np.shape(y), "y")
    difference = np.asarray(y - target)
    return MSE(*_reduced(difference * difference, difference, reduction))


@quietly
def mse_backward(run: MSE, *, dloss: Gradient = 1.0) -> Array:
    """Return the gradient of the predictions.

    Parameters
    ----------
    run : MSE
        What `mse` returned.
    dloss : number or array of the shape of `run.loss`
        The gradient that reaches the loss; None means zero.

    Returns
    -------
    array (...)

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit the loss, or another record.
    """
    check_run("losses.mse_backward", run, MSE)
    return (
        incoming("losses.mse_backward", "dloss", dloss, run.loss) * 2 * run.difference / run.divisor
    )


@shapes(logits="...", target="...")
def bce_with_logits(logits: Array, target: Array, *, reduction: str = "mean") -> BCE:
    """Return how surprising the answers to yes-or-no questions were, by logits as they are.

    Parameters
    ----------
    logits : array (...)
        Of any size; positive means yes.
    target : array (...)
        Of the same shape: 1 for yes, 0 for no, or a probability between; it counts as data.
    reduction : "mean", "sum" or "none"
        The mean of nothing is 0.

    Returns
    -------
    BCE
        loss at least 0.

    Raises
    ------
    ShapeError, DTypeError
        For a target that does not fit the logits.
    ArgumentError
        For a target that is no probability, with its place.
    OptionError
        For an unknown reduction.
    """
    check_option("losses.bce_with_logits", "reduction", reduction, REDUCTIONS)
    check_partner("losses.bce_with_logits", "target", target, np.shape(logits), "logits")
    _check_probabilities(np.asarray(target))
    a = np.asarray(logits)
    size = np.where(a.real > 0, a, -a)  # a complex step must take the same side as in relu
    losses = relu(a) - target * a + np.log1p(np.exp(-size))
    return BCE(*_reduced(losses, np.asarray(sigmoid(a) - target), reduction))


@quietly
def bce_with_logits_backward(run: BCE, *, dloss: Gradient = 1.0) -> Array:
    """Return the gradient of the logits.

    Arguments, result and errors are those of `mse_backward`, with what `bce_with_logits` returned.
    """
    name = "losses.bce_with_logits_backward"
    check_run(name, run, BCE)
    return incoming(name, "dloss", dloss, run.loss) * run.difference / run.divisor


def _reduced(losses: Array, difference: Array, reduction: str) -> tuple[Array, Array, int]:
    """Return the fields of a record: the loss, the difference, what the sum is divided by."""
    divisor = max(losses.size, 1) if reduction == "mean" else 1
    loss = losses if reduction == "none" else np.sum(losses) / divisor
    return frozen(loss), frozen(difference), divisor


def _check_probabilities(target: Array) -> None:
    bad = np.argwhere((target.real < 0) | (target.real > 1))
    if len(bad):
        place = tuple(bad[0].tolist())
        expected = say("between 0 and 1", "0 到 1 之间的数")
        actual = say(f"{target[place]} at {place}", f"{place} 处的 {target[place]}")
        raise ArgumentError("losses.bce_with_logits", "target", expected, actual)
