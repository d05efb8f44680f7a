"""Mathematical symbols as outlines, from the math font that comes with Matplotlib."""

import functools
import re
from typing import NamedTuple

EM = 100  # units per em: rounding moves a point by 0.1 pixel at most, at 20 pixels
LETTER = {1: "m", 2: "l", 3: "q", 4: "c"}  # Matplotlib's MOVETO, LINETO, CURVE3 and CURVE4
CLOSED = 79  # its CLOSEPOLY


class Outline(NamedTuple):
    """Path data with whole numbers, origin on the baseline at the left edge of the ink."""

    d: str
    width: int


@functools.cache
def outline(latex):
    """Return the outline of a symbol such as \\tilde{c}_t.

    The font is STIX, the look of the page's equations. Bytes depend on the Matplotlib version,
    which is pinned.
    """
    from matplotlib import rc_context  # slow to import; most builds draw nothing new
    from matplotlib.textpath import TextPath

    # TeX sets a minus sign in a subscript without space around it; mathtext wants to be told.
    tight = re.sub(r"_\{[^{}]*\}", lambda match: match[0].replace("-", "{-}"), latex)
    with rc_context({"mathtext.fontset": "stix"}):
        shape = TextPath((0, 0), f"${tight}$", size=EM)
    box = shape.get_extents()
    left = round(box.x0)
    d = "".join(_steps(shape, left)).replace(" -", "-")
    return Outline(d, round(box.x1) - left)


def _steps(shape, left):
    """Yield relative path commands; every point is rounded first, so that no error adds up."""
    start = at = (0, 0)
    for points, code in shape.iter_segments(simplify=False, curves=True):
        if code == CLOSED:
            yield "z"
            at = start
            continue
        pairs = [(round(x) - left, -round(y)) for x, y in points.reshape(-1, 2)]
        yield LETTER[code] + " ".join(f"{x - at[0]} {y - at[1]}" for x, y in pairs)
        at = pairs[-1]
        start = at if LETTER[code] == "m" else start
