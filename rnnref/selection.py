"""Leave out what does not count: select it away, never multiply by 0, so that NaN stays behind.

Where nothing is left out (None) every function returns what it was given; so do those that mend
a row of nothing, for a recorded value.
"""

import numbers

import numpy as np

from .checks.hiding import check_mask
from .checks.scalars import written
from .errors import ArgumentError, say
from .hints import Array, Shape


def live_entries(function: str, a: Array, axis: int, where: Array | None) -> Array | None:
    """Check what a function along an axis is given, and spread the mask over it.

    Parameters
    ----------
    function : str
        Who asks, for messages.
    a : array
    axis : int
        The axis along which scores are summed up.
    where : boolean or None

    Returns
    -------
    boolean of the shape of `a`, or None if all count

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
    """
    if getattr(a, "is_node", False):
        return None
    _check_axis(function, axis, a.ndim)
    if where is None:
        return None
    check_mask(function, "where", where, "", a.shape)
    return np.broadcast_to(where, a.shape)


def _check_axis(function: str, axis: object, ndim: int) -> None:
    whole = isinstance(axis, numbers.Integral) and not isinstance(axis, bool)
    if not whole or axis not in range(-ndim, ndim):
        expected = say(f"an integer from {-ndim} to {ndim - 1}", f"{-ndim} 到 {ndim - 1} 的整数")
        raise ArgumentError(function, "axis", expected, written(axis))


def filled(a: Array, live: Array | None) -> Array:
    """Put -inf in place of scores that do not count: exp makes zeros of them."""
    return a if live is None else np.where(live, a, -np.inf)


def kept(result: Array, live: Array | None, other: float = 0) -> Array:
    """Put another number in place of what does not count."""
    return result if live is None else np.where(live, result, other)


def shift(largest: Array) -> Array:
    """Return what to shift scores by: the largest, or 0 where there is nothing but -inf."""
    if getattr(largest, "is_node", False):
        return largest
    return np.where(largest == -np.inf, 0, largest)


def nonzero(total: Array) -> Array:
    """Put 1 in place of sums of nothing, to divide by or to take the logarithm of."""
    if getattr(total, "is_node", False):
        return total
    return np.where(total == 0, 1, total)


def finite(array: Array, live: Array | None) -> Array:
    """Put 0 in place of NaN and infinities that stand behind a mask, or beside one.

    Where they count, the weights that they made are NaN already, and so is what comes of those.
    """
    return array if live is None else np.where(np.isfinite(array), array, 0)


def product(weights: Array, v: Array, live: Array | None) -> Array:
    """Add up values, each times its weight; one that does not count adds nothing, even NaN.

    Parameters
    ----------
    weights : (..., T, S)
        Zeros where `live` is False.
    v : (..., S, V)
    live : boolean (..., T, S) or None

    Returns
    -------
    (..., T, V)
    """
    if live is None or np.all(finite := np.isfinite(v)):
        return weights @ v
    odd = ~finite
    total = weights @ np.where(odd, 0, v)
    rest = np.where(odd, v, 0)
    counting = np.any(odd, axis=-1) & np.any(live, axis=-2)
    for s in np.flatnonzero(np.any(counting, axis=tuple(range(counting.ndim - 1)))):
        part = weights[..., s, None] * rest[..., None, s, :]
        total = total + np.where(live[..., s, None], part, 0)
    return total


def gathered(grad: Array, shape: Shape) -> Array:
    """Add up a gradient over the axes along which an array was spread.

    Parameters
    ----------
    grad : array
    shape : tuple of int
        That of the array.

    Returns
    -------
    array of `shape`
    """
    grad = np.sum(grad, axis=tuple(range(grad.ndim - len(shape))))
    spread = tuple(k for k, size in enumerate(shape) if size == 1)
    return np.sum(grad, axis=spread, keepdims=True)
