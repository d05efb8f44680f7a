"""Read a finished cell diagram again and compare it with the code's graph.

Nothing here uses the layout or its geometry: boxes, lines and signs are taken from the SVG text
alone, and measured by what is written here. Numbers are compared by `document.check_numbers`.
"""

import math
import re
from xml.etree import ElementTree

from .svg import FigureError

SVG = "{http://www.w3.org/2000/svg}"
SLACK = 1.5  # pixels: half of the widest rim


def check(text, graph, key="", back=False):
    """Compare a drawing with the graph: boxes, wires, where they end, signs and pills.

    Parameters
    ----------
    text : str
        The SVG.
    graph : Graph
    key : str, optional
        What stands before the names of this cell.
    back : bool
        Whether the drawing shows the way back: every wire of the graph against its direction.

    Raises
    ------
    FigureError
        For a wire that is missing, extra, or does not reach its boxes; a wrong sign; or a pill
        that is not on a wire of its value.
    """
    drawing = check_wires(text, graph, key, back)
    for name, box in graph.boxes.items():
        gradient = back and box.kind in ("input", "output")
        wanted = f"d{box.latex}" if gradient else graph.sign(name)
        if drawing.signs[name] != [wanted]:
            found = " ".join(drawing.signs[name]) or "nothing"
            raise FigureError(f"{name} shows {found}, but the code says {wanted}")


def check_wires(text, graph, key="", back=False):
    """Compare boxes, wires and their ends alone; return what was read."""
    drawing = _Drawing(ElementTree.fromstring(text), key)
    if back:
        drawing.wires = {(end, start): line[::-1] for (start, end), line in drawing.wires.items()}
    _same("boxes", set(graph.boxes), {name for name in drawing.boxes if "," not in name})
    lines = [(source, dst) for src, dst in drawing.wires for source in src.split(",")]
    pairs = {(src, dst) for src, dst in lines if "," not in dst}  # a line into a join is none yet
    _same("wires", {(wire.src, wire.dst) for wire in graph.wires}, pairs)
    drawing.check_ends()
    return drawing


def _same(what, code, figure):
    if code != figure:
        spelled = ", ".join(sorted(map(str, code ^ figure)))
        raise FigureError(f"the drawing and the code differ in {what}: {spelled}")


class _Drawing:
    """Boxes, wires and signs of one cell, as drawn."""

    def __init__(self, root, key):
        self.boxes, self.wires, self.signs, self.pills = {}, {}, {}, {}
        for element in root.iter(f"{SVG}g"):
            name = element.get("data-box") or element.get("data-join")
            if name and name.startswith(key):
                name = name.removeprefix(key)
                self.boxes[name] = _bounds(element)
                self.signs[name] = [e.get("data-tex") for e in element.iter() if e.get("data-tex")]
            if (wire := element.get("data-wire")) and wire.startswith(key):
                src, dst = (end.removeprefix(key) for end in wire.split(">"))
                self.wires[src, dst] = _line(element)
            if (pill := element.get("data-pill")) and pill.startswith(key):
                self.pills[pill.removeprefix(key)] = _bounds(element)

    def check_ends(self):
        """Refuse a wire whose start or end touches nothing that it belongs to."""
        for (src, dst), line in self.wires.items():
            siblings = [other for (s, d), other in self.wires.items() if s == src and d != dst]
            forks = any(_distance(line[0], other) <= SLACK for other in siblings)
            if not forks and not _touches(self.boxes[src], line[0]):
                raise FigureError(f"the wire {src} -> {dst} does not start at {src}")
            if not _touches(self.boxes[dst], line[-1]):
                raise FigureError(f"the wire {src} -> {dst} does not end at {dst}")
        for name, (left, top, right, bottom) in self.pills.items():
            centre = ((left + right) / 2, (top + bottom) / 2)
            own = [line for wire, line in self.wires.items() if name in (wire[0], ">".join(wire))]
            if not any(_distance(centre, line) <= SLACK for line in own):
                raise FigureError(f"the pill of {name} is not on a wire that leaves {name}")


def _bounds(element):
    """Return left, top, right, bottom of the rectangles of a group."""
    sides = [
        (x, y, x + float(r.get("width")), y + float(r.get("height")))
        for r in element.iter(f"{SVG}rect")
        for x, y in [(float(r.get("x")), float(r.get("y")))]
    ]
    left, top, right, bottom = zip(*sides, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _line(element):
    """Return the points of a wire: corners of its line, then the apex of its arrow head."""
    paths = element.findall(f"{SVG}path")
    line = [_points(path.get("d")) for path in paths if path.get("fill") == "none"][-1]
    heads = [_points(path.get("d"))[0] for path in paths if path.get("fill") != "none"]
    return line[:-1] + (heads or line[-1:])


def _points(d):
    """Return the start, the control points (which are the corners) and the end of path data."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", d)]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    if "Q" not in d:
        return pairs
    corners = [tuple(map(float, n)) for n in re.findall(r"Q(-?[\d.]+) (-?[\d.]+)", d)]
    return [pairs[0], *corners, pairs[-1]]


def _distance(point, line):
    """Return how far a point is from the nearest place on a line."""
    return min(_from_piece(point, a, b) for a, b in zip(line, line[1:], strict=False))


def _from_piece(point, a, b):
    along = (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    dot = (point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]
    part = min(1, max(0, dot / length)) if length else 0
    return math.dist(point, (a[0] + part * along[0], a[1] + part * along[1]))


def _touches(box, point):
    left, top, right, bottom = box
    outside = max(left - point[0], point[0] - right, top - point[1], point[1] - bottom)
    return abs(outside) <= SLACK
