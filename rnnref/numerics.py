"""The two functions that every cell and every attention is made of, safe at any size of input."""

import numpy as np

from .dims import shapes


@shapes(a="...")
def sigmoid(a):
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


@shapes(a="... S")
def softmax(a):
    """Turn scores into positive weights that sum to 1 along the last axis.

    Parameters
    ----------
    a : array (..., S)
        Finite scores of any size. S = 0 gives an empty result.

    Returns
    -------
    array (..., S)
        Each number between 0 and 1.

    Raises
    ------
    ShapeError, DTypeError
        For an array without axes, or of other numbers than float64, float32 or complex128.
    """
    # Subtracting the largest score changes no weight and keeps exp from overflowing.
    e = np.exp(a - np.max(a, axis=-1, keepdims=True, initial=-np.inf))
    return e / np.sum(e, axis=-1, keepdims=True)
