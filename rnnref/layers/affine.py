"""Layers that multiply by one matrix: of a vector, or of a class number as the row it picks."""

from typing import NamedTuple

import numpy as np

from ..checks.declared import fields
from ..checks.dims import shapes
from ..checks.tokens import check_tokens
from ..hints import Array, Gradient
from ..overflow import quietly
from ..records import frozen, rows, saved
from ..sequence.incoming import check_run, incoming
from ..shown import shown


@shown
@fields(W="H D", b="H")
class Linear(NamedTuple):
    """Weights of a linear layer; without b nothing is added."""

    W: Array  # (H, D)
    b: Array | None = None  # (H,)


@shown
class LinearRun(NamedTuple):
    """What a linear layer did; read-only."""

    y: Array  # (..., H)
    x: Array  # (..., D)
    p: Linear


@shown
class LinearGrads(NamedTuple):
    """The gradients of a linear layer."""

    x: Array  # (..., D)
    params: Linear


@shapes(x="... D", p=Linear)
def linear(x: Array, p: Linear) -> LinearRun:
    """Multiply the last axis by a matrix and add a bias.

    Parameters
    ----------
    x : (..., D)
    p : Linear

    Returns
    -------
    LinearRun
        y (..., H), and what `linear_backward` needs.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the other.

    Examples
    --------
    >>> linear(np.ones((2, 3)), Linear(np.ones((4, 3)), np.arange(4.0))).y[0].tolist()
    [3.0, 4.0, 5.0, 6.0]
    """
    y = x @ p.W.T if p.b is None else x @ p.W.T + p.b
    return LinearRun(frozen(y), saved(x), saved(p))


@quietly
def linear_backward(run: LinearRun, *, dy: Gradient = None) -> LinearGrads:
    """Return the gradients of a linear layer.

    Parameters
    ----------
    run : LinearRun
        What `linear` returned.
    dy : (..., H), optional
        The gradient that reaches y; None means zero.

    Returns
    -------
    LinearGrads
        x (..., D), and params as a record `Linear`, b None where the layer has none.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit y, or another record.
    """
    check_run("layers.linear_backward", run, LinearRun)
    dy, p = incoming("layers.linear_backward", "dy", dy, run.y), run.p
    dx = dy @ p.W
    dW = rows(dy).T @ rows(run.x)
    db = None if p.b is None else np.sum(rows(dy), axis=0)
    return LinearGrads(dx, Linear(dW, db))


@shown
class EmbeddingRun(NamedTuple):
    """What an embedding did; read-only."""

    y: Array  # (..., E)
    tokens: Array  # (...)
    V: int


@shapes(W="V E")
def embedding(tokens: Array, W: Array) -> EmbeddingRun:
    """Look up one row of a table for each token.

    Parameters
    ----------
    tokens : integers (...)
        Each from 0 to V-1.
    W : (V, E)

    Returns
    -------
    EmbeddingRun
        y (..., E), and what `embedding_backward` needs.

    Raises
    ------
    ShapeError, DTypeError
        For a table or tokens of the wrong kind.
    ArgumentError
        For a token out of range, with its place.
    """
    check_tokens("layers.embedding", "tokens", tokens, len(W))
    return EmbeddingRun(saved(W[tokens]), saved(tokens), len(W))


@quietly
def embedding_backward(run: EmbeddingRun, *, dy: Gradient = None) -> Array:
    """Return the gradient of the table: each row gathers what reached its tokens.

    Parameters
    ----------
    run : EmbeddingRun
        What `embedding` returned.
    dy : (..., E), optional
        The gradient that reaches y; None means zero.

    Returns
    -------
    (V, E)
        Zeros in the rows of tokens that did not occur.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit y, or another record.
    """
    check_run("layers.embedding_backward", run, EmbeddingRun)
    dy = incoming("layers.embedding_backward", "dy", dy, run.y)
    dW = np.zeros((run.V, dy.shape[-1]), np.result_type(dy, run.y))
    # `dW[tokens] += dy` would count a token once that occurs twice.
    np.add.at(dW, run.tokens.ravel(), rows(dy))
    return dW
