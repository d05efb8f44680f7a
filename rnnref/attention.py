"""Attention: compare a query with keys, turn the scores into weights, average the values."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from .dims import Known, call_of, check, check_presence, shapes
from .errors import check_option
from .numerics import softmax


class Additive(NamedTuple):
    """Weights of the additive score: W_a reads the query, U_a the key, v_a sums up."""

    W_a: ndarray  # (A, E)
    U_a: ndarray  # (A, F)
    v_a: ndarray  # (A,)

    SHAPES = {"W_a": "A E", "U_a": "A F", "v_a": "A"}


class Attended(NamedTuple):
    """The averaged values, and the weights that averaged them."""

    y: ndarray  # (B, T, V)
    weights: ndarray  # (B, T, S)


@shapes(q="B T E", k="B S E")
def score_dot(q, k):
    """Score every query against every key by their dot product.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, E)

    Returns
    -------
    (B, T, S)

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.

    References
    ----------
    Luong, Pham & Manning 2015, section 3.1 ("dot").
    """
    return q @ k.mT


@shapes(q="B T E", k="B S E")
def score_scaled(q, k):
    """Score by the dot product divided by the root of the depth E.

    Arguments, result and errors are those of `score_dot`; E is at least 1.

    References
    ----------
    Vaswani et al. 2017, eq. 1.
    """
    return q @ k.mT / q.shape[-1] ** 0.5


@shapes(q="B T E", k="B S F", p=Additive)
def score_additive(q, k, p):
    """Score by a small tanh layer that reads the query and the key.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, F)
    p : Additive

    Returns
    -------
    (B, T, S)

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.

    References
    ----------
    Bahdanau, Cho & Bengio 2015, appendix A.1.2.
    """
    hidden = np.tanh((q @ p.W_a.T)[:, :, None] + (k @ p.U_a.T)[:, None])  # (B, T, S, A)
    return hidden @ p.v_a


@shapes(weights="B T S", v="B S V")
def weighted_sum(weights, v):
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
def attend(scores, v):
    """Turn scores into weights by softmax and average the values with them.

    Parameters
    ----------
    scores : (B, T, S)
        Any finite numbers.
    v : (B, S, V)

    Returns
    -------
    Attended
        y (B, T, V); weights (B, T, S), between 0 and 1, summing to 1 over S. Without keys (S = 0)
        there are no weights and y is zeros.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    """
    weights = softmax(scores)
    y = weights @ v
    return Attended(y, weights)


SCORES = {"dot": score_dot, "scaled": score_scaled, "additive": score_additive}


@shapes(q="B T E", k="B S F", v="B S V", params=Additive)
def attention(q, k, v, *, score="scaled", params=None):
    """Score, normalise and average in one call.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, E), or (B, S, F) for the additive score
    v : (B, S, V)
    score : "dot", "scaled" or "additive"
    params : Additive, optional
        The weights of the additive score; None for the others.

    Returns
    -------
    Attended
        y (B, T, V) and weights (B, T, S).

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    OptionError
        For an unknown score.
    ArgumentError
        For an additive score without `params`, or `params` that the score does not read.
    """
    _check_score(q, k, score, params)
    weights_of_score = () if params is None else (params,)
    return attend(SCORES[score](q, k, *weights_of_score), v)


def _check_score(q, k, score, params):
    """Check what depends on the score: whether it has weights, and the depth of the keys."""
    name = "attention.attention"
    check_option(name, "score", score, SCORES)
    needed = call_of(Additive) if score == "additive" else ""
    check_presence(name, "params", params, needed, f'score="{score}"')
    if score != "additive":
        known = Known(name)
        check("q", q, "B T E", known)
        check("k", k, "B S E", known)
