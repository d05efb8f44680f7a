"""Draw a cell against its direction: the same boxes and wires, with gradients on them."""

from . import svg
from .pen import DOT, ENDS, Pen, branch, ordered
from .scene import compare

SUM = 7.5  # radius of the sign where gradients add up


def draw_back(graph, layout, gradients, pills, terminals, words):
    """Draw the way back through a cell.

    Parameters
    ----------
    graph : Graph
        Of the forward step.
    layout : Layout
        Of the forward figure; its pills are not drawn.
    gradients : dict of str to (1, H) array
        By name, such as "df".
    pills : dict of str to (wire, x, y, latex)
        What is printed on which wire "src>dst" of the forward graph, in the colour of the layer
        or value on its upper end.
    terminals : dict of str to str
        The gradient in each of the boxes where gradients arrive and leave.
    words : dict of str to str
        A line of words for each layer.
    """
    compare(graph, layout)
    pen = _BackPen(graph, layout, words, None, "")
    inner = [box for box in graph.boxes.values() if box.kind not in ENDS]
    return [
        *pen.belt(),
        *pen.wires(ordered(layout.routes)),
        *(pen.join(name) for name in layout.places if "," in name),
        *(pen.box(box) for box in inner),
        *(pen.terminal(name, of, gradients[of][0]) for name, of in terminals.items()),
        *(pen.gradient(name, gradients[name][0], *shown) for name, shown in pills.items()),
    ]


class _BackPen(Pen):
    """Draws the parts of one cell, every arrow the other way round."""

    onward = -1

    def wires(self, routes):
        """Draw lines; where a value was copied on the way forth, a plus says that they meet."""
        before, lines, meetings = [], [], {}
        for route in routes:
            start = branch(route.points, [r.points for r in before if r.src == route.src])
            lines += self._line(route, route.points[start:][::-1], self.role(route.src), True)
            if start:
                meetings[route.points[start]] = self.role(route.src)
            before.append(route)
        return lines + [plus(*at, role, self.layout.scale) for at, role in meetings.items()]

    def _line(self, route, points, colour, on):
        s, bundle = self.layout.scale, "," in route.src
        width = 2.4 * (1.7 if bundle else 1) * s
        if route.over:
            yield svg.path(points, 10 * s, stroke="panel", stroke_width=width + 7 * s)
        meets = points[-1] != route.points[0]
        tip = 0 if meets else 9 * s
        yield svg.wire(points, colour, width, tip, 10 * s, data_wire=f"{route.dst}>{route.src}")

    def _layer(self, box, place, on):
        """Draw a layer pale: nothing is computed forth here."""
        low = place.y + 20
        frame = {"fill": f"{box.role}-soft", "stroke": box.role, "stroke_width": 1.5}
        (left, _), (_, top) = place.at("w"), place.at("n")
        yield svg.rect(left, top, place.width, place.height, 8, **frame)
        yield svg.text(place.x, place.y - 7, self.words[box.name], bold=True, fill=box.role)
        yield svg.symbol(place.x, low - 2, self.graph.sign(box.name), 19)

    def terminal(self, name, of, value):
        """Draw a box where a gradient arrives or leaves, with its numbers."""
        place, box = self.layout.places[name], self.graph.boxes[name]
        shown = {"latex": f"d{box.latex}", "width": place.width}
        return svg.group([svg.pill(place.x, place.y, box.role, value, of, **shown)], data_box=name)

    def gradient(self, name, value, wire, x, y, latex):
        """Print a gradient on a wire: in the colour of its value, or of its layer's net input."""
        src, dst = wire.split(">")
        role = self.graph.boxes[dst if name.startswith("da_") else src].role
        width = svg.pill_size(value, latex)[0] + 7
        return svg.pill(x, y, role, value, name, latex, width=width, data_pill=wire)


def plus(x, y, role, scale):
    """Draw the sign of a sum on a line."""
    r = SUM * scale
    return svg.group(
        [
            svg.circle(x, y, r, fill="paper", stroke=role, stroke_width=1.8),
            svg.path([(x - DOT, y), (x + DOT, y)], stroke="text", stroke_width=1.5),
            svg.path([(x, y - DOT), (x, y + DOT)], stroke="text", stroke_width=1.5),
        ]
    )
