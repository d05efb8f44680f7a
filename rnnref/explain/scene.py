"""Where the parts of a cell diagram stand, decided by hand, and what the code says about it.

A figure gives a `Layout`: the places of boxes and the ways of wires. Everything else comes from the
graph of the code. `compare` stops the build where the two differ: a wire that the code does not
have, a forgotten one, one that ends beside its box, a layer with the weights of another gate.
`pen.draw` draws, and `scene_check.check` reads the finished drawing once more.
"""

from typing import NamedTuple

from .numerals import printed
from .svg import FigureError


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
    signs : dict of str to str
        What the figure was drawn for: the sign of each layer and operation. It is the code's sign
        that is drawn, but where it is another one the words around the figure are wrong.
    """

    places: dict
    routes: list
    pills: dict = {}
    gates: dict = {}
    belt: tuple = ()
    scale: float = 1
    signs: dict = {}


def straight(places, src, dst, leave, arrive, shift=0):
    """Return the route of a level or upright wire; `shift` moves its end along the side."""
    return Route(src, dst, [places[src].at(leave), places[dst].at(arrive, shift)])


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
    for name, wanted in layout.signs.items():
        if (sign := graph.sign(name)) != wanted:
            raise FigureError(f"{name} shows {sign} in the code, but the figure is for {wanted}")
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


def on_line(point, line, slack=0.01):
    """Say whether a point lies on a line of upright and level pieces."""
    x, y = point
    return any(
        min(a[0], b[0]) - slack <= x <= max(a[0], b[0]) + slack
        and min(a[1], b[1]) - slack <= y <= max(a[1], b[1]) + slack
        for a, b in zip(line, line[1:], strict=False)
    )


def alternative(t, key, values, plain):
    """Fill a text alternative with numbers.

    Parameters
    ----------
    t : Lookup
    key : str
        Of a label with places such as {f}.
    values : dict of str to array
    plain : dict of str to str
        Names, as places are called, for values whose name is an expression.
    """
    names = {name: name for name in values if name.isidentifier()} | plain
    return t(key, **{name: listed(values[of]) for name, of in names.items()})


def listed(values):
    """Write a vector in a sentence."""
    return f"({', '.join(map(printed, values))})"
