"""Five ways to score a query against a key. Their public home is `rnnref.attention`."""

from typing import NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..hints import Array
from ..params import biased
from ..records import pairs
from ..shown import shown


@shown
@fields(W_a="E F")
class General(NamedTuple):
    """The matrix of the general score, which turns keys into the space of the queries."""

    W_a: Array  # (E, F)


@shown
@fields(W_a="A E", U_a="A F", v_a="A", b_a="A")
class Additive(NamedTuple):
    """Weights of the additive score: W_a reads the query, U_a the key, v_a sums up."""

    W_a: Array  # (A, E)
    U_a: Array  # (A, F)
    v_a: Array  # (A,)
    b_a: Array | None = None  # (A,)


@shown
@fields(W_a="A E+F", v_a="A")
class Concat(NamedTuple):
    """Weights of the concat score: W_a reads query and key joined, v_a sums up."""

    W_a: Array  # (A, E+F)
    v_a: Array  # (A,)


@shapes(q="B T E", k="B S E")
def score_dot(q: Array, k: Array) -> Array:
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
def score_scaled(q: Array, k: Array) -> Array:
    """Score by the dot product divided by the root of the depth E.

    Arguments, result and errors are those of `score_dot`; E is at least 1.

    References
    ----------
    Vaswani et al. 2017, eq. 1.
    """
    return q @ k.mT / q.shape[-1] ** 0.5


@shapes(q="B T E", k="B S F", p=General)
def score_general(q: Array, k: Array, p: General) -> Array:
    """Score by the dot product of the query with a key that a matrix has turned.

    Arguments, result and errors are those of `score_additive`, with p a record General.

    References
    ----------
    Luong, Pham & Manning 2015, section 3.1 ("general").
    """
    return q @ (k @ p.W_a.T).mT


@shapes(q="B T E", k="B S F", p=Additive)
def score_additive(q: Array, k: Array, p: Additive) -> Array:
    """Score by a small tanh layer that reads the query and the key.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, F)
    p : Additive
        Without b_a the layer has no bias.

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
    a = (q @ p.W_a.T)[:, :, None] + (k @ p.U_a.T)[:, None]  # (B, T, S, A)
    hidden = np.tanh(biased(a, p.b_a))
    return hidden @ p.v_a


@shapes(q="B T E", k="B S F", p=Concat)
def score_concat(q: Array, k: Array, p: Concat) -> Array:
    """Score by a small tanh layer that reads query and key joined to one vector.

    Arguments, result and errors are those of `score_additive`, with p a record Concat.

    References
    ----------
    Luong, Pham & Manning 2015, section 3.1 ("concat").
    """
    hidden = np.tanh(pairs(q, k) @ p.W_a.T)  # (B, T, S, A)
    return hidden @ p.v_a
