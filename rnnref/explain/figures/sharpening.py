"""Why scores are divided by the root of the depth."""

import functools

import numpy as np

from ...attention import score_dot, score_scaled
from ...numerics import softmax
from .. import svg
from ..svg import Picture, printed
from . import figure

DEPTHS, KEYS, LOOKS = (4, 64, 256), 10, 2000
SCORES = (
    ("fig_plain_dot", r"q^{\top}k", score_dot),
    ("fig_scaled_dot", r"q^{\top}k\,/\sqrt{d_k}", score_scaled),
)
LEFT, WIDE, TOP, HIGH = (0, 150, 300), 140, 46, 130  # where the panels stand


@functools.cache
def mean_weights(score, depth):
    """Return the weights of ten random keys, largest first, averaged over random queries.

    Queries and keys are standard normal; the same ones for both scores.
    """
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((LOOKS, 1, depth)), rng.standard_normal((LOOKS, KEYS, depth))
    return np.sort(softmax(score(q, k))[:, 0])[:, ::-1].mean(axis=0)


@figure("attention-softmax")
def attention_softmax(t):
    """Draw the ten weights of a softmax at three depths, without and with the division.

    Notice that without it one key takes all as the depth grows; with it nothing changes.
    """
    marks, said = [], {}
    for row, (key, latex, score) in enumerate(SCORES):
        top = 60 + 196 * row
        marks.append(svg.text(0, top - 36, t(key), 14, "start", bold=True))
        marks.append(svg.symbol(438, top - 35, latex, 17, "end"))
        for left, depth in zip(LEFT, DEPTHS, strict=True):
            weights = mean_weights(score, depth)
            marks += _panel(left, top, f"{score.__name__} d_k={depth}", weights)
            said[f"{score.__name__}_{depth}"] = printed(weights[0])
    for left, depth in zip(LEFT, DEPTHS, strict=True):
        marks.append(svg.symbol(left + 70, 430, f"d_k={depth}", 17, fill="muted"))
    return Picture(marks, 440, 440, t("fig_attention_softmax"), t("alt_attention_softmax", **said))


def _panel(left, top, name, weights):
    """Draw ten weights as bars; the panel is 1 high."""
    yield svg.rect(left, top - 24, WIDE, HIGH + 30, 8, fill="panel")
    for k, weight in enumerate(weights):
        height = HIGH * weight
        yield svg.rect(
            left + 10 + 12 * k, top + HIGH - height, 10, height, min(2, height / 2), fill="output"
        )
    peak = top + HIGH - HIGH * weights[0] - 7
    yield svg.number(left + 8, peak, weights[0], name, size=14, anchor="start", bold=True)
