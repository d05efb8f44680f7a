"""Room for the arrays of a run, in few pieces, so that the next run finds it at hand."""

import math

import numpy as np

from ..hints import Array, Shape

LARGE = 1 << 22  # bytes from which an array has a piece of its own
LINE = 64  # bytes; arrays start at the beginning of a line of the processor's cache


def carve(dtype: np.dtype, **shapes: Shape) -> dict[str, Array]:
    """Return uninitialised arrays by name, small ones out of one piece of memory.

    Memory that is asked for in many middle-sized pieces goes back to the operating system each
    time, and every first touch of a page that comes from there costs more than the arithmetic.

    Parameters
    ----------
    dtype : numpy.dtype
    **shapes : tuple of int

    Returns
    -------
    dict of name to array
    """
    step = LINE // dtype.itemsize
    sizes = {name: math.prod(shape) for name, shape in shapes.items()}
    small = [name for name, size in sizes.items() if size * dtype.itemsize < LARGE]
    room = {name: -(-sizes[name] // step) * step for name in small}
    piece, start, found = np.empty(sum(room.values()) + step, dtype), 0, {}
    start = -piece.ctypes.data % LINE // dtype.itemsize
    for name, shape in shapes.items():
        if name in room:
            found[name] = piece[start : start + sizes[name]].reshape(shape)
            start += room[name]
        else:
            found[name] = np.empty(shape, dtype)
    return found
