"""Leave out what does not count: select it away, never multiply by 0, so that NaN stays behind.

Where nothing is left out (None) every function returns what it was given, recorded values too.
"""

import numpy as np

from .errors import ArgumentError, say
from .masks import check_mask
from .scalars import written


def live_entries(function, a, axis, where):
    """Return the scores that count, of those that may: -inf never does.

    Parameters
    ----------
    function : str
        Who asks, for messages.
    a : array
    axis : int
        The axis along which they are summed up.
    where : boolean or None

    Returns
    -------
    boolean of the shape of `a`, or None if all count
        Scores of -inf come out as None too, as long as every row has another one: exp makes
        zeros of them.

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
    """
    if getattr(a, "is_node", False):
        return None
    _check_axis(function, axis, a.ndim)
    if where is None:
        if not np.any(np.max(a.real, axis=axis, initial=-np.inf) == -np.inf):
            return None
        where = True
    else:
        check_mask(function, "where", where, "", a.shape)
    return where & (a.real != -np.inf)


def _check_axis(function, axis, ndim):
    if type(axis) is bool or axis not in range(-ndim, ndim):
        expected = say(f"an integer from {-ndim} to {ndim - 1}", f"{-ndim} 到 {ndim - 1} 的整数")
        raise ArgumentError(function, "axis", expected, written(axis))


def filled(a, axis, live):
    """Put -inf in place of scores that do not count, but 0 where none of a row does."""
    if live is None:
        return a
    some = np.any(live, axis=axis, keepdims=True)
    return np.where(some, np.where(live, a, -np.inf), 0)


def kept(result, live, other=0):
    """Put another number in place of what does not count."""
    return result if live is None else np.where(live, result, other)


def nonzero(total, live):
    """Put 1 in place of sums of nothing."""
    return total if live is None else np.where(total == 0, 1, total)


def finite(array, live):
    """Put 0 in place of NaN and infinities that stand behind a mask, or beside one.

    Where they count, the weights that they made are NaN already, and so is what comes of those.
    """
    return array if live is None else np.where(np.isfinite(array), array, 0)


def product(weights, v, live):
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
    odd = None if live is None else ~np.isfinite(v)
    if odd is None or not np.any(odd):
        return weights @ v
    total = weights @ np.where(odd, 0, v)
    rest = np.where(odd, v, 0)
    counting = np.any(odd, axis=-1) & np.any(live, axis=-2)
    for s in np.flatnonzero(np.any(counting, axis=tuple(range(counting.ndim - 1)))):
        with np.errstate(invalid="ignore"):  # infinity times a weight of 0
            part = weights[..., s, None] * rest[..., None, s, :]
        total = total + np.where(live[..., s, None], part, 0)
    return total


def gathered(grad, shape):
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
