"""What the layers of a Transformer share: a norm and a way around each part, and the padding."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..attention.heads import MultiHead, MultiHeadRun, multihead_backward
from ..checks.declared import Record
from ..checks.eps import check_eps
from ..checks.hiding import check_lengths
from ..checks.scalars import check_divisor
from ..errors import check_option
from ..hints import Array, Gradient, Lengths
from ..records import frozen
from .feedforward import ACTIVATIONS, FeedForward, FeedForwardRun, feed_forward_backward
from .norm import LayerNorm, LayerNormRun, layer_norm, layer_norm_backward

ORDERS = ("post", "pre")
SELF = Record(MultiHead, axes={"W_k": "E E", "W_v": "E E"})  # keys and values are as wide as x


def around(
    x: Array, part: Callable[[Array], Any], p: LayerNorm, norm: str, eps: float
) -> tuple[Array, Any, LayerNormRun]:
    """Add what a part makes of x to x; the norm stands behind the sum, or before the part.

    Parameters
    ----------
    x : (B, T, E)
    part : function of (B, T, E)
        Returns a record with a field y.
    p : LayerNorm
    norm : "post" or "pre"
    eps : float

    Returns
    -------
    y : (B, T, E)
    inner : what the part returned
    normed : LayerNormRun
    """
    if norm == "pre":
        normed = layer_norm(x, p, eps=eps)
        inner = part(normed.y)
        return x + inner.y, inner, normed
    inner = part(x)
    normed = layer_norm(x + inner.y, p, eps=eps)
    return normed.y, inner, normed


def around_backward(
    dy: Array, part_backward: Callable[[Array], tuple[Array, Any]], normed: LayerNormRun, norm: str
) -> tuple[Array, Any, Any]:
    """Carry a gradient back along both ways.

    Parameters
    ----------
    dy : (B, T, E)
    part_backward : function
        Of what reaches the part's y; returns what reaches its input, and anything else.
    normed : LayerNormRun
    norm : "post" or "pre"

    Returns
    -------
    dx : (B, T, E)
    found : the other thing that `part_backward` returned
    dp : LayerNorm
    """
    if norm == "pre":
        dnormed, found = part_backward(dy)
        grads = layer_norm_backward(normed, dy=dnormed)
        return dy + grads.x, found, grads.params
    grads = layer_norm_backward(normed, dy=dy)
    dx, found = part_backward(grads.x)
    return grads.x + dx, found, grads.params


def through_self(run: MultiHeadRun, dy: Array, dweights: Gradient) -> tuple[Array, MultiHead]:
    """Return the gradients of a self-attention: of its one input, and of its weights."""
    grads = multihead_backward(run, dy=dy, dweights=dweights)
    return grads.q + grads.k + grads.v, grads.params


def think_back(run: FeedForwardRun) -> Callable[[Array], tuple[Array, FeedForward]]:
    """Return the backward pass of a feed-forward network as a function of what reaches its y."""

    def backward(dy: Array) -> tuple[Array, FeedForward]:
        grads = feed_forward_backward(run, dy=dy)
        return grads.x, grads.params

    return backward


def places(function: str, argument: str, lengths: Lengths | None, x: Array) -> Array | None:
    """Return which places of every sequence are none of padding, or None for all.

    Parameters
    ----------
    function, argument : str
    lengths : integers (B,) or None
    x : (B, T, E)

    Returns
    -------
    boolean (B, T), read-only, or None
    """
    if lengths is None:
        return None
    B, T, _ = x.shape
    counts = check_lengths(function, argument, lengths, B, ("T", T))
    return frozen(np.arange(T) < counts[:, None])


def without_padding(array: Array, live: Array | None) -> Array:
    """Put zeros in place of what stands behind the end of a sequence; `live` None means no end."""
    return array if live is None else np.where(live[..., None], array, 0)


def check_settings(
    function: str, x: Array, heads: int, norm: str, activation: str, eps: float
) -> None:
    """Refuse settings of a layer that it does not know."""
    check_divisor(function, "heads", heads, "E", x.shape[-1])
    check_option(function, "norm", norm, ORDERS)
    check_option(function, "activation", activation, ACTIVATIONS)
    check_eps(function, eps, "x", x)
