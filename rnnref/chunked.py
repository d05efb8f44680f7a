"""Scaled attention for long sequences: scores are visited tile by tile, and never all kept.

A softmax over pieces needs only the largest score and the sum so far: when a larger score turns
up, all that was added up before shrinks by one factor. On the way back a tile of weights is made
again from its scores and the logarithm of their sum. Memory grows with T + S, not their product.
"""

from typing import Any, NamedTuple

import numpy as np

from .attention.tiles import Given, part, row_blocks, tile_scores, tiles
from .checks.dims import shapes
from .checks.scalars import check_count, check_number
from .errors import ArgumentError, say
from .hints import Array, Gradient, Lengths
from .masks import check_hiding
from .overflow import quietly
from .records import frozen, saved
from .selection import finite, gathered, kept, product, shift
from .sequence.incoming import check_run, incoming
from .shown import shown

__all__ = ["Chunked", "ChunkedGrads", "attention", "attention_backward"]


@shown
class Chunked(NamedTuple):
    """What `attention` found, read-only, and what its backward pass reads."""

    y: Array  # (B, T, V)
    log_sums: Array  # (B, T), logarithm of the sum of the exponentials of a query's scores
    given: Given


@shown
class ChunkedGrads(NamedTuple):
    """The gradient of every argument of `attention`; None where the argument is."""

    q: Array  # (B, T, E)
    k: Array  # (B, S, E)
    v: Array  # (B, S, V)
    bias: Array | None


@shapes(q="B T E", k="B S E", v="B S V")
def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
    scale: float | None = None,
    tile: tuple[int, int] = (256, 512),
) -> Chunked:
    """Attend by scaled dot products with memory that is linear in T and S.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, E)
    v : (B, S, V)
    mask : boolean, optional
        True = may attend. Spread to (B, T, S): an axis may be 1, leading ones may be missing.
    bias : array, optional
        Added to the scores, spread like the mask; -inf hides a key as a mask does.
    causal : "top_left" or "bottom_right", optional
        Hide later keys (see `attention.causal_mask`); tiles that hold no other are not visited.
    key_lengths : integers (B,), optional
        How many keys each sequence has, 0 to S; the others are not read.
    scale : float, optional
        Multiplies the dot product; None means one over the root of E.
    tile : (int, int)
        Queries and keys that are worked on at once.

    Returns
    -------
    Chunked
        y (B, T, V) as `attention.attention` gives it, and log_sums (B, T), which is -inf for a
        query that may see nothing.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others; for a mask that is not boolean.
    OptionError
        For an unknown `causal`.
    ArgumentError
        For lengths out of range, or a scale or tile that is none.

    References
    ----------
    Milakov & Gimelshein 2018 (1805.02867); Rabe & Staats 2021 (2112.05682).
    """
    (B, T, E), S = q.shape, k.shape[1]
    hiding: Any = {"mask": mask, "bias": bias, "causal": causal, "key_lengths": key_lengths}
    check_hiding("chunked.attention", (B, T, S), **hiding)
    _check_settings(scale, tile)
    lengths = np.full(B, S) if key_lengths is None else np.array(key_lengths, int).reshape(B)
    scale = E**-0.5 if scale is None else scale
    q, k, v, mask, bias = map(saved, (q, k, v, mask, bias))
    sizes = int(tile[0]), int(tile[1])  # a list of the caller's may change before the way back
    given = Given(q, k, v, mask, bias, causal, frozen(lengths), scale, sizes)
    dtype = np.result_type(q, k, v, *([] if bias is None else [bias]))
    y, log_sums = np.empty((B, T, v.shape[2]), dtype), np.empty((B, T), dtype)
    for b, rows in row_blocks(given):
        y[b, rows], log_sums[b, rows, None] = _attend(given, b, rows)
    return Chunked(frozen(y), frozen(log_sums), given)


def _attend(given: Given, b: int, rows: slice) -> tuple[Array, Array]:
    """Return what some queries find, and the logarithms of their sums."""
    largest: Any = -np.inf
    total: Any = 0.0
    y: Any = 0.0
    for cols, live in tiles(given, b, rows):
        scores = tile_scores(given, b, rows, cols, live)
        before = largest
        largest = np.maximum(before, np.max(scores.real, axis=-1, keepdims=True))
        scores -= shift(largest)
        e = np.exp(scores, out=scores)
        shrink = np.exp(before - shift(largest))
        total = total * shrink + np.sum(e, axis=-1, keepdims=True)
        y = y * shrink + product(e, given.v[b, cols], live)
    empty = total == 0
    total = np.where(empty, 1.0, total)
    return y / total, np.where(empty, -np.inf, shift(largest) + np.log(total))


@quietly
def attention_backward(
    run: Chunked, *, dy: Gradient = None, dlog_sums: Gradient = None
) -> ChunkedGrads:
    """Return the gradient of every argument of `attention`, again tile by tile.

    Parameters
    ----------
    run : Chunked
        What `attention` returned.
    dy : (B, T, V), optional
        The gradient that reaches y; None means zero.
    dlog_sums : (B, T), optional
        The gradient that reaches log_sums; None means zero.

    Returns
    -------
    ChunkedGrads
        Zeros for keys that no query sees, and for queries that see nothing.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit its output, or another record.

    References
    ----------
    Dao et al. 2022 (2205.14135), appendix B.2.
    """
    name = "chunked.attention_backward"
    check_run(name, run, Chunked)
    given = run.given
    dy = incoming(name, "dy", dy, run.y)
    dlog_sums = incoming(name, "dlog_sums", dlog_sums, run.log_sums)
    # What a query's own weights carry back in sum, and no weight of its own.
    along = np.sum(dy * run.y, axis=-1) - dlog_sums
    dtype = np.result_type(run.y, dy, along)
    grads = ChunkedGrads(*(_zeros(getattr(given, name), dtype) for name in ChunkedGrads._fields))
    for b, rows in row_blocks(given):
        upstream = dy[b, rows], along[b, rows, None], shift(run.log_sums[b, rows, None])
        for cols, live in tiles(given, b, rows):
            _add_tile(grads, given, b, rows, cols, live, *upstream)
    return grads


def _add_tile(
    grads: ChunkedGrads,
    given: Given,
    b: int,
    rows: slice,
    cols: slice,
    live: Array | None,
    dy: Array,
    along: Array,
    log_sums: Array,
) -> None:
    """Add what some queries and keys pass back to each other."""
    q, k, v = finite(given.q[b, rows], live), finite(given.k[b, cols], live), given.v[b, cols]
    scores = tile_scores(given, b, rows, cols, live) - log_sums
    weights = kept(np.exp(scores, out=scores), live)
    dscores = kept(weights * (dy @ v.T - along), live)
    grads.q[b, rows] += dscores @ k * given.scale
    grads.k[b, cols] += dscores.T @ q * given.scale
    grads.v[b, cols] += product(weights.T, dy, live if live is None else live.T)
    if given.bias is not None:
        place = part(grads.bias, b, rows, cols)
        place += gathered(dscores, place.shape)


def _zeros(array: Array | None, dtype: np.dtype) -> Any:
    return None if array is None else np.zeros(array.shape, dtype)


def _check_settings(scale: object, tile: object) -> None:
    if scale is not None:
        check_number("chunked.attention", "scale", scale, "(-inf, inf)")
    if not (isinstance(tile, (tuple, list)) and len(tile) == 2):
        expected = say("two integers", "两个整数")
        raise ArgumentError("chunked.attention", "tile", expected, str(tile))
    for place, size in enumerate(tile):
        check_count("chunked.attention", f"tile[{place}]", size, 1)
