"""Small signed bars, one column for each hidden unit: how a stage of a cell acts on each unit."""

import math
from typing import NamedTuple

from numpy import ndarray

from . import svg
from .numerals import printed

ROW, HEAD, PAD, LABEL, NUMBER = 25, 40, 16, 92, 56  # heights and widths


class Bar(NamedTuple):
    """One row: a value of each unit.

    Attributes
    ----------
    latex, role, name : str
        Label, colour, and the name under which the numbers are printed.
    values : (H,) array
    start : (H,) array, optional
        Where each bar begins, for a bar set upon another one; default 0.
    ghost : (H,) array, optional
        A pale bar behind: what the value was before a gate acted.
    gate : bool
        A pale track from 0 to 1 behind: all that a gate may be.
    """

    latex: str
    role: str
    name: str
    values: ndarray
    start: ndarray | None = None
    ghost: ndarray | None = None
    gate: bool = False


def height(bars):
    """Return the height of the panels that hold these rows."""
    return HEAD + ROW * len(bars) + 8


def columns(bars, y, width, titles):
    """Draw one panel per unit, side by side, each with all rows on one scale from -1 to 1.

    Parameters
    ----------
    bars : list of Bar
    y, width : float
        The upper edge, and the width of all panels together.
    titles : list of str
        One for each unit.
    """
    top = math.ceil(max(abs(v) for bar in bars for v in [*bar.values, *(bar.values + _start(bar))]))
    gap = 12
    across = (width - gap * (len(titles) - 1)) / len(titles)
    marks = []
    for k, title in enumerate(titles):
        panel = _Panel(k * (across + gap), y, across, top)
        marks += panel.frame(title, len(bars))
        for n, bar in enumerate(bars):
            marks += panel.row(bar, k, n)
    return marks


def _start(bar):
    return 0 * bar.values if bar.start is None else bar.start


class _Panel:
    """The panel of one unit, with its scale."""

    def __init__(self, x, y, width, top):
        self.x, self.y, self.width, self.top = x, y, width, top
        self.left, self.right = x + LABEL, x + width - NUMBER - PAD

    def at(self, value):
        """Return where a value lies across the panel."""
        return (self.left + self.right) / 2 + value / self.top * (self.right - self.left) / 2

    def frame(self, title, rows):
        """Draw panel, title and scale."""
        low = self.y + HEAD + ROW * rows
        yield svg.rect(self.x, self.y, self.width, HEAD + ROW * rows + 8, 12, fill="panel")
        yield svg.text(self.x + 14, self.y + 25, title, 14, "start", bold=True, fill="muted")
        for tick in (-self.top, 0, self.top):
            words = printed(tick, "d")
            yield svg.text(self.at(tick), self.y + 25, words, 12, fill="muted")
            line = [(self.at(tick), self.y + 32), (self.at(tick), low)]
            yield svg.path(line, stroke="rule" if tick else "dim", stroke_width=1 if tick else 1.5)

    def row(self, bar, unit, n):
        """Draw the bar of one unit in the n-th row."""
        middle = self.y + HEAD + ROW * (n + 0.5)
        value, start = bar.values[unit], _start(bar)[unit]
        yield svg.symbol(self.left - 12, middle + 5, bar.latex, 16, "end", bar.role)
        if bar.gate:
            yield self._bar(middle, 0, 1, f"{bar.role}-soft")
        if bar.ghost is not None:
            yield self._bar(middle, start, start + bar.ghost[unit], f"{bar.role}-soft")
        yield self._bar(middle, start, start + value, bar.role)
        if bar.start is not None:
            yield self._joint(start, middle - ROW / 2)
            yield self._joint(start + value, middle + ROW / 2)
        name = f"{bar.name}[{unit + 1}]"
        right = self.x + self.width - PAD
        yield svg.number(right, middle + 5, value, name, anchor="end", bold=True, fill=bar.role)

    def _joint(self, value, middle):
        """Tie a bar to the end of the one above, or to the beginning of the one below."""
        ends = [(self.at(value), middle - 8), (self.at(value), middle + 8)]
        return svg.path(ends, stroke="text", stroke_width=1.5, stroke_dasharray="2 2")

    def _bar(self, middle, start, stop, paint):
        left, right = sorted((self.at(start), self.at(stop)))
        return svg.rect(left, middle - 8, max(right - left, 1), 16, 2, fill=paint)
