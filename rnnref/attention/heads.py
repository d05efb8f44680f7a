"""Several small attentions side by side, each with projections of its own.

Public in `rnnref.attention`.
"""

from inspect import unwrap
from typing import Any, NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..checks.scalars import check_divisor
from ..hints import Array, Gradient, Lengths
from ..masks import beside_heads, visible
from ..overflow import quietly
from ..params import biased
from ..records import frozen, rows, saved
from ..selection import finite
from ..sequence.incoming import check_run, incoming
from ..shown import shown
from . import masked
from .score_gradients import score_scaled_backward


@shown
@fields(W_q="E E", W_k="E F", W_v="E V", W_o="E E", b_q="E", b_k="E", b_v="E", b_o="E")
class MultiHead(NamedTuple):
    """Weights of multi-head attention: head m works with the m-th block of rows of W_q, W_k, W_v.

    W_o reads the joined outputs of the heads. Without biases nothing is added.
    """

    W_q: Array  # (E, E)
    W_k: Array  # (E, F)
    W_v: Array  # (E, V)
    W_o: Array  # (E, E)
    b_q: Array | None = None  # (E,)
    b_k: Array | None = None  # (E,)
    b_v: Array | None = None  # (E,)
    b_o: Array | None = None  # (E,)


@shown
class MultiHeadRun(NamedTuple):
    """What multi-head attention found, and what its backward pass reads. The arrays are read-only.

    E is the width of the model, a head has E/M of it.
    """

    y: Array  # (B, T, E)
    weights: Array  # (B, M, T, S)
    q_heads: Array  # (B, M, T, E/M), the projected queries
    k_heads: Array  # (B, M, S, E/M)
    v_heads: Array  # (B, M, S, E/M)
    joined: Array  # (B, T, E), the outputs of the heads
    q: Array
    k: Array
    v: Array
    params: MultiHead
    bias: Array | None
    live: Array | None  # (B, M, T, S), True = may attend; None hides nothing


@shapes(q="B T E", k="B S F", v="B S V", params=MultiHead)
def multihead(
    q: Array,
    k: Array,
    v: Array,
    params: MultiHead,
    *,
    heads: int,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
) -> MultiHeadRun:
    """Attend with several heads at once and mix what they found.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, F)
    v : (B, S, V)
    params : MultiHead
    heads : int
        M; a divisor of E. Each head scores by the dot product over the root of E/M.
    mask : boolean, optional
        True = may attend (`torch.nn.MultiheadAttention` has it the other way round). Spread to
        (B, T, S), the same for all heads, or with four axes to (B, M, T, S).
    bias : array, optional
        Added to the scores, spread like the mask; -inf hides a key as a mask does.
    causal : "top_left" or "bottom_right", optional
        Hide later keys (see `causal_mask`).
    key_lengths : integers (B,), optional
        How many keys each sequence has, 0 to S; the others are padding.

    Returns
    -------
    MultiHeadRun
        y (B, T, E) and weights (B, M, T, S), and what `multihead_backward` needs. For a query that
        may see nothing the weights are zeros, and y is b_o.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others; for a mask that is not boolean.
    ArgumentError
        For a number of heads that does not divide E; for lengths out of range.
    OptionError
        For an unknown `causal`.

    References
    ----------
    Vaswani et al. 2017, section 3.2.2.
    """
    name, p = "attention.multihead", saved(params)
    B, T, E = q.shape
    check_divisor(name, "heads", heads, "E", E)
    hiding: Any = {"mask": mask, "bias": bias, "causal": causal, "key_lengths": key_lengths}
    live = visible(name, (B, heads, T, k.shape[1]), **hiding)
    q_heads = _split(biased(q @ p.W_q.T, p.b_q), heads)
    k_heads = _split(biased(k @ p.W_k.T, p.b_k), heads)
    v_heads = _split(biased(v @ p.W_v.T, p.b_v), heads)
    given = _given(q_heads, k_heads, v_heads, bias, live)
    found, weights = masked.attend(masked.score_scaled, given)
    joined = _join(found)
    y = biased(joined @ p.W_o.T, p.b_o)
    computed = map(frozen, (y, weights, q_heads, k_heads, v_heads, joined))
    kept = saved(q), saved(k), saved(v), p, saved(bias), frozen(live)
    return MultiHeadRun._make([*computed, *kept])


@shown
class MultiHeadGrads(NamedTuple):
    """The gradient of every argument of `multihead`; None where the argument is."""

    q: Array  # (B, T, E)
    k: Array  # (B, S, F)
    v: Array  # (B, S, V)
    params: MultiHead
    bias: Array | None


@quietly
def multihead_backward(
    run: MultiHeadRun, *, dy: Gradient = None, dweights: Gradient = None
) -> MultiHeadGrads:
    """Return the gradient of every argument of `multihead`.

    Parameters
    ----------
    run : MultiHeadRun
        What `multihead` returned.
    dy : (B, T, E), optional
        The gradient that reaches y; None means zero.
    dweights : (B, M, T, S), optional
        The gradient that reaches the weights other than through y; None means zero.

    Returns
    -------
    MultiHeadGrads
        Zeros for keys that no query sees. That of b_k is zero up to rounding: it moves all scores
        of a query alike.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit its output, or another record.
    """
    name = "attention.multihead_backward"
    check_run(name, run, MultiHeadRun)
    p, live = run.params, run.live
    dy = incoming(name, "dy", dy, run.y)
    if dweights is not None:
        dweights = incoming(name, "dweights", dweights, run.weights)
    djoined, dW_o, db_o = _projected(dy, run.joined, p.W_o, p.b_o)
    given = _given(run.q_heads, run.k_heads, run.v_heads, run.bias, live)
    back, dfound = unwrap(score_scaled_backward), _split(djoined, run.weights.shape[1])
    found = masked.attend_backward(back, given, run.weights, dfound, dweights)
    dq, dW_q, db_q = _projected(_join(found.q), finite(run.q, live), p.W_q, p.b_q)
    dk, dW_k, db_k = _projected(_join(found.k), finite(run.k, live), p.W_k, p.b_k)
    dv, dW_v, db_v = _projected(_join(found.v), finite(run.v, live), p.W_v, p.b_v)
    params = MultiHead(dW_q, dW_k, dW_v, dW_o, db_q, db_k, db_v, db_o)
    dbias = found.bias
    if dbias is not None and run.bias is not None:
        dbias = dbias.reshape(run.bias.shape)
    return MultiHeadGrads(dq, dk, dv, params, dbias)


def _given(q: Array, k: Array, v: Array, bias: Array | None, live: Array | None) -> masked.Given:
    """Return what the heads attend to, the bias with the axis of heads."""
    return masked.Given(q, k, v, None, beside_heads(bias, q.shape), live)


def _projected(da: Array, x: Array, W: Array, b: Array | None) -> tuple[Array, Array, Array | None]:
    """Return the gradients of a projection: of what it read, its matrix and its bias."""
    dW = rows(da).T @ rows(x)
    db = None if b is None else np.sum(rows(da), axis=0)
    return da @ W, dW, db


def _split(array: Array, heads: int) -> Array:
    """Cut the last axis into one block per head: (B, T, E) becomes (B, M, T, E/M)."""
    B, T, E = array.shape
    return array.reshape(B, T, heads, E // heads).swapaxes(1, 2)


def _join(array: Array) -> Array:
    """Put the blocks of all heads beside one another again."""
    B, M, T, d = array.shape
    return array.swapaxes(1, 2).reshape(B, T, M * d)
