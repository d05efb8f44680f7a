"""Why scores are divided by the root of the length of the keys."""

import functools

import numpy as np

from ...attention import score_dot, score_scaled
from ...numerics import softmax
from .. import svg
from ..numerals import printed
from . import Picture, figure

LENGTHS, KEYS, LOOKS = (4, 64, 256), 10, 2000
SCORES = (
    ("fig_plain_dot", r"q^{\top}k", score_dot),
    ("fig_scaled_dot", r"q^{\top}k\,/\sqrt{d_k}", score_scaled),
)
LEFT, WIDE, TOP, HIGH = (0, 150, 300), 140, 46, 130  # where the panels stand


def drawn(length):
    """Return standard normal queries and keys; the same ones for both scores."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((LOOKS, 1, length)), rng.standard_normal((LOOKS, KEYS, length))


@functools.cache
def mean_weights(score, length):
    """Return the weights of ten random keys, largest first, averaged over random queries."""
    q, k = drawn(length)
    return np.sort(softmax(score(q, k))[:, 0])[:, ::-1].mean(axis=0)


@figure("attention-softmax")
def attention_softmax(t):
    """Draw the ten weights of a softmax for keys of three lengths, without and with the division.

    Notice that without it one key takes all as keys grow longer; with it hardly anything changes.
    """
    marks, said = [], {}
    for row, (key, latex, score) in enumerate(SCORES):
        top = 60 + 196 * row
        marks.append(svg.text(0, top - 36, t(key), 14, "start", bold=True))
        marks.append(svg.symbol(438, top - 35, latex, 17, "end"))
        for left, length in zip(LEFT, LENGTHS, strict=True):
            weights = mean_weights(score, length)
            marks += _panel(left, top, f"{score.__name__} d_k={length}", weights)
            said[f"{score.__name__}_{length}"] = printed(weights[0])
    for left, length in zip(LEFT, LENGTHS, strict=True):
        marks.append(svg.symbol(left + 70, 430, f"d_k={length}", 17, fill="muted"))
    marks.append(svg.text(220, 458, t("fig_sorted", keys=KEYS, looks=LOOKS), 14, fill="muted"))
    alt = t("alt_attention_softmax", keys=KEYS, looks=LOOKS, **said)
    return Picture(marks, 440, 468, t("fig_attention_softmax"), alt, peaks())


def peaks():
    """Return the mean of the largest weight, from exponentials written out."""
    values = {}
    for length in LENGTHS:
        q, k = drawn(length)
        for _, _, score in SCORES:
            divisor = length**0.5 if score is score_scaled else 1
            shares = np.exp((k * q).sum(axis=-1) / divisor)
            values[f"{score.__name__} d_k={length}"] = np.mean(shares.max(1) / shares.sum(1))
    return values


def _panel(left, top, name, weights):
    """Draw ten weights as bars; the panel is 1 high."""
    yield svg.rect(left, top - 24, WIDE, HIGH + 30, 8, fill="panel")
    for k, weight in enumerate(weights):
        height = HIGH * weight
        yield svg.rect(
            left + 10 + 12 * k, top + HIGH - height, 10, height, min(2, height / 2), fill="weight"
        )
    peak = top + HIGH - HIGH * weights[0] - 7
    yield svg.number(left + 8, peak, weights[0], name, size=14, anchor="start", bold=True)
