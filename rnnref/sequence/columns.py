"""Steps cut into blocks, put beside each other, and multiplied: what `tape` is made of."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..hints import Array

WIDE = 1 << 18  # numbers of a matrix of weights, from which it is wide


def within(room: int, numbers: int, most: int) -> int:
    """Return how many steps of so many numbers fit in a room: at least one, at most all."""
    return max(1, min(room // max(numbers, 1), most))


def pieces(start: int, stop: int, steps: int) -> Iterator[slice]:
    """Cut a part of a sequence into slices of so many steps, from the last to the first."""
    for first in reversed(range(start, stop, steps)):
        yield slice(first, min(first + steps, stop))


def stepwise(M: Array, B: int) -> Callable[[Array, Array], Any]:
    """Return the function that multiplies a matrix by B columns, into an array.

    Where a matrix of doubles is wide, BLAS is up to a third faster when examples are rows, and
    turning what comes out costs less than that. Floats are as fast either way.
    """
    if M.size < WIDE or M.dtype == np.float32:
        return M.dot
    return partial(_by_rows, M.T.copy(), np.empty((B, len(M)), M.dtype))


def _by_rows(turned: Array, rows: Array, columns: Array, out: Array) -> None:
    """Multiply with examples as rows, and turn what comes out."""
    np.copyto(out, np.dot(columns.T, turned, rows).T)


def fitted(room: Array, *shape: int) -> Array:
    """Return the first numbers of an array in another shape."""
    return room.reshape(-1)[: math.prod(shape)].reshape(shape)


def side_by_side(block: Array, beside: Array) -> Array:
    """Put the columns of several steps beside each other: (steps, rows, B) to (rows, steps, B)."""
    np.copyto(beside, block.transpose(1, 0, 2))
    return beside


def merged(beside: Array) -> Array:
    """Take the columns of several steps as one matrix: (rows, steps, B) to (rows, steps*B)."""
    rows, steps, B = beside.shape
    return beside.reshape(rows, steps * B)
