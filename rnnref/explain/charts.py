"""Charts: Matplotlib lays out curves and bands; a strict clean-up makes them marks of a Picture.

No text goes through Matplotlib, which would need a font for every language: ticks, words and
numbers are set by `svg` at the place that `Chart.at(x, y)` gives. Colours are names of the
palette, drawn in sentinel colours that the clean-up replaces by variables.
"""

import io
import re
from xml.etree import ElementTree

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from . import numerals, svg
from .palette import PALETTE

RC = {"svg.fonttype": "none", "svg.hashsalt": "rnnref", "path.simplify": False}
METADATA = {"Date": None, "Creator": None}
DASHES = {"": (), "dashed": (2.5, 1.5), "dotted": (1, 1)}  # in widths of the line
SENTINELS = {name: f"#0a0b{n:02x}" for n, name in enumerate(PALETTE, 1)}
NAMES = {sentinel: name for name, sentinel in SENTINELS.items()} | {"none": "none"}


class ChartError(svg.FigureError):
    """A chart holds something that must not reach a page."""


class Chart:
    """One pair of axes in a picture, in the units of the picture (y grows downwards).

    Parameters
    ----------
    size : (width, height)
        Of the whole picture.
    frame : (left, top, width, height)
        Of the area of the curves.
    x, y : (low, high)
        The limits of the data.
    log, log_x : bool, optional
        Whether y, or x, is logarithmic.
    """

    def __init__(self, size, frame, x, y, *, log=False, log_x=False):
        (width, height), (left, top, wide, high) = size, frame
        self.size, self.frame, self.log, self.log_x, self.texts = size, frame, log, log_x, []
        box = (left / width, 1 - (top + high) / height, wide / width, high / height)
        # At 72 dots per inch a point is a unit of the picture.
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        scales = {"xscale": "log" if log_x else "linear", "yscale": "log" if log else "linear"}
        self.axes = self.figure.add_axes(box, xlim=x, ylim=y, **scales)
        self.figure.patch.set_visible(False)
        self.axes.set_axis_off()

    def at(self, x, y):
        """Return where in the picture a point of the data lies."""
        right, up = self.axes.transData.transform((x, y))
        return round(float(right), 2), round(self.size[1] - float(up), 2)

    def ticks(self, *, x=(), y=(), fmt="g", name=""):
        """Write numbers along the axes and draw a rule across at every y.

        They are printed as `<name>x tick[k]` and `<name>y tick[k]`.
        """
        left, top, wide, high = self.frame
        for k, value in enumerate(y, 1):
            level = self.at(self.axes.get_xlim()[0], value)[1]
            self.line(self.axes.get_xlim(), [value, value], "rule", width=1)
            at = (left - 8, level + 4.5, value)
            self.texts.append(self._tick(*at, f"{name}y tick[{k}]", fmt, "end"))
        for k, value in enumerate(x, 1):
            right = self.at(value, self.axes.get_ylim()[0])[0]
            at = (right, top + high + 20, value)
            self.texts.append(self._tick(*at, f"{name}x tick[{k}]", fmt, "middle"))

    def _tick(self, right, down, value, name, fmt, anchor):
        if self.log if "y tick" in name else self.log_x:
            return svg.text(right, down, power_of_ten(value), 14, anchor, fill="muted")
        return svg.number(right, down, value, name, fmt, 14, anchor, fill="muted")

    def line(self, x, y, role, *, width=2.5, dash=""):
        """Draw a curve; `dash` is one of DASHES."""
        style = {"dashes": DASHES[dash]} if dash else {"solid_capstyle": "round"}
        x, y = finite(x, y)
        self.axes.plot(x, y, color=SENTINELS[role], linewidth=width, clip_on=False, **style)

    def band(self, x, low, high, role):
        """Fill the area between two curves lightly."""
        x, low, high = finite(x, low, high)
        outline = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        self.axes.fill(*outline, color=SENTINELS[role], alpha=0.16, linewidth=0, clip_on=False)

    def marks(self):
        """Return the drawing as marks for a Picture."""
        drawn = io.BytesIO()
        with rc_context(RC):
            self.figure.savefig(drawn, format="svg", metadata=METADATA)
        return [*clean(drawn.getvalue()), *self.texts]


def spread(levels, gap):
    """Return the places of labels, each as near to its level as a gap between all of them allows.

    Parameters
    ----------
    levels : list of float
        Where the labels would stand by themselves, in any order.
    gap : float
    """
    order = np.argsort(levels, kind="stable")
    blocks = []  # of labels that touch each other: how many, and where the first one stands
    for level in np.asarray(levels, float)[order]:
        blocks.append((1, level))
        while len(blocks) > 1 and blocks[-1][1] < blocks[-2][1] + gap * blocks[-2][0]:
            (n, first), (m, second) = blocks[-2:]
            # The middle of the joined block is the mean of where its labels want to be.
            blocks[-2:] = [(n + m, (n * first + m * (second - gap * n)) / (n + m))]
    places = np.empty(len(levels))
    places[order] = [first + gap * k for n, first in blocks for k in range(n)]
    return places.tolist()


def power_of_ten(value):
    """Write a tick of a logarithmic axis.

    Raises
    ------
    ChartError
        If the value is no power of ten.
    """
    exponent = round(np.log10(value))
    if not np.isclose(value, 10.0**exponent, rtol=1e-12, atol=0):
        raise ChartError(f"a logarithmic tick at {value} is no power of ten")
    return "1" if exponent == 0 else numerals.power(exponent)


def finite(*curves):
    """Return the curves as arrays.

    Raises
    ------
    ChartError
        For NaN or infinity: Matplotlib would leave a gap without a word.
    """
    curves = [np.asarray(curve, float) for curve in curves]
    for curve in curves:
        if bad := np.flatnonzero(~np.isfinite(curve)).tolist():
            raise ChartError(f"a curve holds {curve[bad[0]]} at point {bad[0]}; mend the numbers")
    return curves


# ---- the clean-up: what it does not know stops the build -----------------------------------------

DROPPED = ("metadata", "style")  # Matplotlib's style rule for * would restyle the whole page
GROUPS = ("svg", "g", "defs")  # their ids name nothing that is kept
NUMBERS = ("stroke-width", "stroke-dasharray", "stroke-dashoffset", "opacity")
KEYWORDS = {"stroke-linecap": ("round", "butt", "square"), "stroke-linejoin": ("round", "miter")}
DEFAULTS = {"stroke-dashoffset": "0", "stroke-linecap": "butt", "stroke-linejoin": "miter"}


def clean(drawing):
    """Return the marks of Matplotlib's SVG, free of everything that would act on a page.

    Parameters
    ----------
    drawing : bytes

    Raises
    ------
    ChartError
        For an element, attribute, style property or colour that has no rule here.
    """
    return list(_marks(ElementTree.fromstring(drawing)))


def _marks(element):
    tag = element.tag.rpartition("}")[2]
    if tag in DROPPED:
        return
    if tag == "path":
        yield _path(element.attrib)
    elif tag not in GROUPS:
        raise ChartError(f"the chart clean-up has no rule for the element <{tag}>")
    for child in element:
        yield from _marks(child)


def _path(attributes):
    if unknown := set(attributes) - {"d", "style"}:
        raise ChartError(f"the chart clean-up has no rule for the attribute {min(unknown)}")
    kept = {}
    for part in filter(str.strip, attributes.get("style", "").split(";")):
        key, _, value = (side.strip() for side in part.partition(":"))
        if (rule := _property(key, value)) != DEFAULTS.get(key):
            kept[key.replace("-", "_")] = rule
    return svg.mark("path", d=_data(attributes["d"]), **kept)


def _property(key, value):
    """Return one style property as the value of an attribute."""
    if key in ("fill", "stroke") and value in NAMES:
        return NAMES[value]
    if value in KEYWORDS.get(key, ()):
        return value
    if key in NUMBERS:
        return ",".join(svg.short(float(part)) for part in value.split(","))
    raise ChartError(f"the chart clean-up has no rule for the style {key}: {value}")


def _data(d):
    """Write path data with two decimals."""
    if letters := set(re.findall(r"[A-Za-z]", d)) - set("MLCQz"):
        raise ChartError(f"the chart clean-up has no rule for the path command {min(letters)}")
    pieces = [part if part.isalpha() else svg.short(float(part)) for part in d.split()]
    return re.sub(r" ?([MLCQz]) ?", r"\1", " ".join(pieces))
