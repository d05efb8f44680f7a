"""Cell diagrams: laid out by hand, everything else read from the code's graph.

A figure gives a `Layout`: where each box stands and which way each wire goes. Wires, signs,
numbers, colours and the highlighted part come from the graph. `draw` compares the two first, so
that a wire that the code does not have, a forgotten one, or one that ends beside its box stops the
build; `scene_check.check` reads the finished drawing once more.

Marks carry `data-box`, `data-wire="src>dst"` and `data-join`, the names of the graph.
"""

from typing import NamedTuple

from . import svg
from .graph import LAYERS
from .svg import FigureError

DOT, HALO = 3.6, 7


class Place(NamedTuple):
    """Where a box stands: its centre and its size."""

    x: float
    y: float
    width: float = 30
    height: float = 30

    def at(self, side, shift=0):
        """Return a point on the north, south, east or west side, moved along it by `shift`."""
        across, down = self.width / 2, self.height / 2
        return {
            "n": (self.x + shift, self.y - down),
            "s": (self.x + shift, self.y + down),
            "e": (self.x + across, self.y + shift),
            "w": (self.x - across, self.y + shift),
        }[side]

    def touches(self, point):
        """Say whether a point lies on the rim."""
        dx, dy = abs(point[0] - self.x) - self.width / 2, abs(point[1] - self.y) - self.height / 2
        return max(dx, dy) <= 1 and max(dx, dy) >= -1


class Route(NamedTuple):
    """The way of one wire: from a box or join, through points, to a box or join.

    A wire drawn `over` another one crosses it with a gap in the crossed line.
    """

    src: str
    dst: str
    points: list
    over: bool = False


class Layout(NamedTuple):
    """What is decided by hand.

    Attributes
    ----------
    places : dict of str to Place
        One for every box of the graph; also for joins, called "a,b" after what they join.
    routes : list of Route
    pills : dict of str to (x, y)
        Where the value of a box is printed, on a wire that leaves it.
    gates : dict of str to str
        The ending of the weights that each layer must use: {"c_tilde": "c"}.
    belt : (str, str)
        The boxes between which the wide band of the state runs; () for none.
    scale : float
        Size of words, symbols and lines.
    tags : dict of (str, str) to (x, y)
        Where the matrix of a wire is shown, on that wire.
    """

    places: dict
    routes: list
    pills: dict = {}
    gates: dict = {}
    belt: tuple = ()
    scale: float = 1
    tags: dict = {}


def straight(places, src, dst, leave, arrive, shift=0):
    """Return the route of a level or upright wire; `shift` moves its end along the side."""
    return Route(src, dst, [places[src].at(leave), places[dst].at(arrive, shift)])


def alternative(t, key, graph, plain):
    """Fill a text alternative with the numbers of a graph.

    Parameters
    ----------
    t : Lookup
    key : str
        Of a label with places such as {f}.
    plain : dict of str to str
        Names, as places are called, for boxes whose name is an expression.
    """
    names = {name: name for name in graph.boxes if name.isidentifier()} | plain
    texts = {name: listed(graph.boxes[of].value) for name, of in names.items() if of in graph.boxes}
    return t(key, **texts)


def listed(values):
    """Write a vector in a sentence."""
    return f"({', '.join(map(svg.printed, values))})"


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
    compare(graph, layout)
    pen = _Pen(graph, layout, words or {}, lit, key)
    # Straight and long lines first: the others fork off from them.
    order = sorted(layout.routes, key=lambda r: (r.over, len(r.points), -_length(r.points)))
    joins = [name for name in layout.places if "," in name]
    return [
        *pen.belt(),
        *pen.wires(order),
        *(pen.join(name) for name in joins),
        *(pen.box(graph.boxes[name]) for name in layout.places if name not in joins),
        *(pen.tag(pair, *at) for pair, at in layout.tags.items()),
        *(pen.pill(name, *at) for name, at in layout.pills.items() if pen.shines(name)),
    ]


def compare(graph, layout):
    """Stop where the layout shows anything else than the graph."""
    boxes = {name for name in layout.places if "," not in name}
    _same("boxes", set(graph.boxes), boxes)
    drawn = {pair for route in layout.routes for pair in covered(route.src, route.dst)}
    _same("wires", {(wire.src, wire.dst) for wire in graph.wires}, drawn)
    for route in layout.routes:
        for name, point, verb in (
            (route.src, route.points[0], "start"),
            (route.dst, route.points[-1], "end"),
        ):
            if not layout.places[name].touches(point):
                raise FigureError(f"the wire {route.src} -> {route.dst} does not {verb} at {name}")
    for name in (name for name in layout.places if "," in name):
        arriving = {route.src for route in layout.routes if route.dst == name}
        _same(f"wires into the join {name}", set(name.split(",")), arriving)
    _check_weights(graph, layout)


def covered(src, dst):
    """Return the wires of the graph that one drawn line stands for; none if it ends at a join."""
    return [] if "," in dst else [(source, dst) for source in src.split(",")]


def _same(what, code, figure):
    for there, here, verdict in (
        (code, figure, "missing from"),
        (figure, code, "not in the code but in"),
    ):
        if extra := there - here:
            names = ", ".join(sorted(e if isinstance(e, str) else " -> ".join(e) for e in extra))
            raise FigureError(f"{what} {verdict} the figure: {names}")


def _check_weights(graph, layout):
    """Stop where a layer uses the weights of another gate."""
    for name, gate in layout.gates.items():
        end = f"_{gate}" if gate else ""
        used = {wire.weight for wire in graph.wires if wire.dst == name} | {graph.boxes[name].bias}
        if used != {f"W{end}", f"U{end}", f"b{end}"}:
            raise FigureError(
                f"the layer {name} uses {', '.join(sorted(used))}, not those of {gate}"
            )


class _Pen:
    """Draws the parts of one cell."""

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
            yield svg.mark("path", d=_treads(left, right, y, s), fill="none", **line)

    def wires(self, routes):
        """Draw lines, each from where it leaves the lines of the same value drawn before it."""
        lit = [route for route in routes if self.is_lit(route)]
        before, pale, bright, dots = [], [], [], []
        for route in [*lit, *(route for route in routes if route not in lit)]:
            on = route in lit
            start = _branch(route.points, [r.points for r in before if r.src == route.src])
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
        if box.kind in LAYERS:
            marks = self._layer(box, place, on)
        elif box.kind in ("input", "output"):
            marks = self._terminal(box, place, on)
        else:
            marks = self._operation(box, place, on)
        return svg.group(marks, data_box=self.key + box.name)

    def _layer(self, box, place, on):
        s, (left, top) = self.layout.scale, (place.at("w")[0], place.at("n")[1])
        paint = (
            {"fill": box.role} if on else {"fill": "paper", "stroke": "dim", "stroke_width": 1.5}
        )
        yield svg.rect(left, top, place.width, place.height, 8 * s, **paint)
        colour = "on" if on else "muted"
        low = place.y + 6 * s
        if words := self.words.get(box.name):
            yield svg.text(place.x, place.y - 6 * s, words, bold=True, fill=colour)
            low = place.y + 18 * s
        yield svg.symbol(place.x, low, self.graph.sign(box.name), 19 * s, fill=colour)

    def _terminal(self, box, place, on):
        s, colour = self.layout.scale, box.role if on else "dim"
        name = self.key + box.name.removesuffix(" out")
        if on and place.height > 30:
            yield svg.pill(place.x, place.y, colour, box.value, name, box.latex, width=place.width)
            return
        left, top = place.at("w")[0], place.at("n")[1]
        yield svg.rect(
            left,
            top,
            place.width,
            place.height,
            9 * s,
            fill="paper",
            stroke=colour,
            stroke_width=1.5,
        )
        yield svg.symbol(
            place.x, place.y + 5 * s, box.latex, 18 * s, fill=box.role if on else "muted"
        )

    def _operation(self, box, place, on):
        s, colour = self.layout.scale, box.role if on else "dim"
        left, top = place.at("w")[0], place.at("n")[1]
        yield svg.rect(
            left,
            top,
            place.width,
            place.height,
            place.height / 2,
            fill="paper",
            stroke=colour,
            stroke_width=(2 if on else 1.5) * s,
        )
        sign = self.graph.sign(box.name)
        size = (17 if len(sign) < 8 else 15) * s
        low = place.y + (0.29 if sign in (r"\times", "+", "-") else 0.27) * size
        yield svg.symbol(place.x, low, sign, size, fill="text" if on else "muted")

    def tag(self, pair, x, y):
        """Show the matrix that multiplies a value on its way."""
        weight = next((w.weight for w in self.graph.wires if (w.src, w.dst) == pair), "")
        if not weight:
            raise FigureError(f"no matrix is on the wire {' -> '.join(pair)}, but a tag shows one")
        role = self.graph.boxes[pair[1]].role
        half = svg.symbol_width(weight, 17) / 2 + 8
        box = svg.rect(x - half, y - 14, 2 * half, 28, 5, fill=f"{role}-soft", stroke=role)
        name = f"{self.key}{pair[0]}>{self.key}{pair[1]}"
        return svg.group([box, svg.symbol(x, y + 5, weight, 17)], data_tag=name)

    def pill(self, name, x, y):
        """Print the value of a box on a wire that leaves it."""
        box = self.graph.boxes[name]
        return svg.pill(
            x, y, box.role, box.value, self.key + name, box.latex or None, data_pill=self.key + name
        )


def _length(points):
    return sum(
        abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in zip(points, points[1:], strict=False)
    )


def _treads(left, right, y, scale):
    """Return chevrons along a band."""
    step = 18 * scale
    count = max(1, round((right - left) / step))
    first = (left + right) / 2 - (count - 1) * step / 2 - 3 * scale
    tread = "l{0} {1}l-{0} {1}".format(svg.short(6 * scale), svg.short(8 * scale))
    starts = (f"M{svg.short(first + k * step)} {svg.short(y - 8 * scale)}" for k in range(count))
    return "".join(start + tread for start in starts)


def _branch(points, others):
    """Return the number of the last point up to which a line runs along one of the others."""
    along = 0
    for k, (a, b) in enumerate(zip(points, points[1:], strict=False)):
        if not any(on_line(a, other) and on_line(b, other) for other in others):
            break
        along = k + 1
    return along if along < len(points) - 1 else 0


def on_line(point, line, slack=0.01):
    """Say whether a point lies on a line of upright and level pieces."""
    x, y = point
    return any(
        min(a[0], b[0]) - slack <= x <= max(a[0], b[0]) + slack
        and min(a[1], b[1]) - slack <= y <= max(a[1], b[1]) + slack
        for a, b in zip(line, line[1:], strict=False)
    )
