"""Attention behind a mask, over any number of leading axes.

Without mask and bias it is what `attention.attend` computes in its two lines.
"""

import numpy as np

from .numerics import softmax
from .selection import kept, product


def attend(scores, v, live=None, bias=None):
    """Weigh the values that a query may see.

    Parameters
    ----------
    scores : (..., T, S)
    v : (..., S, V)
    live : boolean (..., T, S), optional
        True = may attend.
    bias : optional
        Added to the scores.

    Returns
    -------
    y : (..., T, V)
        Zeros for a query that may see nothing.
    weights : (..., T, S)
    """
    weights = softmax(scores if bias is None else scores + bias, where=live)
    return product(weights, v, live), weights


def attend_backward(dy, dweights, weights, v, live=None):
    """Carry gradients back to scores and values.

    Parameters
    ----------
    dy : (..., T, V)
    dweights : (..., T, S) or 0
        What reaches the weights other than through y.
    weights, v, live
        As in `attend`.

    Returns
    -------
    dscores : (..., T, S)
        Zeros where `live` is False.
    dv : (..., S, V)
    """
    dweights = kept(dweights + dy @ v.mT, live)
    along = np.sum(weights * dweights, axis=-1, keepdims=True)
    dscores = kept(weights * (dweights - along), live)
    dv = product(weights.mT, dy, live if live is None else live.mT)
    return dscores, dv
