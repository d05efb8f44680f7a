"""Draw a cell from its graph and layout.

Wires, signs, numbers, colours and the highlighted part are those of the graph. Marks carry
`data-box`, `data-join`, `data-wire="src>dst"` and `data-pill`, the names of the graph.
"""

from . import svg
from .graph import LAYERS
from .scene import compare, covered, on_line

DOT, HALO = 3.6, 7
LOW = 30  # a value that enters or leaves is shown without its numbers up to this height
ENDS = ("input", "output")


def draw(graph, layout, words=None, lit=None, key=""):
    """Draw a cell.

    Parameters
    ----------
    graph : Graph
    layout : Layout
    words : dict of str to str, optional
        A line of words for a layer, by the name of its box.
    lit : set of (str, str), optional
        The wires that are shown in colour, as `Graph.into` returns them; None for all.
    key : str, optional
        Put before all names in the marks, where a figure shows several cells.

    Raises
    ------
    FigureError
        If layout and graph do not agree.
    """
    return [*inside(graph, layout, words, lit, key), *ends(graph, layout, lit, key)]


def inside(graph, layout, words=None, lit=None, key=""):
    """Draw what a cell does, without the values that enter and leave it."""
    compare(graph, layout)
    pen = Pen(graph, layout, words or {}, lit, key)
    boxes = [box for box in graph.boxes.values() if box.kind not in ENDS]
    return [
        *pen.belt(),
        *pen.wires(ordered(layout.routes)),
        *(pen.join(name) for name in layout.places if "," in name),
        *(pen.box(box) for box in boxes),
        *(pen.pill(name, *at) for name, at in layout.pills.items() if pen.shines(name)),
    ]


def ends(graph, layout, lit=None, key=""):
    """Draw the values that enter and leave a cell."""
    pen = Pen(graph, layout, {}, lit, key)
    return [pen.box(box) for box in graph.boxes.values() if box.kind in ENDS]


class Pen:
    """Draws the parts of one cell."""

    onward = 1  # the direction of the treads on the belt

    def __init__(self, graph, layout, words, lit, key):
        self.graph, self.layout, self.words, self.key = graph, layout, words, key
        every = {(wire.src, wire.dst) for wire in graph.wires}
        self.lit = every if lit is None else lit
        self.touched = {name for pair in self.lit for name in pair}

    def is_lit(self, route):
        """Say whether any wire that a line stands for is in colour."""
        if "," in route.dst:
            return any(r.src == route.dst and self.is_lit(r) for r in self.layout.routes)
        return any(pair in self.lit for pair in covered(route.src, route.dst))

    def shines(self, name):
        """Say whether the value of a box travels on a wire in colour."""
        return any(src == name for src, _ in self.lit)

    def role(self, name):
        """Return the colour of the values that leave a box or join."""
        return "data" if "," in name else self.graph.boxes[name].role

    def belt(self):
        """Draw the wide band with treads that the state rides on, piece by piece between boxes."""
        if not self.layout.belt:
            return
        y, s = self.layout.places[self.layout.belt[0]].y, self.layout.scale
        for route in self.layout.routes:
            if {point[1] for point in route.points} != {y} or "," in route.src + route.dst:
                continue
            on, role = self.is_lit(route), self.role(self.layout.belt[0])
            (left, _), (right, _) = route.points[0], route.points[-1]
            band = {"fill": f"{role}-soft" if on else "rule"}
            yield svg.rect(left, y - 12 * s, right - left, 24 * s, **band)
            line = {"stroke": role if on else "dim", "stroke_width": 1.2, "opacity": 0.55}
            treads = _treads(left, right, y, s, self.onward)
            yield svg.mark("path", d=treads, fill="none", **line)

    def wires(self, routes):
        """Draw lines, each from where it leaves the lines of the same value drawn before it."""
        lit = [route for route in routes if self.is_lit(route)]
        before, pale, bright, dots = [], [], [], []
        for route in [*lit, *(route for route in routes if route not in lit)]:
            on = route in lit
            start = branch(route.points, [r.points for r in before if r.src == route.src])
            colour = self.role(route.src) if on else "dim"
            (bright if on else pale).extend(self._line(route, route.points[start:], colour, on))
            if start:
                at = route.points[start]
                shining = any(r in lit and on_line(at, r.points) for r in before)
                paint = self.role(route.src) if shining else "dim"
                dots.append(svg.circle(*at, DOT * self.layout.scale, fill=paint))
            before.append(route)
        return pale + bright + dots

    def _line(self, route, points, colour, on):
        s, bundle = self.layout.scale, "," in route.src
        width = (2.4 if on else 1.6) * (1.7 if bundle else 1) * s
        if route.over:
            yield svg.path(points, 10 * s, stroke="panel", stroke_width=width + HALO * s)
        name = f"{self.key}{route.src}>{self.key}{route.dst}"
        tip = 0 if "," in route.dst else (12 if bundle else 9) * s
        yield svg.wire(points, colour, width, tip, 10 * s, data_wire=name)

    def join(self, name):
        """Draw a join: the values that are put one below the other, as a stack of two cells."""
        place = self.layout.places[name]
        on = any(self.is_lit(route) for route in self.layout.routes if route.src == name)
        left, top = place.at("w")[0], place.at("n")[1]
        sources = name.split(",")
        height = place.height / len(sources)
        marks = []
        for k, source in enumerate(sources):
            y, colour = top + k * height, self.role(source) if on else "dim"
            marks.append(svg.rect(left, y, place.width, height, fill=colour))
        rim = {"fill": "none", "stroke": "paper", "stroke_width": 1.5}
        marks.append(svg.rect(left + 2, top + 2, place.width - 4, height - 3, 2, **rim))
        marks.append(svg.rect(left + 2, top + height + 1, place.width - 4, height - 3, 2, **rim))
        return svg.group(marks, data_join=self.key + name)

    def box(self, box):
        """Draw a box of the graph."""
        place, on = self.layout.places[box.name], box.name in self.touched
        if box.kind == "product":
            marks = _matrix(self.graph.sign(box.name), box.role if on else "dim", place)
        elif box.kind in LAYERS:
            marks = self._layer(box, place, on)
        elif box.kind in ENDS:
            marks = self._terminal(box, place, on)
        else:
            marks = self._operation(box, place, on)
        return svg.group(marks, data_box=self.key + box.name)

    def _layer(self, box, place, on):
        s, (fill, colour) = self.layout.scale, (box.role, "on") if on else ("paper", "muted")
        yield _frame(place, 8 * s, fill, fill if on else "dim", 1.5)
        low = place.y + 6 * s
        if words := self.words.get(box.name):
            yield svg.text(place.x, place.y - 6 * s, words, bold=True, fill=colour)
            low = place.y + 18 * s
        yield svg.symbol(place.x, low, self.graph.sign(box.name), 19 * s, fill=colour)

    def _terminal(self, box, place, on):
        s, (colour, ink) = self.layout.scale, (box.role, box.role) if on else ("dim", "muted")
        if on and place.height > LOW:
            name = self.key + box.name.removesuffix(" out")
            yield svg.pill(place.x, place.y, colour, box.value, name, box.latex, width=place.width)
        else:
            yield _frame(place, 9 * s, "paper", colour, 1.5)
            yield svg.symbol(place.x, place.y + 5 * s, box.latex, 18 * s, fill=ink)

    def _operation(self, box, place, on):
        s, sign = self.layout.scale, self.graph.sign(box.name)
        stroke, ink, width = (box.role, "text", 2) if on else ("dim", "muted", 1.5)
        yield _frame(place, place.height / 2, "paper", stroke, width * s)
        size = (17 if len(sign) < 8 else 15) * s
        low = place.y + (0.29 if sign in (r"\times", "+", "-") else 0.27) * size
        yield svg.symbol(place.x, low, sign, size, fill=ink)

    def pill(self, name, x, y):
        """Print the value of a box on a wire that leaves it."""
        box = self.graph.boxes[name]
        return svg.pill(
            x, y, box.role, box.value, self.key + name, box.latex or None, data_pill=self.key + name
        )


def _frame(place, r, fill, stroke, width):
    (left, _), (_, top) = place.at("w"), place.at("n")
    line = {"fill": fill, "stroke": stroke, "stroke_width": width}
    return svg.rect(left, top, place.width, place.height, r, **line)


def _matrix(sign, role, place):
    """Draw a product with a matrix: square, where a pointwise operation is round."""
    yield _frame(place, 4, "paper" if role == "dim" else f"{role}-soft", role, 1.5)
    yield svg.symbol(place.x, place.y + 5, sign, 17)


def ordered(routes):
    """Put straight and long lines first: the others fork off from them."""
    return sorted(routes, key=lambda r: (r.over, len(r.points), -_length(r.points)))


def _length(points):
    return sum(
        abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in zip(points, points[1:], strict=False)
    )


def _treads(left, right, y, scale, onward):
    """Return chevrons along a band, pointing to the right or, with -1, to the left."""
    step = 18 * scale
    count = max(1, round((right - left) / step))
    first = (left + right) / 2 - (count - 1) * step / 2 - 3 * scale * onward
    across, back = svg.short(6 * scale * onward), svg.short(-6 * scale * onward)
    down = svg.short(8 * scale)
    tread = f"l{across} {down}l{back} {down}"
    onward = f"m{svg.short(step)}-{svg.short(16 * scale)}"
    return f"M{svg.short(first)} {svg.short(y - 8 * scale)}" + onward.join([tread] * count)


def branch(points, others):
    """Return the number of the last point up to which a line runs along one of the others."""
    along = 0
    for k, (a, b) in enumerate(zip(points, points[1:], strict=False)):
        if not any(on_line(a, other) and on_line(b, other) for other in others):
            break
        along = k + 1
    return along if along < len(points) - 1 else 0
