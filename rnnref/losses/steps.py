"""How far predictions are from their targets."""

import functools
import inspect
from typing import Any, NamedTuple, cast

import numpy as np

from ..checks.dims import Function, shapes
from ..errors import ArgumentError, say
from ..hints import Array
from ..shown import shown

ROUNDING = 1e-6  # as far as a probability near 1 may lie beyond it, in float32 too


@shown
class StepLossesGrads(NamedTuple):
    """The gradients of the cross-entropies of the steps."""

    dy_hat: Array  # (B, T, V)
    dtarget: Array  # (B, T, V)


def _probabilities(function: Function) -> Function:
    """Refuse a y_hat with numbers that are no probabilities; NaN passes, as everywhere."""
    positions = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        given = dict(zip(positions, args, strict=False)) | kwargs
        y_hat: Any = given.get("y_hat")  # a missing argument is Python's to report
        if isinstance(y_hat, np.ndarray):
            _check_probabilities(f"losses.{function.__name__}", y_hat)
        return function(*args, **kwargs)

    return cast(Function, checked)


def _check_probabilities(function: str, y_hat: Array) -> None:
    bad = np.argwhere((y_hat.real <= 0) | (y_hat.real > 1 + ROUNDING))
    if len(bad):
        place = tuple(bad[0].tolist())
        expected = say("above 0 and at most 1", "大于 0 且不超过 1 的数")
        actual = say(f"{y_hat[place]} at {place}", f"{place} 处的 {y_hat[place]}")
        raise ArgumentError(function, "y_hat", expected, actual)


@shapes(y_hat="B T V", target="B T V")
@_probabilities
def step_losses(y_hat: Array, target: Array) -> Array:
    """Return the cross-entropy of each step.

    Parameters
    ----------
    y_hat : (B, T, V)
        Predicted probabilities, above 0 and at most 1.
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
        For a number that is no such probability, with its place.
    """
    return -np.sum(target * np.log(y_hat), axis=-1)


@shapes(dlosses="B T", y_hat="B T V", target="B T V")
@_probabilities
def step_losses_backward(dlosses: Array, y_hat: Array, target: Array) -> StepLossesGrads:
    """Carry gradients back to the predicted probabilities and to the targets.

    Parameters
    ----------
    dlosses : (B, T)
        The gradient that reaches each loss.
    y_hat, target : (B, T, V)
        As for `step_losses`.

    Returns
    -------
    StepLossesGrads

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a number that is no such probability, with its place.
    """
    dy_hat = -(dlosses[:, :, None] * (target / y_hat))
    dtarget = -(dlosses[:, :, None] * np.log(y_hat))
    return StepLossesGrads(dy_hat, dtarget)


@shapes(losses="B T")
def total(losses: Array) -> Array:
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


@shapes(dtotal="B", losses="B T")
def total_backward(dtotal: Array, losses: Array) -> Array:
    """Carry the gradient of each total back to its steps: every one of them gets all of it.

    Parameters
    ----------
    dtotal : (B,)
    losses : (B, T)

    Returns
    -------
    (B, T)

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.
    """
    return dtotal[:, None] * np.ones_like(losses)
