"""Print recorded computations as LaTeX.

Code works on rows, mathematics on columns. A row-vector product is printed as its transpose,
`x @ W.T` as W x, and elementwise operations commute with the transpose, so the printed equation
holds exactly, for every example of the batch. The tests read it back with a program of their own.
"""

import re
from typing import NamedTuple

from .. import numerics
from .axes import TraceError
from .folds import folds, unify
from .terms import PLACEHOLDER, bounds

SUM, PROD, SCALED, JUXT, ATOM = range(5)  # how tightly a printed piece holds together
SPARE_LETTERS = "jklmn"
WORD = re.compile(r"\\(mathrm|operatorname)")
PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")


class Piece(NamedTuple):
    """Printed LaTeX; `open` says that what follows on the right could be read as part of it."""

    text: str
    level: int
    open: bool = False


class Letters(NamedTuple):
    """How index letters are shown at one place of an equation, and which are taken there."""

    shown: dict
    taken: frozenset

    def bind(self, letter):
        """Return the letter under which a sum over an index runs, and the letters inside it."""
        free = [c for c in (letter, *SPARE_LETTERS) if c not in self.taken]
        if not free:
            raise TraceError("more nested sums than there are letters; split the expression")
        return free[0], Letters(self.shown | {letter: free[0]}, self.taken | {free[0]})


class Printer:
    """Prints the equations of one symbol scope.

    Parameters
    ----------
    scope : str
    defining : function, optional
        The helper whose own equation is printed: it is not shown by its name there.
    """

    def __init__(self, scope, defining=None):
        self.bounds = bounds(scope)
        self.scope = scope
        self.folds = [fold for fold in folds() if fold.helper is not defining]

    def equation(self, node):
        """Return `symbol = expression` of a named result.

        Raises
        ------
        TraceError
            For an expression that has no textbook writing, with a cure.
        """
        letters = Letters(dict(zip(node.idx, node.idx, strict=True)), frozenset(node.idx))
        return f"{self._symbol(node, letters)} = {self._expression(node, letters).text}"

    def _symbol(self, node, letters):
        missing = set(node.idx) - set(PLACEHOLDER.findall(node.sym))
        if missing:
            raise TraceError(
                f"the LaTeX of {node.name} has no place <{min(missing)}>; add it in terms.toml"
            )
        return PLACEHOLDER.sub(lambda match: letters.shown[match[1]], node.sym)

    def _piece(self, node, letters):
        return (
            Piece(self._symbol(node, letters), ATOM)
            if node.sym
            else self._expression(node, letters)
        )

    def _expression(self, node, letters):
        for fold in self.folds:
            arguments = {}
            if unify(fold.pattern, node, arguments):
                if (piece := self._folded(fold, list(arguments.values()), letters)) is not None:
                    return piece
        rule = getattr(self, f"_{node.op}", None)
        if rule is None:
            raise TraceError(f"no print rule for {node.op}; add one to equations.py")
        return rule(node, *node.args, letters)

    def _folded(self, fold, arguments, letters):
        if any(node.kind not in fold.kinds for node in arguments):
            return None
        first = arguments[0]
        below = ""
        if fold.helper is numerics.softmax and first.kind == "sca":
            below = f"_{{{letters.shown[first.axes[-1]]}}}"
        inner = ", ".join(self._at(node, SUM, letters) for node in arguments)
        return Piece(rf"{fold.latex}{below}\left({inner}\right)", ATOM)

    def _at(self, node, level, letters):
        """Print an operand, in parentheses if it holds together less tightly than asked."""
        piece = self._piece(node, letters)
        return _group(piece.text) if piece.level < level else piece.text

    def _left(self, node, level, letters):
        """Print a left operand: an open piece would swallow what follows."""
        piece = self._piece(node, letters)
        return _group(piece.text) if piece.open or piece.level < level else piece.text

    def _const(self, node, letters):
        text = r"\frac{1}{2}" if node.value == 0.5 else f"{abs(node.value):g}"
        if node.value != 0.5 and not (
            PLAIN_NUMBER.fullmatch(text) and float(text) == abs(node.value)
        ):
            raise TraceError(f"the number {node.value!r} has no short decimal writing; name it")
        return Piece(f"-{text}", SUM) if node.value < 0 else Piece(text, ATOM)

    def _dim(self, node, array, letters):
        key = f"{array.name}[{node.attrs['axis']}]"
        return Piece(self._bound(key), ATOM)

    def _bound(self, key):
        if key not in self.bounds:
            raise TraceError(
                f"the size {key!r} has no LaTeX; add it to the bounds of [symbols.{self.scope}] "
                "in terms.toml"
            )
        return self.bounds[key]

    def _expand(self, node, inner, letters):
        return self._piece(inner, letters)

    _batchsum = _expand  # an equation speaks of one example

    def _add(self, node, x, y, letters):
        _same_kind("+", x, y)
        right = self._at(y, SUM, letters)
        right = _group(right) if right.startswith("-") else right
        return Piece(f"{self._at(x, SUM, letters)} + {right}", SUM)

    def _subtract(self, node, x, y, letters):
        _same_kind("-", x, y)
        return Piece(f"{self._at(x, SUM, letters)} - {self._at(y, PROD, letters)}", SUM)

    def _negative(self, node, x, letters):
        return Piece(f"-{self._at(x, PROD, letters)}", SUM)

    def _multiply(self, node, x, y, letters):
        if x.kind == y.kind != "sca":
            return Piece(
                rf"{self._left(x, PROD, letters)} \odot {self._at(y, PROD, letters)}", PROD
            )
        if "sca" not in (x.kind, y.kind):
            raise _unwritten(f"{x.kind} * {y.kind}")
        if y.op == "const" or x.kind != "sca":  # the number goes in front
            x, y = y, x
        if x.op == "const" and x.value == 0.5 and y.sym:
            return Piece(rf"\frac{{{self._symbol(y, letters)}}}{{2}}", ATOM)
        # Next to a matrix or column, a number made of a product would fall apart.
        left = self._left(x, ATOM if _source(x).op == "matmul" else JUXT, letters)
        right = self._at(y, SCALED, letters)
        dot = r"\cdot " if right[0].isdigit() else ""
        return Piece(f"{left} {dot}{right}", JUXT if y.kind == "sca" else SCALED)

    def _divide(self, node, x, y, letters):
        if y.kind != "sca":
            raise _unwritten(f"{x.kind} / {y.kind}")
        return Piece(rf"\frac{{{self._at(x, SUM, letters)}}}{{{self._at(y, SUM, letters)}}}", ATOM)

    def _power(self, node, x, exponent, letters):
        if exponent.op != "const" or x.kind == "mat" or exponent.value < 0:
            raise _unwritten(f"this power of a {x.kind}")
        if exponent.value == 0.5:
            return Piece(rf"\sqrt{{{self._at(x, SUM, letters)}}}", ATOM)
        raised = f"^{{{self._const(exponent, letters).text}}}"
        if x.op == "tanh" and not x.sym:
            return Piece(rf"\tanh{raised}{_group(self._at(x.args[0], SUM, letters))}", ATOM)
        return Piece(self._base(x, letters) + raised, ATOM)

    def _base(self, node, letters):
        """Print what carries a superscript: a symbol without one, or a group."""
        text = self._piece(node, letters).text
        return text if node.sym and "^" not in text else _group(text)

    def _exp(self, node, x, letters):
        return Piece(rf"\{node.op}{_group(self._at(x, SUM, letters))}", ATOM)

    _tanh = _exp

    def _log(self, node, x, letters):
        if x.sym:
            return Piece(rf"\ln {self._symbol(x, letters)}", JUXT, open=True)
        return Piece(rf"\ln{_group(self._at(x, SUM, letters))}", ATOM)

    def _T(self, node, x, letters):
        return Piece(self._base(x, letters) + r"^{\top}", ATOM)

    def _concat(self, node, *parts_and_letters):
        *parts, letters = parts_and_letters
        inner = ", ".join(self._at(part, SUM, letters) for part in parts)
        return Piece(rf"\left[{inner}\right]", ATOM)

    def _max(self, node, x, letters):
        j, inside = self._bind(node, x, letters)
        return Piece(rf"\max_{{{j}}} {self._at(x, JUXT, inside)}", JUXT, open=True)

    def _sum(self, node, x, letters):
        j, inside = self._bind(node, x, letters)
        bound = self._bound(x.axes[-1])
        return Piece(rf"\sum_{{{j}=1}}^{{{bound}}} {self._at(x, JUXT, inside)}", JUXT, open=True)

    def _bind(self, node, x, letters):
        if x.kind != "sca":
            raise TraceError(
                f"a {node.op} over the components of a {x.kind} prints only inside softmax; "
                "declare the array with index letters in terms.toml"
            )
        return letters.bind(x.axes[-1])

    def _matmul(self, node, x, y, letters):
        if x.kind == "sca":
            return self._weighted_sum(x, y, letters)
        match x.kind, y.kind:
            case "mat", "mat":
                left, right = self._left(x, JUXT, letters), self._at(y, JUXT, letters)
            case "vecT", "vec" if node.summed:
                left, right = self._left(x.args[0], JUXT, letters), self._transposed(y, letters)
            case "vec", "vecT":
                left, right = self._transposed(x, letters), self._at(y.args[0], JUXT, letters)
            case "vec", "mat" | "vec":
                left, right = self._transposed(y, letters), self._at(x, JUXT, letters)
            case _:
                raise _unwritten(f"{x.kind} @ {y.kind}")
        space = r"\, " if WORD.match(right) else ""
        return Piece(f"{left} {space}{right}", JUXT)

    def _transposed(self, node, letters):
        if node.op == "T" and not node.sym:
            return self._left(node.args[0], JUXT, letters)
        return self._base(node, letters) + r"^{\top}"

    def _weighted_sum(self, x, y, letters):
        i, inside = letters.bind(x.axes[-1])
        left, right = self._left(x, JUXT, inside), self._at(y, JUXT, inside)
        dot = r"\cdot " if WORD.match(right) else ""
        bound = self._bound(x.axes[-1])
        return Piece(rf"\sum_{{{i}=1}}^{{{bound}}} {left} {dot}{right}", JUXT, open=True)


def _group(text):
    return rf"\left({text}\right)"


def _source(node):
    """Look through new axes, which are not printed."""
    return _source(node.args[0]) if node.op == "expand" else node


def _same_kind(sign, x, y):
    if x.kind != y.kind and "const" not in (x.op, y.op):
        raise _unwritten(f"{x.kind} {sign} {y.kind}")


def _unwritten(what):
    return TraceError(f"no textbook writing for {what}; give a part of it a name of its own")
