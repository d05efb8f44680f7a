"""Print an equation with its numbers: every symbol replaced by what it was in the recorded run.

Columns and matrices are written whole. Where an equation has visible indices, one place of each is
shown, and a sum over an index is written out term by term.
"""

from .. import numerics
from .axes import BATCH, COMPONENT, UNIT, TraceError
from .marked import Marked
from .pieces import ATOM, JUXT, PROD, SUM, Letters, Piece

DECIMALS = 4
PLACES = {"t": 1, "i": 2}  # the one query of the running example, and the word that it is about


class Numbers(Marked):
    """Prints the equations of one symbol scope with numbers.

    Numbers are rounded to four decimals; one that is shorter is printed as it is.
    """

    def equation(self, node):
        """Return `number = expression in numbers` of a named result."""
        letters = Letters({letter: place(letter) for letter in node.idx}, frozenset())
        return f"{self._symbol(node, letters)} = {self._expression(node, letters).text}"

    def _symbol(self, node, letters):
        return self.speak(node.name, written(entries(node, letters.shown)))

    def _piece(self, node, letters):
        if not node.sym:
            return super()._piece(node, letters)
        text = self._symbol(node, letters)
        return Piece(text, SUM if text.startswith("-") else ATOM)

    def _base(self, node, letters):
        return self._at(node, ATOM, letters)

    def _dim(self, node, array, letters):
        return Piece(str(node.value), ATOM)

    def _folded(self, fold, arguments, letters):
        first = arguments[0]
        if fold.helper is not numerics.softmax or first.kind != "sca":
            return super()._folded(fold, arguments, letters)
        letter = first.axes[-1]
        here = rf"e^{{{self._at(first, SUM, letters)}}}"
        every = (
            rf"e^{{{self._at(first, SUM, inside)}}}" for inside in each(letter, first, letters)
        )
        return Piece(rf"\frac{{{here}}}{{{' + '.join(every)}}}", ATOM)

    def _sum(self, node, x, letters):
        terms = (self._at(x, PROD, inside) for inside in each(x.axes[-1], x, letters))
        return Piece(" + ".join(terms), SUM)

    def _weighted_sum(self, x, y, letters):
        places = each(x.axes[-1], x, letters)
        terms = (f"{self._left(x, ATOM, at)} {self._at(y, JUXT, at)}" for at in places)
        return Piece(" + ".join(terms), SUM)

    def _max(self, node, x, letters):
        raise TraceError("a largest value has no writing with numbers; print the equation alone")


def place(letter):
    """Return the place of an index that is shown."""
    if letter not in PLACES:
        raise TraceError(f"no place is chosen for the index {letter}; add it to numbers.PLACES")
    return PLACES[letter]


def each(letter, node, letters):
    """Return the letters inside a sum, for each place that its index takes."""
    size = node.value.shape[node.axes.index(letter) - len(node.axes)]
    for where in range(1, size + 1):
        yield letters._replace(shown=letters.shown | {letter: where})


def entries(node, places):
    """Return what a symbol stands for: a number, a column or a matrix, of the first example."""
    chosen = {BATCH: lambda axis: 0, UNIT: lambda axis: 0, COMPONENT: lambda axis: slice(None)}
    return node.value[
        tuple(chosen.get(axis, lambda letter: places[letter] - 1)(axis) for axis in node.axes)
    ]


def written(array):
    """Return a number, a column or a matrix as LaTeX."""
    if array.ndim == 0:
        return rounded(float(array))
    rows = array[:, None] if array.ndim == 1 else array
    body = r" \\ ".join(" & ".join(rounded(float(value)) for value in row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def rounded(value):
    """Write a number with four decimals, or with fewer if it has no more."""
    text = f"{value:.{DECIMALS}f}"
    if float(text) == round(value, 12):
        text = text.rstrip("0").rstrip(".")
    return text.removeprefix("-") if float(text) == 0 else text
