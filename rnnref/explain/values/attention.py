"""Numbers in the prose of the page on attention."""

from functools import partial

import numpy as np

from ... import attention, examples
from . import value
from .rnn import signed


def scores():
    """Return the four dot-product scores of the running example."""
    q, k, _ = examples.attention_vectors()
    return attention.score_dot(q, k)


@value("attention.score-sum")
def score_sum():
    """Add up the scores: nothing makes them sum to 1."""
    return signed(np.sum(scores()), 2)


@value("attention.raw-y-1")
def raw():
    """Return the first component of the sum of values times bare scores."""
    return signed(attention.weighted_sum(scores(), examples.attention_vectors()[2])[0, 0, 0], 3)


@value("attention.largest-value-1")
def largest():
    """Return the largest first component of a value."""
    return signed(np.max(examples.attention_vectors()[2][0, :, 0]), 1)


def by_dot():
    """Return weights and result of the one query, scored by the plain dot product."""
    q, k, v = examples.attention_vectors()
    return attention.attention(q, k, v, score="dot")


def dot_weight(i):
    """Return one weight."""
    return signed(by_dot().weights[0, 0, i])


def dot_y(axis):
    """Return one component of the result."""
    return signed(by_dot().y[0, 0, axis])


for _i in range(4):
    value(f"attention.dot-weight-{_i + 1}")(partial(dot_weight, _i))
for _axis in (0, 1):
    value(f"attention.dot-y-{_axis + 1}")(partial(dot_y, _axis))
