"""The sines and cosines that tell a Transformer where a word stands."""

import math

import numpy as np

from ...transformer import positional_encoding
from .. import svg
from ..heat import cells
from ..numerals import printed
from . import Picture, figure

PLACES, WIDTH = 32, 16
LEFT, TOP, ACROSS, DOWN = 56, 70, 10, 16
PRINTED = 1  # the place whose numbers stand beside the map


@figure("positional")
def positional(t):
    """Draw the vectors of 32 places as a map, a column for each place.

    Notice that the upper rows turn fast and the lower ones slowly, like the hands of a clock.
    """
    P = positional_encoding(PLACES, WIDTH)
    right, bottom = LEFT + ACROSS * PLACES, TOP + DOWN * WIDTH
    marks = [
        svg.text(0, 20, t("fig_positional_map"), 14, "start", bold=True),
        cells(P.T, LEFT, TOP, ACROSS, DOWN, "data"),
        svg.text(LEFT - 10, TOP - 8, t("fig_component"), 14, "end", fill="muted"),
        svg.text(right + 8, TOP - 8, t("fig_wavelength"), 14, "start", fill="muted"),
        svg.text((LEFT + right) / 2, bottom + 44, t("fig_place"), 14, fill="muted"),
    ]
    for j in range(0, WIDTH, 2):
        y = TOP + DOWN * (j + 1)
        for row, sign in ((j, "sin"), (j + 1, "cos")):
            low = TOP + DOWN * row + 12
            marks.append(svg.text(LEFT - 10, low, f"{sign} {row}", 13, "end"))
        wave = wavelength(j)
        marks.append(svg.number(right + 8, y + 5, wave, f"wave[{j // 2 + 1}]", ".1f", 14, "start"))
    for place in (0, 10, 20, 30):
        x = LEFT + ACROSS * (place + 0.5)
        marks.append(svg.text(x, bottom + 20, str(place), 14, fill="muted"))
    marks += _scale(t, bottom + 60)
    alt = t("alt_positional", places=PLACES, width=WIDTH, **_said(P))
    return Picture(marks, 440, bottom + 104, t("fig_positional"), alt, arrays())


def wavelength(row):
    """Return after how many places an even row, and the one below it, comes round again."""
    return 2 * math.pi * 10000 ** (row / WIDTH)


def arrays():
    """Return every number printed or said, from sine and cosine of single angles."""
    slowest = 10000 ** -((WIDTH - 2) / WIDTH)
    said = [math.sin(1), math.cos(1), math.sin(slowest), math.cos(slowest)]
    waves = [2 * math.pi / 10000 ** -(2 * k / WIDTH) for k in range(WIDTH // 2)]
    return {"wave": waves, "said": said}


def _scale(t, y):
    """Show what the colours mean, from -1 to 1."""
    shades = np.linspace(-1, 1, 9)
    right = LEFT + 14 * len(shades)
    yield cells([shades], LEFT, y, 14, 16, "data")
    yield svg.text(LEFT - 8, y + 12.5, "−1", 14, "end", fill="muted")
    yield svg.text(right + 8, y + 12.5, "1", 14, "start", fill="muted")
    yield svg.text(LEFT, y + 36, t("fig_stronger"), 14, "start", fill="muted")


def _said(P):
    first, last = P[PRINTED, :2], P[PRINTED, -2:]
    names = ("sin_first", "cos_first", "sin_last", "cos_last")
    words = {name: printed(v, ".4f") for name, v in zip(names, [*first, *last], strict=True)}
    ends = {"shortest": wavelength(0), "longest": wavelength(WIDTH - 2)}
    return words | {name: printed(value, ".1f") for name, value in ends.items()}
