"""From a Picture to the SVG of a page, and what is checked on the finished text."""

import html
import math
import re
from collections import Counter
from xml.etree import ElementTree

import numpy as np

from .numerals import printed, scientific
from .svg import FONT, SIZE, FigureError, mark

SMALLEST = 10  # pixels of the smallest text on a phone, inside its scrolling box
STEP = 20  # widths of the classes rr-min-<width> in docs/assets/figures.css
LANGUAGE = {"zh": "zh-Hans", "en": "en"}
GLYPH = re.compile(r'<path d="([^"]*)"( transform="[^"]*"(?: fill="[^"]*")? data-tex="[^"]*")/>')
REFERENCE = re.compile(r'((?<= )id="|href="#|url\(#)')
DECIMAL = re.compile(r"\d\.\d|(?<![^\W\d_])(?:nan|inf)(?![^\W\d_])", re.IGNORECASE)
PLACE = re.compile(r"\{[a-z_]\w*\}")  # of a label, for a number
SAID = re.compile(r"[−-]?\d+\.(\d+)( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")


def document(picture, name, lang, use):
    """Return the inline SVG of a picture, every id in it prefixed by its use on the page.

    Raises
    ------
    FigureError
        If an id is missing or doubled, or a number printed or said is not the picture's value.
    """
    title, alt = html.escape(picture.title), html.escape(picture.alt)
    head = f'<title id="title">{title}</title><desc id="desc">{alt}</desc>'
    root = mark(
        "svg",
        head + share_glyphs("".join(picture.marks)),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"rr rr-min-{smallest_width(picture)}",
        role="img",
        viewBox=f"0 0 {picture.width} {picture.height}",
        width=picture.width,
        height=picture.height,
        lang=LANGUAGE[lang],
        font_family=FONT,
        font_size=SIZE,
        fill="text",
        data_figure=name,
        data_focus=picture.focus,
    )
    root = root.replace(" role=", f' aria-labelledby="{use}-title {use}-desc" role=', 1)
    text = REFERENCE.sub(lambda match: f"{match[1]}{use}-", root)
    check_ids(text)
    check_filled(f"{picture.title} {picture.alt}")
    check_numbers(text, picture.values)
    check_said(f"{picture.title} {picture.alt}", picture.values)
    return text


def share_glyphs(marks):
    """Define an outline that occurs more than once in one place, and use it from there."""
    counts = Counter(match[1] for match in GLYPH.finditer(marks))
    shared = {d: f"g{k}" for k, d in enumerate(d for d, n in counts.items() if n > 1)}

    def replace(match):
        found = shared.get(match[1])
        return f'<use href="#{found}"{match[2]}/>' if found else match[0]

    defs = "".join(f'<path id="{key}" d="{d}"/>' for d, key in shared.items())
    return (f"<defs>{defs}</defs>" if defs else "") + GLYPH.sub(replace, marks)


def smallest_width(picture):
    """Return the width, a multiple of STEP, below which the smallest text would shrink too far."""
    sizes = re.findall(r'font-size="([\d.]+)"', "".join(picture.marks))
    wanted = picture.width * SMALLEST / min([SIZE, *map(float, sizes)])
    return STEP * math.ceil(wanted / STEP)


def check_ids(text):
    """Refuse a reference that leads nowhere, and two elements with one id."""
    ids = re.findall(r' id="([^"]*)"', text)
    doubled = [key for key, n in Counter(ids).items() if n > 1]
    if doubled:
        raise FigureError(f"two elements have the id {doubled[0]!r}")
    for key in re.findall(r'(?:href="|url\()#([^")]*)', text):
        if key not in ids:
            raise FigureError(f"a reference leads to {key!r}, but no element has this id")


def check_filled(words):
    """Refuse words with a place for a number that was not given."""
    if place := PLACE.search(words):
        raise FigureError(f"{words!r} has no number for {place[0]}; pass it to the label")


def check_numbers(text, values):
    """Re-read a finished SVG: every printed number is the rounded value that it stands for.

    Parameters
    ----------
    text : str
        The SVG.
    values : dict of str to array
        `name` is the one number printed under this name; `name[k]` the k-th of several, from 1.

    Returns
    -------
    dict of str to float
        Every printed number under its name.

    Raises
    ------
    FigureError
        Naming the number, what is printed and what should be.
    """
    found = {}
    for element in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text"):
        words, name = "".join(element.itertext()), element.get("data-name")
        if name is None:
            check_filled(words)
            if DECIMAL.search(words):
                raise FigureError(f"the number in {words!r} was not printed by svg.number")
            continue
        found[name] = value = _value(name, values)
        if words != (wanted := printed(value, element.get("data-fmt", ".2f"))):
            raise FigureError(f"{name} is printed as {words}, but its value rounds to {wanted}")
        if not math.isclose(noted := float(element.get("data-value")), value, abs_tol=1e-9):
            raise FigureError(f"{name} is noted as {noted!r}, but its value is {value!r}")
    return found


def _value(name, values):
    key, _, place = name.removesuffix("]").partition("[")
    if key not in values:
        raise FigureError(f"a number is named {name}, but the data has no {key}")
    return float(np.ravel(values[key])[int(place or 1) - 1])


def check_said(words, values):
    """Refuse a decimal number in a sentence that is the rounding of no value."""
    known = [float(value) for array in values.values() for value in np.ravel(array)]
    for match in SAID.finditer(words):
        digits, power = len(match[1]), match[2]
        written = (
            scientific(value, digits) if power else printed(value, f".{digits}f")
            for value in known
            if value > 0 or not power
        )
        if match[0] not in written:
            raise FigureError(f"the words say {match[0]}, which no value of the figure rounds to")
