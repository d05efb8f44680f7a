"""Reads a finished SVG: which boxes there are, where wires begin and end, what is printed."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Drawing:
    """The named parts of an SVG in its own units, moved groups resolved.

    Attributes
    ----------
    boxes : dict of str to list of (left, top, right, bottom)
        Rims of the shapes of a box, by `<net>/<name>`; without a net just the name.
    wires : dict of (src, dst) to (start, end)
    texts : list of (words, size, left, right, baseline)
        The extent estimated: a Chinese character is one em wide, any other about half.
    shapes : list of (box names, tag, attributes)
        Every element, with the names of the boxes around it.
    """

    def __init__(self, text):
        self.boxes, self.wires, self.texts, self.shapes = {}, {}, [], []
        root = ElementTree.fromstring(text)
        self.symbols = {e.get("id"): e for e in root.iter() if e.get("id")}
        self._walk(root, 0, 0, "", (), "start")

    def _walk(self, element, x, y, net, around, anchor):
        anchor = element.get("text-anchor", anchor)
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)$", element.get("transform") or "")
        x, y = (x + float(moved[1]), y + float(moved[2])) if moved else (x, y)
        net = f"{element.get('data-net')}/" if element.get("data-net") else net
        if name := element.get("data-box"):
            around = (*around, net + name)
            self.boxes.setdefault(net + name, [])
        if wire := element.get("data-wire"):
            src, dst = (net + end for end in wire.split(">"))
            self.wires[src, dst] = self._ends(element, x, y)
        tag = element.tag.removeprefix(SVG)
        self.shapes.append((around, tag, element.attrib))
        if tag == "text":
            self.texts.append((*extent(element, x, anchor), y + float(element.get("y"))))
        if around and (rim := self._rim(element, tag, x, y)):
            self.boxes[around[-1]].append(rim)
        for child in element:
            if tag != "defs":
                self._walk(child, x, y, net, around, anchor)

    def _rim(self, element, tag, x, y):
        if tag == "circle":
            cx, cy, r = (float(element.get(key)) for key in ("cx", "cy", "r"))
            return x + cx - r, y + cy - r, x + cx + r, y + cy + r
        if tag == "use" and element.get("x"):
            shape = self.symbols[element.get("href").removeprefix("#")]
        elif tag == "rect":
            shape = element
        else:
            return None
        left, top = x + float(element.get("x")), y + float(element.get("y"))
        return left, top, left + float(shape.get("width")), top + float(shape.get("height"))

    def _ends(self, wire, x, y):
        line, *heads = (numbers(path) for path in wire.findall(f"{SVG}path"))
        return tuple((x + a, y + b) for a, b in (line[:2], (heads[0] if heads else line[-2:])[:2]))

    def touches(self, name, point, slack=1.6):
        """Say whether a point lies on the rim of one of a box's shapes."""
        for left, top, right, bottom in self.boxes[name]:
            outside = max(left - point[0], point[0] - right, top - point[1], point[1] - bottom)
            if abs(outside) <= slack:
                return True
        return False

    def loose_ends(self):
        """Return the wires that do not begin and end at their boxes."""
        return [
            (src, dst)
            for (src, dst), (start, end) in self.wires.items()
            if not (self.touches(src, start) and self.touches(dst, end))
        ]


def numbers(path):
    """Return all numbers of path data."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.get("d"))]


def extent(text, x, anchor):
    """Return the words of a text, their size and where they begin and end."""
    words, size = "".join(text.itertext()), float(text.get("font-size", 14))
    width = size * sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in words)
    before = {"start": 0, "middle": 0.5, "end": 1}[anchor] * width
    left = x + float(text.get("x")) - before
    return words, size, left, left + width
