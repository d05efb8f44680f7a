"""What a forward pass leaves behind for its backward pass, and the shape in which it is summed."""

import numpy as np


def saved(value):
    """Copy an argument, read-only, so that it is still the same when the gradient is taken.

    Parameters
    ----------
    value : array, record of arrays, or anything else

    Returns
    -------
    array in the machine's byte order, record of such, or the value itself
    """
    if isinstance(value, np.ndarray):
        return frozen(np.array(value, value.dtype.newbyteorder("=")))
    return value._make(map(saved, value)) if isinstance(value, tuple) else value


def frozen(value):
    """Make a fresh array read-only; anything else, such as a recorded value, passes."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value


def rows(array):
    """Put all vectors of a batch below one another: (..., E) becomes (N, E)."""
    return array.reshape(array.size // max(array.shape[-1], 1), array.shape[-1])


def gradients(params, found):
    """Return gradients as a record of the kind of the parameters, None where a parameter is.

    Parameters
    ----------
    params : record
    found : record
        Has a field dW for every field W.
    """
    named = zip(params._fields, params, strict=True)
    return params._make(None if p is None else getattr(found, f"d{name}") for name, p in named)
