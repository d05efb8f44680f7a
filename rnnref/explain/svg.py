"""A small SVG writer: every function returns marks as text, a `Picture` collects them.

Conventions for all figures:

* One unit is one pixel at full size. Pages are 690 to 760 wide, so draw about 760 to 800 wide with
  words at 14 and never below 12.
* Colours are names of the palette: `fill="forget"` is written as a CSS variable with the light
  colour as fallback, so a figure follows the scheme of a page and is readable without any style
  sheet. `docs/assets/figures.css` holds the variables. `<role>-soft` is a pale fill, `on` the ink
  on a filled role, `paper` the ground of pills, `panel` that of panels, `dim` an inactive line.
* Words and numbers stay real text; symbols are outlines (`symbol`), so they look like the page's
  equations without a font. Words are passed in already translated.
* A computed number is printed by `number` alone, or by what builds on it (`pill`, `strip`), under a
  name. `document.check_numbers` reads it back from the finished SVG, compares it with the value
  that `Picture.values` has under this name, and refuses a decimal number in any other text.
* ids are written plainly (`id="x"`, `href="#x"`, `url(#x)`); `document.document` puts the prefix
  of the use before each of them.
"""

import html
import math
from collections.abc import Callable
from typing import NamedTuple

from . import outlines
from .numerals import printed
from .palette import ink

FONT = "var(--rr-font,system-ui,sans-serif)"
SIZE = 14  # of text, unless told otherwise
WIRE = 2.25  # stroke width of a wire
TIP = 8  # length of an arrow head


class FigureError(ValueError):
    """A figure is not what its data says; the message is one sentence."""


class Picture(NamedTuple):
    """A finished drawing with its text alternative, both in one language.

    Attributes
    ----------
    marks : list of str
    width, height : int
    title : str
        What it is, in a few words.
    alt : str
        What it shows, with the numbers: for readers who do not see it.
    values : dict of str to array
        Every number that is printed or said, by name, from a plain computation: never from the
        recorded one that the figure is drawn from, so that neither can be wrong alone.
    check : function (str) -> None, optional
        Reads the finished SVG once more and raises a FigureError if it is not what the code does.
    focus : float, optional
        Where across the picture, from 0 to 1, what matters has its middle: a small screen starts
        there.
    """

    marks: list
    width: int
    height: int
    title: str
    alt: str
    values: dict
    check: Callable | None = None
    focus: float | None = None


def short(value):
    """Write a coordinate with at most two decimals."""
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def mark(tag, *children, **attributes):
    """Return one element; `_` in attribute names is `-`, None leaves an attribute out."""
    parts = [tag]
    for key, value in attributes.items():
        if value is None:
            continue
        if isinstance(value, (int, float)):
            value = short(value)
        elif key in ("fill", "stroke"):
            value = ink(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"')
    inside = "".join(children)
    return f"<{' '.join(parts)}>{inside}</{tag}>" if inside else f"<{' '.join(parts)}/>"


def group(marks, x=0, y=0, **attributes):
    """Put marks together, moved by (x, y)."""
    moved = f"translate({short(x)} {short(y)})" if x or y else None
    return mark("g", *marks, transform=moved, **attributes)


def rect(x, y, width, height, r=0, **attributes):
    """Draw a rectangle from its upper left corner."""
    return mark("rect", x=x, y=y, width=width, height=height, rx=r or None, **attributes)


def circle(x, y, r, **attributes):
    """Draw a circle about its centre."""
    return mark("circle", cx=x, cy=y, r=r, **attributes)


def path(points, r=10, **attributes):
    """Draw a line through points, its corners rounded by `r`; unfilled unless told otherwise."""
    return mark("path", d=rounded(points, r), **{"fill": "none", **attributes})


def rounded(points, r):
    """Return path data through points; no corner takes more than half of a side."""
    steps = [f"M{short(points[0][0])} {short(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        cut = min(r, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        a, b = _towards(corner, before, cut), _towards(corner, after, cut)
        steps.append(
            f"L{short(a[0])} {short(a[1])}Q{short(corner[0])} {short(corner[1])} "
            f"{short(b[0])} {short(b[1])}"
        )
    return "".join(steps) + f"L{short(points[-1][0])} {short(points[-1][1])}"


def _towards(start, goal, distance):
    part = distance / (math.dist(start, goal) or 1)
    return tuple(s + part * (g - s) for s, g in zip(start, goal, strict=True))


def wire(points, role, width=WIRE, tip=TIP, r=10, **attributes):
    """Draw an arrow through points; its apex is exactly the last point. `tip` 0 leaves it out."""
    if not tip:
        return mark("g", path(points, r, stroke=role, stroke_width=width), **attributes)
    end = points[-1]
    neck = _towards(end, points[-2], tip - 2)
    line = path([*points[:-1], neck], r, stroke=role, stroke_width=width)
    return mark("g", line, arrow_head(points[-2], end, role, tip), **attributes)


def arrow_head(start, end, role, size=TIP):
    """Draw the head of an arrow that comes from `start`, with its apex at `end`."""
    back = _towards(end, start, size)
    dx, dy = (0.45 * (e - b) for e, b in zip(end, back, strict=True))
    corners = [end, (back[0] - dy, back[1] + dx), (back[0] + dy, back[1] - dx)]
    return mark(
        "path", d="M" + "L".join(f"{short(x)} {short(y)}" for x, y in corners) + "z", fill=role
    )


def text(x, y, words, size=SIZE, anchor="middle", **attributes):
    """Write words on the baseline y; `bold=True` for weight 600, anchor None for the group's."""
    weight = 600 if attributes.pop("bold", False) else None
    anchor = None if anchor == "start" else anchor
    inside = html.escape(words)
    return mark(
        "text",
        inside,
        x=x,
        y=y,
        font_size=None if size == SIZE else size,
        text_anchor=anchor,
        font_weight=weight,
        **attributes,
    )


def number(x, y, value, name, fmt=".2f", size=SIZE, anchor="middle", **attributes):
    """Print a computed number that `document.check_numbers` finds again: `name` or `name[k]`."""
    try:
        words = printed(value, fmt)
    except ValueError:
        raise FigureError(f"{name} is {value}, which cannot be printed") from None
    data = {"data_name": name, "data_value": repr(float(value)), "data_fmt": fmt}
    if fmt == ".2f":
        del data["data_fmt"]
    return text(x, y, words, size, anchor, **data, **attributes)


def symbol(x, y, latex, size=18, anchor="middle", fill="text", **attributes):
    """Draw a mathematical symbol on the baseline y; fill None for the colour of its group."""
    shape, scale = outlines.outline(latex), size / outlines.EM
    shift = {"start": 0, "middle": 0.5, "end": 1}[anchor] * shape.width * scale
    place = f"translate({short(x - shift)} {short(y)})scale({scale:.4g})"
    return mark("path", d=shape.d, transform=place, fill=fill, data_tex=latex, **attributes)


def symbol_width(latex, size=18):
    """Return the width of a symbol."""
    return outlines.outline(latex).width * size / outlines.EM


def pill(x, y, role, values, name, latex=None, size=SIZE, fmt=".2f", width=None, **attributes):
    """Draw a number pill about (x, y): a column of numbers, one per unit, with its symbol.

    The numbers are named `<name>[1]`, `<name>[2]` … and lie on paper, outlined in the role.
    """
    least, height = pill_size(values, latex, size, fmt)
    width = width or least
    left, row = x - width / 2, size + 4
    marks = [
        rect(left, y - height / 2, width, height, 9, fill="paper", stroke=role, stroke_width=1.5)
    ]
    if latex:
        marks.append(symbol(left + 9, y + 0.28 * size, latex, size + 3, "start", None))
    for k, value in enumerate(values):
        base = y + (k - len(values) / 2 + 0.5) * row + 0.35 * size
        marks.append(number(left + width - 8, base, value, f"{name}[{k + 1}]", fmt, size, None))
    shared = {"fill": role, "font_weight": 600, "text_anchor": "end"}  # by all numbers
    return group(marks, **shared, **attributes)


def pill_size(values, latex=None, size=SIZE, fmt=".2f"):
    """Return width and height of a pill."""
    widest = max(len(format(value, fmt)) for value in values)
    sign = symbol_width(latex, size + 3) + 6 if latex else 0
    return sign + 0.6 * size * widest + 15, (size + 4) * len(values) + 5


def strip(x, y, values, name, role="hidden", cell=16, down=True, numbers=False, fmt=".2f"):
    """Draw a vector as a strip of cells from its upper left corner; |value| 1 is full colour.

    Positive values take the colour of the role, negative ones that of "negative". With numbers
    printed inside, the colour stays pale enough for the ink in both schemes.
    """
    across = 46 if numbers else cell
    marks = []
    for k, value in enumerate(values):
        left, top = (x, y + k * cell) if down else (x + k * across, y)
        part = (0.06, 0.36) if numbers else (0.08, 0.92)
        opacity = part[0] + part[1] * min(1, abs(value))
        box = {"x": left + 1, "y": top + 1, "width": across - 2, "height": cell - 2, "r": 3}
        marks.append(rect(**box, fill="paper", stroke="rule"))
        marks.append(rect(**box, fill=role if value >= 0 else "negative", fill_opacity=opacity))
        if numbers:
            middle = top + cell / 2 + 4.5
            marks.append(number(left + across / 2, middle, value, f"{name}[{k + 1}]", fmt, 13))
    return group(marks)
