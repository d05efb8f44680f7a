"""Attention in one go: behind a mask, with a bias, and in blocks that stay in the cache.

What it computes are the lines of `attention.attend` and `attention.attend_backward`, with what
does not count selected away. Leading axes may be any; blocks are cut along the first.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..hints import Array
from ..masks import visible
from ..memory import empty
from ..records import gradients
from ..selection import finite, gathered, kept, nonzero, product, shift

TABLE = 2**17  # numbers in the scores of one block, about what a core has room for near by


class Given(NamedTuple):
    """What is attended to, and with which weights of a score."""

    q: Array  # (..., T, E)
    k: Array  # (..., S, F)
    v: Array  # (..., S, V)
    params: Any = None
    bias: Array | None = None  # spread over (..., T, S)
    live: Array | None = None  # (..., T, S), True = may attend; None hides nothing


class Gradients(NamedTuple):
    """The gradients of what was given."""

    q: Array
    k: Array
    v: Array
    params: Any
    bias: Array | None


def blocks(q: Array, k: Array) -> list[slice]:
    """Return slices of the first axis, each with a table of scores that is not too large."""
    size = max(1, TABLE // max(1, math.prod(q.shape[1:-1]) * k.shape[-2]))
    return [slice(start, start + size) for start in range(0, max(len(q), 1), size)]


def part(array: Any, rows: slice, ndim: int) -> Any:
    """Return the rows of an array that is spread over `ndim` axes, as a view; all if it has one."""
    return array[rows] if np.ndim(array) == ndim and len(array) > 1 else array


def score_scaled(q: Array, k: Array) -> Array:
    """Score as `attention.score_scaled` does; queries are fewer numbers to divide than scores."""
    scores = empty((*q.shape[:-1], k.shape[-2]), np.result_type(q, k))
    return np.matmul(q / q.shape[-1] ** 0.5, k.mT, out=scores)


def attend(score: Callable[..., Array], given: Given) -> tuple[Array, Array]:
    """Weigh the values that a query may see.

    Parameters
    ----------
    score : function of q, k and, where there are any, the weights of the score
    given : Given

    Returns
    -------
    y : (..., T, V)
        Zeros for a query that may see nothing.
    weights : (..., T, S)
    """
    ys: list[Array] = []
    weights = np.empty(0)
    pieces = blocks(given.q, given.k)
    for rows in pieces:
        live = part(given.live, rows, given.q.ndim)
        scores = score(given.q[rows], given.k[rows], *_weights_of_score(given))
        if given.bias is not None:
            scores = scores + part(given.bias, rows, given.q.ndim)
        if not ys:
            weights = scores
            if len(pieces) > 1:
                weights = empty((len(given.q), *scores.shape[1:]), scores.dtype)
        found = weigh(scores, live, weights[rows])
        ys.append(product(found, given.v[rows], live))
    return joined(ys), weights


def attend_scores(
    scores: Array, v: Array, mask: Array | None, bias: Array | None
) -> tuple[Array, Array]:
    """Attend with scores that are there already; see `attention.attend`."""
    live = visible("attention.attend", scores.shape, mask=mask, bias=bias)
    scores = scores + (0 if bias is None else bias)
    weights = weigh(scores, live, scores)
    return product(weights, v, live), weights


def joined(pieces: list[Array]) -> Array:
    """Put the results of all blocks below one another."""
    if len(pieces) == 1:
        return pieces[0]
    together = empty((sum(map(len, pieces)), *pieces[0].shape[1:]), pieces[0].dtype)
    return np.concatenate(pieces, out=together)


def weigh(scores: Array, live: Array | None, out: Array) -> Array:
    """Turn scores into weights as `numerics.softmax` does, but in memory that is there already."""
    if live is not None:
        np.copyto(scores, -np.inf, where=~live)
    scores -= shift(np.max(scores, axis=-1, keepdims=True, initial=-np.inf))
    np.exp(scores, out=scores)
    np.divide(scores, nonzero(np.sum(scores, axis=-1, keepdims=True)), out=out)
    if live is not None:  # a row with NaN has it everywhere
        np.copyto(out, 0, where=~live)
    return out


def attend_backward(
    score_backward: Callable[..., Any],
    given: Given,
    weights: Array,
    dy: Array,
    dweights: Array | None = None,
) -> Gradients:
    """Carry gradients back to all that was given.

    Parameters
    ----------
    score_backward : function of what reaches the scores, q, k and the weights of the score
    given : Given
    weights : (..., T, S)
    dy : (..., T, V)
    dweights : (..., T, S), optional
        What reaches the weights other than through y.

    Returns
    -------
    Gradients
    """
    found = []
    for rows in blocks(given.q, given.k):
        more = None if dweights is None else dweights[rows]
        cut = Given(given.q[rows], given.k[rows], given.v[rows], given.params)
        cut = cut._replace(live=part(given.live, rows, given.q.ndim))
        dscores, dv = _to_scores(cut, weights[rows], dy[rows], more)
        q, k = finite(cut.q, cut.live), finite(cut.k, cut.live)
        scored = score_backward(dscores, q, k, *_weights_of_score(given))
        params = None if given.params is None else gradients(given.params, scored)
        bias = given.bias
        if bias is not None:
            bias = gathered(dscores, np.shape(part(bias, rows, given.q.ndim)))
        found.append(Gradients(scored.dq, scored.dk, dv, params, bias))
    return _joined(found, given)


def _to_scores(
    given: Given, weights: Array, dy: Array, dweights: Array | None
) -> tuple[Array, Array]:
    """Return what reaches the scores and the values of one block."""
    live = given.live
    d = empty(weights.shape, np.result_type(weights, dy, given.v))
    np.matmul(dy, given.v.mT, out=d)
    d = kept(d if dweights is None else d + dweights, live)
    # A weight rises with its own score and falls with every score of its row.
    d -= np.einsum("...s,...s->...", weights, d)[..., None]
    d *= weights
    return kept(d, live), product(weights.mT, dy, live if live is None else live.mT)


def _joined(found: list[Gradients], given: Given) -> Gradients:
    """Put the gradients of all blocks together: side by side, or in sum where blocks share."""
    q, k, v = (joined([getattr(block, name) for block in found]) for name in "qkv")
    params = given.params
    if params is not None:
        columns = zip(*(block.params for block in found), strict=True)
        params = params._make(None if c[0] is None else sum(c[1:], c[0]) for c in columns)
    bias = given.bias
    if bias is not None:
        pieces: Any = [block.bias for block in found]
        apart = np.ndim(bias) == given.q.ndim and len(bias) > 1
        bias = np.concatenate(pieces) if apart else sum(pieces[1:], pieces[0])
    return Gradients(q, k, v, params, bias)


def _weights_of_score(given: Given) -> tuple[Any, ...]:
    return () if given.params is None else (given.params,)
