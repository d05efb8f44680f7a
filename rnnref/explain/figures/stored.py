"""The same weights as every framework keeps them."""

import numpy as np

from ... import examples
from .. import svg
from ..stored import OURS, U_BIAS, entries, everywhere, gates, of_field, order, places
from . import Picture, figure
from .sizes import CELLS

SIGNS = {name: blocks for name, _, blocks in CELLS}  # cell -> gate -> (LaTeX, role)
WIDTH, DOWN, FMT = 760, 26, ".1f"
ROWS = (("PyTorch", 34), (OURS, 326), ("ONNX", 640))  # those that stack gates on rows, and where
WIDE, NARROW = 50, 44  # columns of these, and of those that have gates on columns
TOP, LOWER = 50, 356  # where the matrices begin
KEY, CELL_LEFT, LINE, GAP = 96, 220, 31, 13  # of the list of biases


class Kept:
    """One record as everybody keeps it, ready to be drawn."""

    def __init__(self, p, options=None):
        self.p, self.everywhere = p, everywhere(p, options)
        self.places, self.gates = places(p, options), gates(p)
        self.signs = SIGNS[type(p).__module__.split(".")[1].upper()]

    def cells(self, name, key, left, top, across):
        """Draw one array as cells in the colours of its gates, with its numbers."""
        numbers, values = rows(self.places[name][key]), rows(self.everywhere[name][key])
        by_gate, marks = {}, []
        for (k, j), n in np.ndenumerate(numbers):
            x, y = left + across * j, top + DOWN * k
            box = svg.rect(x + 1, y + 1, across - 2, DOWN - 2, 3)
            by_gate.setdefault(self.gates[n], []).append(box)
            place = f"{name} {key}[{k * numbers.shape[1] + j + 1}]"
            marks.append(svg.number(x + across / 2, y + 18, values[k, j], place, FMT, anchor=None))
        boxes = [svg.group(drawn, **self.paint(gate)) for gate, drawn in by_gate.items()]
        return [*boxes, svg.group(marks, text_anchor="middle")]

    def paint(self, gate):
        """Return how the cells of a gate are filled: b_u has an outline, a filled-in 0 is pale."""
        if gate == U_BIAS:
            return {"fill": "paper", "stroke": self.signs["h"][1], "stroke_width": 1.6}
        if not gate:
            return {"fill": "panel", "stroke": "rule"}
        return {"fill": f"{self.signs[gate][1]}-soft"}

    def spans(self, name, key, axis):
        """Return the first and the last row or column of every gate in one array."""
        numbers = rows(self.places[name][key])
        line = [self.gates[n] for n in (numbers[:, 0] if axis == 0 else numbers[0])]
        return {gate: (line.index(gate), len(line) - line[::-1].index(gate)) for gate in line}

    def values(self):
        """Return every number that may be printed, looked up in our record by its place."""
        flat = entries(self.p)
        return {
            f"{name} {key}": flat[array]
            for name, arrays in self.places.items()
            for key, array in arrays.items()
        }


def rows(array):
    """Return an array as rows and columns; the axis of directions is left out."""
    return array.reshape(-1, array.shape[-1])


def titled(left, top, name, key, shape):
    """Write whose array it is, its key and its shape."""
    yield svg.text(left, top, name, 14, "start", bold=True)
    yield svg.text(left, top + 19, f"{key} {shape}", 13, "start", fill="muted")


@figure("stored-lstm")
def stored_lstm(t):
    """Draw W of the running example's LSTM as five libraries keep it.

    Notice the bands: PyTorch has our rows, ONNX has them in another order.
    """
    kept = Kept(examples.lstm_params())
    marks, spans = [], {}
    for name, left in ROWS:
        key, array = first(kept, name)
        title = t("fig_stored_ours") if name == OURS else name
        marks += titled(left, 16, title, key, array.shape)
        marks += kept.cells(name, key, left, TOP, WIDE)
        spans[name] = kept.spans(name, key, 0)
        for gate, (start, end) in spans[name].items():
            latex, role = kept.signs[gate]
            middle = TOP + DOWN * (start + end) / 2 + 6
            marks.append(svg.symbol(left - 14, middle, latex, 18, fill=role))
    for (one, left), (other, right) in zip(ROWS, ROWS[1:], strict=False):
        marks += bands(kept, spans[one], spans[other], left + 2 * WIDE + 4, right - 28)
    marks += on_columns(kept)
    said = {name.lower(): " ".join(order(kept.p, kept.places[name])) for name in kept.places}
    title, alt = t("fig_stored_lstm"), t("alt_stored_lstm", **said)
    height = LOWER + 2 * DOWN + 4
    return Picture(marks, WIDTH, height, title, alt, kept.values(), focus=0)


def first(kept, name):
    """Return key and array of the matrix on the input, where it is one array."""
    return next(iter(kept.everywhere[name].items()))


def bands(kept, start, end, left, right):
    """Join the rows of every gate in one matrix to the same rows in another one."""
    middle = (left + right) / 2
    for gate, rows_here in start.items():
        a, b = (TOP + DOWN * k for k in rows_here)
        c, d = (TOP + DOWN * k for k in end[gate])
        ways = (
            f"M{left} {a + 2}C{middle:g} {a + 2} {middle:g} {c + 2} {right} {c + 2}V{d - 2}"
            f"C{middle:g} {d - 2} {middle:g} {b - 2} {left} {b - 2}z"
        )
        yield svg.mark("path", d=ways, fill=kept.signs[gate][1], fill_opacity=0.22)


def on_columns(kept):
    """Draw the two that have a gate's numbers transposed: Keras side by side, Flax one by one."""
    key, array = first(kept, "Keras")
    yield from titled(0, LOWER - 64, "Keras", key.rpartition("/")[2], array.shape)
    yield from kept.cells("Keras", key, 0, LOWER, NARROW)
    for gate, (start, end) in kept.spans("Keras", key, 1).items():
        latex, role = kept.signs[gate]
        yield svg.symbol(NARROW * (start + end) / 2, LOWER - 14, latex, 18, fill=role)
    keys = list(of_field(kept.p, kept.places["Flax"], "W"))
    wide = 2 * NARROW + 8
    left = WIDTH - wide * len(keys) + 8
    shape = kept.everywhere["Flax"][keys[0]].shape
    yield from titled(left, LOWER - 64, "Flax", ", ".join(keys), shape)
    for n, key in enumerate(keys):
        yield from kept.cells("Flax", key, left + wide * n, LOWER, NARROW)
        [gate] = kept.spans("Flax", key, 1)
        latex, role = kept.signs[gate]
        yield svg.symbol(left + wide * n + NARROW, LOWER - 14, latex, 18, fill=role)


@figure("stored-gru")
def stored_gru(t):
    """Draw the biases of a GRU that resets after the product, as five libraries keep them.

    Notice b_u: everybody keeps it apart from the bias of the candidate.
    """
    kept = Kept(examples.gru_params_reset_after(), {"reset": "after"})
    marks, y = list(legend(t, kept)), 46
    for name, arrays in kept.everywhere.items():
        title = t("fig_stored_ours") if name == OURS else name
        marks.append(svg.text(0, y + 18, title, 14, "start", bold=True))
        for key, array in arrays.items():
            if not is_bias(kept, name, key):
                continue
            marks.append(svg.text(KEY, y + 18, key.rpartition("cell/")[2], 13, "start"))
            marks += kept.cells(name, key, CELL_LEFT, y, NARROW)
            y += LINE - DOWN + DOWN * len(rows(array))
        y += GAP
    said = {name.lower(): " ".join(order(kept.p, kept.places[name])) for name in kept.places}
    title, alt = t("fig_stored_gru"), t("alt_stored_gru", **said)
    return Picture(marks, WIDTH, y - GAP, title, alt, kept.values())


def is_bias(kept, name, key):
    """Say whether an array holds no entry of W and U."""
    matrices = kept.p.W.size + kept.p.U.size
    numbers = kept.places[name][key]
    return bool(np.all((numbers == 0) | (numbers > matrices)))


def legend(t, kept):
    """Explain the colours of the cells."""
    signs = {gate: f"b_{gate}" for gate in [*kept.signs, U_BIAS]}
    for k, (gate, latex) in enumerate([*signs.items(), ("", "")]):
        x = CELL_LEFT + 88 * k
        yield svg.group([svg.rect(x + 1, 7, 24, 20, 3)], **kept.paint(gate))
        if latex:
            yield svg.symbol(x + 34, 23, latex, 17, "start")
        else:
            yield svg.text(x + 34, 22, t("fig_stored_zero"), 13, "start", fill="muted")
