"""The picture of a stepper: the cell's figure with wires that run both ways.

Every box has its number (`data-pill`), and where a derivative is known one more (`data-grad`) in
the same place. A wire carries a second arrow head for the way back. The script shows one or the
other; without it the picture is that of the plain figure.
"""

import math
import re

import numpy as np

from .. import svg
from ..figures import Picture
from ..pen import draw
from ..scene import alternative
from ..scene_check import check
from ..terms import symbols
from .cells import UNDER
from .history import played

ROOM = 42  # for a number such as −12.3
SHOWN = 1  # the step in the picture without a script, counted from 0: that of all figures
WIRE = re.compile(
    r'(<g data-wire="[^"]*">'
    r'<path d="([^"]*)" fill="none" stroke="([^"]*)" (stroke-width="[^"]*")/>)'
    r'(<path d="M([^L]*)L[^"]*" fill="[^"]*"/>)?'
)
BACK = re.compile(r'd="([^"]*)"')
REVERSED = re.compile(r'<path class="rr-rev"[^>]*>')
BLUNT = 3  # how far the stroked head reaches beyond its apex
START = re.compile(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)")
D_WIDTH = 10  # of the d before a symbol
SPARE = re.compile(
    r' (?:data-value|data-tex|xmlns)="[^"]*"|,#[0-9a-f]{6}(?=\))'
    r'| font-weight="600" text-anchor="end"'
)
THIN = re.compile(r'(<path class="rr-rev"[^>]*) stroke-width="2.4"')
PILL = re.compile(r'(rx="9") fill="[^"]*"( stroke="[^"]*") stroke-width="1.5"')


def picture(cell, t):
    """Return the Picture of a stepper at step 2, with all that it can show."""
    figure, graph = cell.figure, cell.figure.step_graph()
    values, height = figure.arrays(), figure.HEIGHT + cell.foot
    note = svg.text(figure.WIDTH - 4, height - 10, t("step_two_units"), 13, "end", fill="muted")
    return Picture(
        [*marks(cell, graph, t), note],
        figure.WIDTH,
        height,
        t(f"fig_{cell.name}_cell"),
        alternative(t, f"alt_{cell.name}_cell", values, figure.PLAIN),
        values | played(cell).back[SHOWN],
        lambda text: check(REVERSED.sub("", text), graph),
    )


def marks(cell, graph, t):
    """Return the cell with wires that run both ways, and every number on them."""
    figure, layout, derivatives = cell.figure, cell.figure.layout(), played(cell).back[SHOWN]
    found = {name: np.atleast_2d(values)[0] for name, values in derivatives.items()}
    return [
        *figure.behind(t),
        *map(both_ways, draw(graph, layout._replace(pills={}), figure.words(t))),
        *(number(graph.boxes[name], *at) for name, at in layout.pills.items()),
        *(derivative(cell, pill, graph, layout, found[pill.name], t) for pill in cell.pills),
        *figure.beside(t),
    ]


def number(box, x, y):
    """Return the pill of a box's value."""
    width = room(box.latex)
    return svg.pill(
        x, y, box.role, box.value, box.name, box.latex or None, width=width, data_pill=box.name
    )


def derivative(cell, pill, graph, layout, values, t):
    """Return the pill of a derivative: d, the symbol by which the derivative is, the numbers.

    The symbol is drawn apart from its d, so that its outline is shared with the pill of the value.
    """
    box, latex = graph.boxes[pill.box], by(cell, pill.name)
    place = layout.places[pill.box]
    ends = box.kind in ("input", "output")
    width = place.width if ends else room(latex) + (D_WIDTH if latex else 0)
    x, y = position(pill, place, layout)
    parts = [svg.pill(x, y, box.role, values, pill.name, width=width)]
    if latex:
        left, base = x - width / 2 + 9, y + 4
        parts.append(svg.symbol(left, base, r"\mathrm{d}", 17, "start", box.role))
        parts.append(svg.symbol(left + D_WIDTH, base, latex, 17, "start", box.role))
    elif ends:
        right = x + width / 2
        parts.append(svg.text(right, y - 29, t("step_from_next"), 13, "end", fill=box.role))
    return svg.group(parts, data_grad="" if pill.at == UNDER else pill.box)


def position(pill, place, layout):
    """Return where a derivative stands."""
    if pill.at == UNDER:
        return place.x, place.y + place.height / 2 + 30
    return pill.at or layout.pills.get(pill.box, (place.x, place.y))


def by(cell, name):
    """Return the symbol by which a derivative is; None where an expression has no symbol."""
    known = symbols(f"{cell.name}-backward")
    source = known.get(name[1:])
    return source.latex if source and name in known and name != "dc_next" else None


def room(latex):
    """Return the width of a pill: the same for every number that may come into it."""
    return ROOM + 15 + (math.ceil(svg.symbol_width(latex, 17)) + 6 if latex else 0)


def both_ways(mark):
    """Give every wire in a mark an arrow head at its start, and a line to where its own head is."""
    return WIRE.sub(_reversed, mark)


def _reversed(match):
    whole, line, paint, width, head, apex = match.groups()
    x, y, next_x, next_y = map(float, START.match(line).groups())
    length = math.dist((x, y), (next_x, next_y))
    tip = (x + BLUNT * (next_x - x) / length, y + BLUNT * (next_y - y) / length)
    back = BACK.search(svg.arrow_head((next_x, next_y), tip, paint, 6 if head else 9))[1]
    rest = f"M{line.rpartition('L')[2]}L{apex}" if head else ""
    attributes = f'd="{back}{rest}" fill="{paint}" stroke="{paint}" {width}'
    return f'{whole}{head or ""}<path class="rr-rev" {attributes}/>'


def slim(text):
    """Leave out what only checks read, and what docs/assets/stepper.css says of all pills."""
    return THIN.sub(r"\1", PILL.sub(r"\1\2", SPARE.sub("", text)))
