"""What a forward pass keeps for its backward pass, and how vectors are laid out to be summed up."""

import math
from typing import Any

import numpy as np

from .hints import Array
from .memory import empty


def saved(value: Any) -> Any:
    """Copy an argument, read-only, so that it is still the same when the gradient is taken.

    Parameters
    ----------
    value : array, record of arrays, or anything else

    Returns
    -------
    array in the machine's byte order, record of such, or the value itself
    """
    if isinstance(value, np.ndarray):
        copy = empty(value.shape, value.dtype.newbyteorder("="))
        np.copyto(copy, value)
        return frozen(copy)
    return value._make(map(saved, value)) if hasattr(value, "_fields") else value


def frozen(value: Any) -> Any:
    """Make a fresh array read-only; anything else, such as a recorded value, passes."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value


def rows(array: Array) -> Array:
    """Put all vectors of a batch below one another: (..., E) becomes (N, E)."""
    return array.reshape(math.prod(array.shape[:-1]), array.shape[-1])


def pairs(q: Array, k: Array) -> Array:
    """Join every query to every key: (B, T, E) and (B, S, F) become (B, T, S, E+F)."""
    T, S = q.shape[1], k.shape[1]
    beside = [np.repeat(q[:, :, None], S, axis=2), np.repeat(k[:, None], T, axis=1)]
    return np.concatenate(beside, axis=-1)


def gradients(params: Any, found: Any) -> Any:
    """Return gradients as a record of the kind of the parameters, None where a parameter is.

    Parameters
    ----------
    params : record
    found : record
        Has a field dW for every field W.
    """
    named = zip(params._fields, params, strict=True)
    return params._make(None if p is None else getattr(found, f"d{name}") for name, p in named)
