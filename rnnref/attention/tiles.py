"""Cut the table of scores into tiles, and say of each which queries may see which keys."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..hints import Array
from ..masks import last_keys
from ..selection import kept


class Given(NamedTuple):
    """What `attention` was given; the arrays are read-only copies."""

    q: Array  # (B, T, E)
    k: Array  # (B, S, E)
    v: Array  # (B, S, V)
    mask: Array | None
    bias: Array | None
    causal: str | None
    key_lengths: Array  # (B,)
    scale: float
    tile: tuple[int, int]


def row_blocks(given: Given) -> Iterator[tuple[int, slice]]:
    """Yield every sequence with every block of its queries."""
    B, T = given.q.shape[:2]
    for b in range(B):
        for start in range(0, T, given.tile[0]):
            yield b, slice(start, min(start + given.tile[0], T))


def tiles(given: Given, b: int, rows: slice) -> Iterator[tuple[slice, Array | None]]:
    """Yield the blocks of keys that some queries may see, and which of them; None is all."""
    T, S, end = given.q.shape[1], given.k.shape[1], given.key_lengths[b]
    if given.causal is not None:
        end = min(end, last_keys(rows.stop - 1, T, S, given.causal) + 1)
    for start in range(0, end, given.tile[1]):
        cols = slice(start, min(start + given.tile[1], end))
        live = _live(given, b, rows, cols)
        if live is None or np.any(live):
            yield cols, live


def _live(given: Given, b: int, rows: slice, cols: slice) -> Array | None:
    """Return which of some queries may see which of some keys; None hides nothing."""
    T, S, found = given.q.shape[1], given.k.shape[1], []
    if given.mask is not None:
        found.append(part(given.mask, b, rows, cols))
    if given.bias is not None:
        found.append(part(given.bias, b, rows, cols).real != -np.inf)
    if given.causal is not None:
        last = last_keys(np.arange(rows.start, rows.stop), T, S, given.causal)
        found.append(np.arange(cols.start, cols.stop) <= last[:, None])
    if all(np.all(allowed) for allowed in found):
        return None
    live = np.ones((rows.stop - rows.start, cols.stop - cols.start), bool)
    for allowed in found:
        live &= allowed
    return live


def tile_scores(given: Given, b: int, rows: slice, cols: slice, live: Array | None) -> Array:
    """Return a tile of scores, -inf where a query may not look."""
    scores = given.q[b, rows] * given.scale @ given.k[b, cols].T
    if given.bias is not None:
        scores = scores + part(given.bias, b, rows, cols)
    return kept(scores, live, -np.inf)


def part(array: Any, b: int, rows: slice, cols: slice) -> Array:
    """Return the part of an array that meets a tile, as a view; axes of 1 are left as they are."""
    whole, picks = slice(None), (b, rows, cols)[3 - array.ndim :]
    index = [whole if n == 1 else pick for n, pick in zip(array.shape, picks, strict=True)]
    if array.ndim == 3:
        index[0] = 0 if array.shape[0] == 1 else b
    return array[(..., *index)]
