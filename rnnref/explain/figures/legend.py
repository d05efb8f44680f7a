"""The signs of the cell diagrams, and the two kinds of product with their shapes."""

from functools import partial

import numpy as np

from ... import examples
from .. import svg
from ..graph import LAYERS
from . import FigureError, Picture, figure, gru_reset, rnn_cell
from . import gru as gru_figures
from . import lstm as lstm_figures

WIDTH, HEIGHT = 800, 374
WIDE, GAP, ICON = (140, 188, 142, 142, 140), 12, 54  # widths of the tiles, and between them
TOP, GRID = 164, 175  # of the products, and where their grids are measured from
PANEL, CELL = 394, (56, 28)
SIGN, BESIDE = 34, 10  # room for a sign between two factors, and for none
ELEMENTWISE = (
    ("", "f_t", "forget", "(H)"),
    (r"\odot", "c_{t-1}", "cell", "(H)"),
    ("=", r"f_t \odot c_{t-1}", "cell", "(H)"),
)
MATRIX = (
    ("", "W_f", "forget", r"(H \times D)"),
    ("", "x_t", "data", "(D)"),
    ("=", "W_f\\,x_t", "forget", "(H)"),
)
# What each tile explains: kinds of boxes in the graphs of the cells; the rest are kinds of wires.
TILES = {
    "layer": set(LAYERS),
    "pointwise": {"multiply", "add", "squash", "rest"},
    "vector": {"input", "output"},
    "join": set(),
    "copy": set(),
}
OPENED = {"product"}  # explained beside the matrix product


def check_complete():
    """Refuse to draw a legend that leaves out a kind of box that some cell shows."""
    graphs = [lstm_figures.step_graph(), gru_figures.step_graph(), rnn_cell.step_graph()]
    graphs += gru_reset.graphs().values()
    shown = {box.kind for graph in graphs for box in graph.boxes.values()}
    if missing := shown - set.union(OPENED, *TILES.values()):
        raise FigureError(f"the legend does not explain {', '.join(sorted(missing))}")


def _layer(x):
    yield svg.wire([(x - 66, ICON), (x - 40, ICON)], "data")
    yield svg.rect(x - 38, ICON - 24, 76, 48, 8, fill="data")
    yield svg.symbol(x, ICON + 6, r"\sigma,\ \tanh", 17, fill="on")
    yield svg.wire([(x + 38, ICON), (x + 66, ICON)], "data")


def _pointwise(x):
    for shift, sign in ((-46, r"\times"), (-8, "+")):
        yield svg.circle(x + shift, ICON, 15, fill="paper", stroke="data", stroke_width=2)
        yield svg.symbol(x + shift, ICON + 5, sign, 17)
    yield svg.rect(x + 16, ICON - 15, 52, 30, 15, fill="paper", stroke="data", stroke_width=2)
    yield svg.symbol(x + 42, ICON + 5, r"\tanh", 16)


def _vector(x, values):
    yield svg.wire([(x - 62, ICON), (x + 62, ICON)], "hidden", 2.4, 9)
    yield svg.pill(x - 4, ICON, "hidden", values, "h", "h_t")


def _join(x):
    yield svg.wire([(x - 58, ICON - 9), (x - 14, ICON - 9)], "hidden", 2.4, 0)
    yield svg.wire([(x - 4, ICON + 42), (x - 4, ICON + 18)], "data", 2.4, 0)
    yield svg.wire([(x + 6, ICON), (x + 58, ICON)], "data", 4, 12)
    for y, role in ((ICON - 18, "hidden"), (ICON, "data")):
        yield svg.rect(x - 14, y, 20, 18, fill=role)
        yield svg.rect(x - 12, y + 2, 16, 14, 2, fill="none", stroke="paper", stroke_width=1.5)


def _copy(x):
    yield svg.wire([(x - 58, ICON + 10), (x + 58, ICON + 10)], "cell", 2.4, 9)
    yield svg.wire([(x - 6, ICON + 10), (x - 6, ICON - 28)], "cell", 2.4, 9)
    yield svg.circle(x - 6, ICON + 10, 4, fill="cell")


def products():
    """Return the numbers of one elementwise and one matrix product of the running example."""
    boxes = lstm_figures.step_graph().boxes
    weights, x = examples.lstm_params().W_f, boxes["x"].value
    elementwise = {name: boxes[name].value[:, None] for name in ("f", "c_prev", "f*c_prev")}
    return elementwise, {"W_f": weights, "x": x[:, None], "W_f@x": (weights @ x)[:, None]}


def arrays():
    """Return the same numbers from a run that records nothing, the product in plain sums."""
    values, weights = lstm_figures.arrays(), examples.lstm_params().W_f
    rows = [sum(w * x for w, x in zip(row, values["x"], strict=True)) for row in weights]
    return values | {"W_f": weights, "W_f@x": np.array(rows)}


def _product(left, entries, signs, needed):
    """Draw factors and result as grids, the cells that entry 1 of the result needs outlined."""
    gaps = [SIGN if sign else BESIDE for sign, *_ in signs[1:]]
    width = sum(gaps) + sum(grid.shape[1] * CELL[0] for grid in entries.values())
    marks, x = [], left + (PANEL - width) / 2
    for (name, grid), (sign, latex, role, shape) in zip(entries.items(), signs, strict=True):
        if marks:
            gap = gaps.pop(0)
            marks.append(svg.symbol(x + gap / 2, GRID + 101, sign, 20) if sign else "")
            x += gap
        middle = x + grid.shape[1] * CELL[0] / 2
        marks.append(svg.symbol(middle, GRID + 58, latex, 17, fill=role))
        marks.append(svg.symbol(middle, GRID + 146, shape, 15, fill="muted"))
        for (row, column), value in np.ndenumerate(grid):
            at = (x + column * CELL[0], GRID + 68 + row * CELL[1])
            marks += _cell(at, value, f"{name}[{row * grid.shape[1] + column + 1}]", role)
        rows, columns = needed[name]
        box = (x, GRID + 68, columns * CELL[0], rows * CELL[1])
        marks.append(svg.rect(*box, 5, fill="none", stroke="text", stroke_width=2.2))
        x += grid.shape[1] * CELL[0]
    return marks


def _drawn_as(t, right, sign, r, meaning, words):
    """Say how a product looks in the cells: round for ⊙, square for a matrix."""
    x = right - 18 - svg.symbol_width(meaning, 20)
    yield svg.symbol(right - 18, TOP + 31, meaning, 20, "end")
    yield svg.symbol(x - 16, TOP + 31, "=", 18)
    yield svg.rect(x - 62, TOP + 11, 30, 30, r, fill="paper", stroke="data", stroke_width=2)
    yield svg.symbol(x - 47, TOP + 31, sign, 17)
    yield svg.text(x - 74, TOP + 30, t(words), 13, "end", fill="muted")


def _cell(at, value, name, role):
    yield svg.rect(*at, *CELL, 4, fill=f"{role}-soft", stroke="panel", stroke_width=2)
    yield svg.number(at[0] + CELL[0] / 2, at[1] + 19, value, name)


def _tile(t, k, name, icon):
    left = sum(WIDE[:k]) + k * GAP
    middle = left + WIDE[k] / 2
    yield svg.rect(left, 0, WIDE[k], 152, 12, fill="panel")
    yield from icon(middle)
    yield svg.text(middle, 118, t(f"fig_sign_{name}"), bold=True)
    yield svg.text(middle, 138, t(f"fig_sign_{name}_note"), 13, fill="muted")


def _panel(t, left, name, content):
    yield svg.rect(left, TOP, PANEL, HEIGHT - TOP, 12, fill="panel")
    yield svg.text(left + 18, TOP + 30, t(name), bold=True, anchor="start")
    yield from content
    yield svg.text(left + 18, TOP + 192, t(f"fig_{name}_note"), 13, "start", fill="muted")


@figure("fig-legend")
def legend(t):
    """Draw the five signs and both products; notice what entry 1 of each result needs."""
    check_complete()
    elementwise, matrix = products()
    state = lstm_figures.step_graph().boxes["h"].value
    icons = [_layer, _pointwise, partial(_vector, values=state), _join, _copy]
    once = {name: (1, 1) for name in elementwise}
    rows = {"W_f": (1, 2), "x": (2, 1), "W_f@x": (1, 1)}
    right = WIDTH - PANEL
    marks = [
        *(
            mark
            for k, pair in enumerate(zip(TILES, icons, strict=True))
            for mark in _tile(t, k, *pair)
        ),
        *_panel(t, 0, "elementwise_product", _product(0, elementwise, ELEMENTWISE, once)),
        *_panel(t, right, "matrix_product", _product(right, matrix, MATRIX, rows)),
        *_drawn_as(t, PANEL, r"\times", 15, r"\odot", "fig_in_circle"),
        *_drawn_as(t, WIDTH, "W", 4, r"W\,x", "fig_in_opened"),
    ]
    return Picture(marks, WIDTH, HEIGHT, t("fig_legend"), t("alt_legend"), arrays())
