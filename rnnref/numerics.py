"""The functions that every cell, layer and attention is made of, safe at any size of input."""

import math
from typing import Any, cast

import numpy as np

from .checks.dims import shapes
from .hints import Array, Values
from .selection import filled, kept, live_entries, nonzero, shift

__all__ = [
    "gelu",
    "gelu_slope",
    "log_softmax",
    "logsumexp",
    "relu",
    "relu_slope",
    "sigmoid",
    "softmax",
]


@shapes(a="...")
def sigmoid(a: Values) -> Values:
    """Squash numbers into 0 … 1.

    Written with tanh it neither overflows nor branches, takes complex numbers, and its absolute
    error is about 2e-16; below about -38 it is exactly 0 in float64, above about 38 exactly 1.

    Parameters
    ----------
    a : array or float

    Returns
    -------
    array or float
        The shape of `a`, each number between 0 and 1.

    Raises
    ------
    DTypeError
        For anything but numbers of float64, float32 or complex128.
    """
    return 0.5 * (1 + np.tanh(0.5 * a))


@shapes(a="...")
def relu(a: Values) -> Values:
    """Put 0 in place of negative numbers; of complex ones the real part decides.

    Parameters
    ----------
    a : array or float

    Returns
    -------
    array or float
        The shape of `a`, no number below 0. NaN stays NaN.

    Raises
    ------
    DTypeError
        For anything but numbers of float64, float32 or complex128.
    """
    return np.where(np.real(a) <= 0, 0, a)[()]


@shapes(a="...")
def relu_slope(a: Values) -> Values:
    """Return the derivative of `relu`: 1 where it lets numbers through, 0 elsewhere and at 0.

    Arguments, result and errors are those of `relu`.
    """
    return np.where(np.real(a) <= 0, 0, np.ones_like(a))[()]


@shapes(a="...")
def gelu(a: Values) -> Values:
    """Weigh each number by the share of the normal distribution that lies below it.

    This is the form with the error function, not its tanh approximation.

    Parameters
    ----------
    a : array or float

    Returns
    -------
    array or float
        The shape of `a`, no number below -0.17.

    Raises
    ------
    DTypeError
        For anything but numbers of float64, float32 or complex128.

    References
    ----------
    Hendrycks & Gimpel 2016 (1606.08415), section 2.
    """
    return a * _normal_share(a)


@shapes(a="...")
def gelu_slope(a: Values) -> Values:
    """Return the derivative of `gelu`, a number between -0.13 and 1.13.

    Arguments, result and errors are those of `gelu`, but for the bounds.
    """
    return _normal_share(a) + a * _normal_density(a)


def _normal_share(a: Values) -> Values:
    """Return the share of the normal distribution below each number.

    Of complex numbers the first-order term is added, which is all that a complex step needs.
    """
    if getattr(a, "is_node", False):
        return cast(Any, a).through(_normal_share)
    real = np.real(np.asarray(a))
    # The complement keeps its digits where the share is small.
    tails = map(math.erfc, (real / -math.sqrt(2)).ravel())
    share = 0.5 * np.fromiter(tails, float, real.size).reshape(real.shape).astype(real.dtype)
    if np.iscomplexobj(a):
        share = share + 1j * np.imag(a) * _normal_density(real)
    return share[()]


def _normal_density(a: Values) -> Values:
    """Return the density of the normal distribution."""
    if getattr(a, "is_node", False):
        return cast(Any, a).through(_normal_density)
    return np.exp(-0.5 * a * a) / math.sqrt(2 * math.pi)


@shapes(a="... S")
def softmax(a: Array, axis: int = -1, where: Array | None = None) -> Array:
    """Turn scores into positive weights that sum to 1 along an axis.

    Parameters
    ----------
    a : array (..., S)
        Scores of any size, or -inf. S = 0 gives an empty result.
    axis : int
        The axis of the sums.
    where : boolean, optional
        The scores that count, spread to the shape of `a`; the others have weight 0, whatever they
        are. None: all count.

    Returns
    -------
    array (..., S)
        Each number between 0 and 1; zeros where nothing counts, or nothing but -inf.

    Raises
    ------
    ShapeError, DTypeError
        For an array without axes, or of other numbers than float64, float32 or complex128; for a
        `where` that is not boolean, or does not spread to the shape.

    Examples
    --------
    >>> softmax(np.array([0.0, 0.0, 9.0]), where=np.array([True, True, False])).tolist()
    [0.5, 0.5, 0.0]
    """
    live = live_entries("numerics.softmax", a, axis, where)
    a = filled(a, live)
    # Subtracting the largest score changes no weight and keeps exp from overflowing.
    e = np.exp(a - shift(np.max(a, axis=axis, keepdims=True, initial=-np.inf)))
    return kept(e / nonzero(np.sum(e, axis=axis, keepdims=True)), live, 0)


@shapes(a="... S")
def log_softmax(a: Array, axis: int = -1, where: Array | None = None) -> Array:
    """Return the logarithms of the weights of `softmax`, exact even where a weight is near 0.

    Arguments, result and errors are those of `softmax`, but no number is above 0, and -inf stands
    where a score does not count.
    """
    live = live_entries("numerics.log_softmax", a, axis, where)
    a = filled(a, live)
    a = a - shift(np.max(a, axis=axis, keepdims=True, initial=-np.inf))
    total = np.sum(np.exp(a), axis=axis, keepdims=True)
    return kept(a - np.log(nonzero(total)), live, -np.inf)


@shapes(a="... S")
def logsumexp(a: Array, axis: int = -1, where: Array | None = None) -> Array:
    """Return the logarithm of a sum of exponentials along an axis.

    Arguments, result and errors are those of `softmax`, but the result lacks the axis; it is -inf
    where nothing counts, or nothing but -inf.
    """
    live = live_entries("numerics.logsumexp", a, axis, where)
    a = filled(a, live)
    largest = np.max(a, axis=axis, keepdims=True, initial=-np.inf)
    total = np.sum(np.exp(a - shift(largest)), axis=axis)
    return np.max(a, axis=axis, initial=-np.inf) + np.log(nonzero(total))
