"""Attention as the textbook has it: scores become weights, weights average the values.

Public in `rnnref.attention`.
"""

from typing import NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..hints import Array
from ..numerics import softmax
from ..shown import shown
from . import masked


@shown
@fields(y="B T V", weights="B T S")
class Attended(NamedTuple):
    """The averaged values, and the weights that averaged them."""

    y: Array  # (B, T, V)
    weights: Array  # (B, T, S)


@shapes(weights="B T S", v="B S V")
def weighted_sum(weights: Array, v: Array) -> Array:
    """Add up the values, each times its weight.

    Parameters
    ----------
    weights : (B, T, S)
    v : (B, S, V)

    Returns
    -------
    (B, T, V)
        Zeros where S = 0.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.
    """
    return weights @ v


@shapes(scores="B T S", v="B S V")
def attend(
    scores: Array, v: Array, *, mask: Array | None = None, bias: Array | None = None
) -> Attended:
    """Turn scores into weights by softmax and average the values with them.

    Parameters
    ----------
    scores : (B, T, S)
        Any finite numbers.
    v : (B, S, V)
    mask : boolean, optional
        True = may attend. Spread to (B, T, S): an axis may be 1, leading ones may be missing.
        What a query may not see has weight 0 and adds nothing to y, even if it is NaN.
    bias : array, optional
        Added to the scores, spread like the mask; -inf hides a key as a mask does.

    Returns
    -------
    Attended
        y (B, T, V); weights (B, T, S), between 0 and 1, summing to 1 over S. For a query that may
        see nothing, or without keys (S = 0), weights and y are zeros.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others; for a mask that is not boolean.

    Examples
    --------
    >>> scores, v = np.zeros((1, 1, 3)), np.array([[[1.0], [3.0], [np.nan]]])
    >>> attend(scores, v, mask=np.array([True, True, False])).y.tolist()
    [[[2.0]]]
    """
    if mask is not None or bias is not None:
        return Attended(*masked.attend_scores(scores, v, mask, bias))
    weights = softmax(scores)
    y = weights @ v
    return Attended(y, weights)


@shown
class AttendGrads(NamedTuple):
    """Every derivative of `attend`, in the order of computation."""

    dweights: Array  # (B, T, S), all that reaches the weights
    dscores: Array  # (B, T, S)
    dv: Array  # (B, S, V)


@shapes(dy="B T V", dweights_out="B T S", v="B S V", s=Attended)
def attend_backward(dy: Array, dweights_out: Array, v: Array, s: Attended) -> AttendGrads:
    """Carry gradients back through `attend` without mask and bias.

    Parameters
    ----------
    dy : (B, T, V)
        What reaches y.
    dweights_out : (B, T, S)
        What reaches the weights other than through y.
    v : (B, S, V)
    s : Attended
        What `attend` returned.

    Returns
    -------
    AttendGrads

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    dweights = dweights_out + dy @ v.mT
    # A weight rises with its own score and falls with every score of its row.
    along = np.sum(s.weights * dweights, axis=-1, keepdims=True)
    dscores = s.weights * (dweights - along)
    dv = s.weights.mT @ dy
    return AttendGrads(dweights, dscores, dv)
