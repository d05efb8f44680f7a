"""Which query may look at which key."""

import numpy as np

from ...masks import causal_mask, length_mask
from .. import svg
from . import Picture, figure

CELL, PANEL, LEFT = 26, 222, 36  # of a pair; from one panel to the next; where pairs begin


def panels():
    """Return every panel: the key of its words, and its mask (T, S)."""
    return {
        "fig_mask_square": causal_mask(5, 5),
        "fig_mask_lengths": causal_mask(5, 5) & length_mask([3], 5)[0],
        "fig_mask_top_left": causal_mask(3, 5, align="top_left"),
        "fig_mask_bottom_right": causal_mask(3, 5, align="bottom_right"),
    }


@figure("causal-mask")
def causal_masks(t):
    """Draw the allowed pairs of four masks.

    Notice that the two alignments differ only where there are more keys than queries.
    """
    marks, tops, said = [], (0, 0, 236, 236), {}
    for k, (key, mask) in enumerate(panels().items()):
        panel = _panel(t(key), mask, key)
        marks.append(svg.group(panel, x=PANEL * (k % 2), y=tops[k]))
        said[key.removeprefix("fig_")] = int(mask.sum())
    marks += _legend(t, 424)
    alt = t("alt_causal_mask", **said)
    return Picture(marks, 440, 440, t("fig_causal_mask"), alt, counts())


def counts():
    """Return how many pairs each mask allows, counted one by one."""
    square = [(t, j) for t in range(5) for j in range(5) if j <= t]
    wide = [(t, j) for t in range(3) for j in range(5)]
    return {
        "fig_mask_square": len(square),
        "fig_mask_lengths": sum(j < 3 for _, j in square),
        "fig_mask_top_left": sum(j <= t for t, j in wide),
        "fig_mask_bottom_right": sum(j <= t + 2 for t, j in wide),
    }


def _panel(words, mask, name):
    """Draw one mask: queries down, keys across."""
    yield svg.text(0, 18, words, 14, "start", bold=True)
    top, (T, S) = 52, mask.shape
    yield svg.symbol(LEFT - 20, top - 8, "t", 16, fill="query")
    for j in range(S):
        yield svg.text(LEFT + CELL * (j + 0.5), top - 8, str(j + 1), 14, fill="key")
    yield svg.symbol(LEFT + CELL * S + 10, top - 8, "j", 16, fill="key")
    for t, row in enumerate(mask):
        yield svg.text(LEFT - 20, top + CELL * (t + 0.5) + 5, str(t + 1), 14, fill="query")
        for j, allowed in enumerate(row):
            yield from _pair(LEFT + CELL * j, top + CELL * t, allowed)
    low = top + CELL * T + 20
    yield svg.number(LEFT + 18, low, np.sum(mask), name, "g", 14, "end", fill="weight")
    yield svg.text(LEFT + 22, low, f"/ {mask.size}", 14, "start", fill="muted")


def _pair(left, top, allowed):
    """Draw one pair: full and with a dot if it is allowed, empty if not."""
    fill = {"fill": "weight-soft" if allowed else "panel", "stroke": "rule"}
    yield svg.rect(left + 1, top + 1, CELL - 2, CELL - 2, 3, **fill)
    if allowed:
        yield svg.circle(left + CELL / 2, top + CELL / 2, 4.5, fill="weight")


def _legend(t, y):
    for x, allowed, key in ((0, True, "fig_may_attend"), (PANEL, False, "fig_hidden_key")):
        yield from _pair(x, y - 18, allowed)
        yield svg.text(x + CELL + 8, y, t(key), 14, "start", fill="muted")
