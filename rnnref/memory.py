"""Room for the arrays of a run, in few pieces, so that the next run finds it at hand.

Memory that is asked for anew comes from the operating system page by page, and the first touch of
a page costs more than the arithmetic on it. So small arrays share a piece, and pieces that nobody
reads any more are filled again.
"""

import math
import os
import sys
import threading

import numpy as np

from .hints import Array

LARGE = 1 << 22  # bytes from which an array has a piece of its own
REUSED = 1 << 18  # bytes from which a piece may be used again; smaller ones NumPy has at hand
LINE = 64  # bytes; arrays start at the beginning of a line of the processor's cache
KEPT = 1 << 28  # bytes that are kept at most; what is larger goes back at once
MOST = 64  # pieces that are looked through

_pieces: list[Array] = []  # in use or not, the one that was taken last at the end
_lock = threading.Lock()


def empty(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Return an uninitialised array as NumPy does, but where there is much of it in used memory.

    Parameters
    ----------
    shape : tuple of int
    dtype : numpy.dtype

    Returns
    -------
    array
        Its memory is its own as long as anybody holds it, or a view of it.
    """
    size = math.prod(shape) * dtype.itemsize
    # Who comes while the list is looked through, be it the same thread (a signal, a finaliser),
    # does not wait.
    if not REUSED <= size <= KEPT or not _lock.acquire(blocking=False):
        return np.empty(shape, dtype)
    try:
        return _free_piece(size)[:size].view(dtype).reshape(shape)
    finally:
        _lock.release()


def release() -> None:
    """Forget all pieces: the memory of those that nobody holds goes back to the system."""
    with _lock:
        _pieces.clear()


def _free_piece(size: int) -> Array:
    """Return a piece of about a size that nobody holds; it becomes the last one."""
    for place in range(len(_pieces)):
        if size <= _pieces[place].size <= 2 * size and _holders(_pieces, place) == NOBODY:
            piece = _pieces.pop(place)
            break
    else:
        piece = np.empty(size, np.uint8)
    _pieces.append(piece)
    while len(_pieces) > MOST or sum([held.size for held in _pieces]) > KEPT:
        del _pieces[0]
    return piece


def _unlock() -> None:
    """Make the lock free in a forked process, where the thread that held it does not run."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def _holders(pieces: list[Array], place: int) -> int:
    """Count the references to a piece; a view of it is one."""
    return sys.getrefcount(pieces[place])


NOBODY = _holders([np.empty(0)], 0)  # the count for a piece that is in the list alone


def carve(dtype: np.dtype, **shapes: tuple[int, ...]) -> dict[str, Array]:
    """Return uninitialised arrays by name, small ones out of one piece of memory.

    Parameters
    ----------
    dtype : numpy.dtype
    **shapes : tuple of int

    Returns
    -------
    dict of name to array
    """
    line, found, places, end = LINE // dtype.itemsize, {}, {}, 0
    for name, shape in shapes.items():
        size = math.prod(shape)
        if size * dtype.itemsize < LARGE:
            places[name] = slice(end, end + size)
            end += -(-size // line) * line
        else:
            found[name] = empty(shape, dtype)
    piece = empty((end + line,), dtype)
    piece = piece[-piece.ctypes.data % LINE // dtype.itemsize :]
    for name, place in places.items():
        found[name] = piece[place].reshape(shapes[name])
    return found
