"""Draw a flow between values: wires from the graph, and at every box a look of the figure's choice.

A look is a function (Box, Place) -> marks. Wires take the colour of the value that they carry; a
wire that goes through a matrix shows it on the way.
"""

from typing import NamedTuple

from . import svg
from .scene import compare

CHIP = 22  # least height of a matrix on a wire
GRID = (46, 21)  # a number of a matrix


class Style(NamedTuple):
    """How the wires of a flow are drawn.

    Attributes
    ----------
    roles : dict of str to str
        The colour of what leaves a box; else that of the box.
    chips : dict of (src, dst) to (x, y)
        Where the matrix of a wire stands; a wire that is not named shows none.
    ground : str
        What lies behind a wire that crosses others.
    widths : dict of (src, dst) to float
        Of wires that are wider, or narrower, than the rest.
    """

    roles: dict = {}
    chips: dict = {}
    ground: str = "paper"
    widths: dict = {}


def draw_flow(graph, layout, looks, style=None, key=""):
    """Draw wires, boxes, and the matrices on the way.

    Parameters
    ----------
    graph : Graph
    layout : Layout
    looks : dict of str to function (Box, Place) -> list of marks
        One for every box.
    style : Style, optional
    key : str, optional
        Put before all names in the marks.

    Raises
    ------
    FigureError
        If the layout has a box or wire that the graph has not, or the other way round.
    """
    compare(graph, layout)
    style = style or Style()
    weights = {(wire.src, wire.dst): wire.weight for wire in graph.wires}
    marks, chips = [], []
    for route in sorted(layout.routes, key=lambda route: route.over):
        pair = route.src, route.dst
        role = style.roles.get(route.src) or graph.boxes[route.src].role
        width = style.widths.get(pair, svg.WIRE)
        if route.over:  # a gap in what it crosses
            marks.append(svg.path(route.points, stroke=style.ground, stroke_width=width + 6))
        name = f"{key}{route.src}>{key}{route.dst}"
        tip = min(svg.TIP + width - svg.WIRE, 14)
        marks.append(svg.wire(route.points, role, width, tip, data_wire=name))
        if pair in style.chips:
            chips.append(chip(*style.chips[pair], weights[pair]))
    boxes = [
        svg.group(looks[name](graph.boxes[name], place), data_box=key + name)
        for name, place in layout.places.items()
    ]
    return [*marks, *boxes, *chips]


def chip(x, y, latex):
    """Show a matrix on a wire: square, where what works by elements is round."""
    width = max(CHIP, svg.symbol_width(latex, 16) + 10)
    height = CHIP + 6 * ("^" in latex)  # an index below and one above
    frame = svg.rect(x - width / 2, y - height / 2, width, height, 5, fill="paper", stroke="muted")
    return svg.group([frame, svg.symbol(x, y + 5, latex, 16)], data_weight=latex)


def value(role="", latex=None, size=svg.SIZE):
    """Return the look of a value: a pill with its symbol and a number for each unit."""

    def look(box, place):
        sign = box.latex if latex is None else latex
        at = (place.x, place.y, role or box.role, box.value, box.name, sign)
        return [svg.pill(*at, size, width=place.width)]

    return look


def cell(head, role="", inner=None, height=None):
    """Return the look of a value inside what computes it: a filled block with words above."""

    def look(box, place):
        (left, _), (_, top) = place.at("w"), place.at("n")
        paint, low = role or box.role, place.y + place.height / 2 - 26
        return [
            svg.rect(left, top, place.width, place.height, 10, fill=paint),
            svg.text(place.x, top + 19, head, 14, bold=True, fill="on"),
            roomy(place.x, low, paint, box.value, box.name, inner or box.latex),
        ]

    return look


def roomy(x, y, role, value, name, latex):
    """Draw a pill with more room between symbol and numbers, which are often negative here."""
    width = svg.pill_size(value, latex)[0] + 8
    return svg.pill(x, y, role, value, name, latex, width=width)


def block(words, role, second=""):
    """Return the look of an operation without numbers: a filled block with words."""

    def look(box, place):
        (left, _), (_, top) = place.at("w"), place.at("n")
        shift = -4 if second else 5
        marks = [
            svg.rect(left, top, place.width, place.height, 9, fill=role),
            svg.text(place.x, place.y + shift, words, 14, bold=True, fill="on"),
        ]
        if second:
            marks.append(svg.text(place.x, place.y + 14, second, 13, fill="on"))
        return marks

    return look


def sign(latex, role=""):
    """Return the look of an operation that a sign says."""

    def look(box, place):
        (left, _), (_, top) = place.at("w"), place.at("n")
        paint = {"fill": "paper", "stroke": role or box.role, "stroke_width": 2}
        r = min(place.width, place.height) / 2
        return [
            svg.rect(left, top, place.width, place.height, r, **paint),
            svg.symbol(place.x, place.y + 5, latex, 17),
        ]

    return look


def grid(role="", latex=None, head=20):
    """Return the look of a matrix: its symbol above all its numbers, the larger the deeper."""

    def look(box, place):
        rows, columns = box.value.shape
        (left, _), (_, top) = place.at("w"), place.at("n")
        sign = box.latex if latex is None else latex
        paint = role or box.role
        marks = [
            svg.rect(left, top, place.width, place.height, 8, fill="paper", stroke=paint),
            svg.symbol(place.x, top + 17, sign, 17, fill=paint) if sign else "",
        ]
        start = place.x - columns * GRID[0] / 2
        for row in range(rows):
            name, y = f"{box.name} {row + 1}", top + (head + 4 if sign else 4) + row * GRID[1]
            marks.append(cells(start, y, box.value[row], name, paint))
        return marks

    return look


def cells(x, y, numbers, name, role, size=GRID, down=False):
    """Draw numbers side by side, or one below the other; the larger, the deeper in colour."""
    across, height = size
    tints, texts = [], []
    for k, number in enumerate(numbers):
        left, top = (x, y + k * height) if down else (x + k * across, y)
        opacity = 0.06 + 0.36 * min(1, abs(number))
        paint = {"fill": role if number >= 0 else "negative", "fill_opacity": opacity}
        tints.append(svg.rect(left + 1, top + 1, across - 2, height - 2, 3, **paint))
        at = (left + across / 2, top + height / 2 + 4.5)
        texts.append(svg.number(*at, number, f"{name}[{k + 1}]", size=svg.SIZE, anchor=None))
    return svg.group(tints) + svg.group(texts, text_anchor="middle", font_size=13)


def by_rows(name, matrix):
    """Return the numbers of a matrix under the names that `grid` prints them by."""
    return {f"{name} {k + 1}": row for k, row in enumerate(matrix)}
