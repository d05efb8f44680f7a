"""The small network that a Transformer applies at every place alike. Public in `transformer`."""

from typing import NamedTuple

import numpy as np

from .. import numerics
from ..checks.declared import fields
from ..checks.dims import shapes
from ..errors import check_option
from ..hints import Array, Gradient
from ..overflow import quietly
from ..records import frozen, rows, saved
from ..sequence.incoming import check_run, incoming
from ..shown import shown

ACTIVATIONS = {
    "relu": (numerics.relu, numerics.relu_slope),
    "gelu": (numerics.gelu, numerics.gelu_slope),
}


@shown
@fields(W_1="H E", b_1="H", W_2="E H", b_2="E")
class FeedForward(NamedTuple):
    """Weights of two linear layers: into H units and back."""

    W_1: Array  # (H, E)
    b_1: Array  # (H,)
    W_2: Array  # (E, H)
    b_2: Array  # (E,)


@shown
class FeedForwardRun(NamedTuple):
    """Every named value of the network, in the order in which it is computed; read-only."""

    a: Array  # (..., H), before the activation
    hidden: Array  # (..., H)
    y: Array  # (..., E)
    x: Array  # (..., E)
    params: FeedForward
    activation: str


@shown
class FeedForwardGrads(NamedTuple):
    """The gradients of the network."""

    x: Array  # (..., E)
    params: FeedForward


@shapes(x="... E", p=FeedForward)
def feed_forward(x: Array, p: FeedForward, *, activation: str = "relu") -> FeedForwardRun:
    """Apply a linear layer, an activation, and a second linear layer.

    Parameters
    ----------
    x : (..., E)
    p : FeedForward
    activation : "relu" or "gelu"
        The gelu with the error function.

    Returns
    -------
    FeedForwardRun
        y (..., E), and what `feed_forward_backward` needs.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.
    OptionError
        For an unknown activation.

    References
    ----------
    Vaswani et al. 2017, eq. 2.
    """
    check_option("transformer.feed_forward", "activation", activation, ACTIVATIONS)
    a = x @ p.W_1.T + p.b_1
    hidden = ACTIVATIONS[activation][0](a)
    y = hidden @ p.W_2.T + p.b_2
    return FeedForwardRun(frozen(a), frozen(hidden), frozen(y), saved(x), saved(p), activation)


@quietly
def feed_forward_backward(run: FeedForwardRun, *, dy: Gradient = None) -> FeedForwardGrads:
    """Return the gradients of `feed_forward`.

    Parameters
    ----------
    run : FeedForwardRun
        What `feed_forward` returned.
    dy : (..., E), optional
        The gradient that reaches y; None means zero.

    Returns
    -------
    FeedForwardGrads

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit y, or another record.
    """
    check_run("transformer.feed_forward_backward", run, FeedForwardRun)
    dy = incoming("transformer.feed_forward_backward", "dy", dy, run.y)
    p = run.params
    dhidden = dy @ p.W_2
    da = dhidden * ACTIVATIONS[run.activation][1](run.a)
    dx = da @ p.W_1
    dW_1 = rows(da).T @ rows(run.x)
    db_1 = np.sum(rows(da), axis=0)
    dW_2 = rows(dy).T @ rows(run.hidden)
    db_2 = np.sum(rows(dy), axis=0)
    return FeedForwardGrads(dx, FeedForward(dW_1, db_1, dW_2, db_2))
