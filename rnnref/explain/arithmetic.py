"""How a printer writes what happens to each number by itself: + - * /, powers, functions."""

import re

from .axes import TraceError
from .pieces import ATOM, JUXT, PROD, SCALED, SUM, Piece, group, unwritten

PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
TALL = re.compile(r"\\(frac|sum)")
FUNCTIONS = {"_normal_share": r"\Phi", "_normal_density": r"\varphi"}  # not looked into


class Arithmetic:
    """Rules of a printer, one method per operation; `equations.Printer` has the rest."""

    def _const(self, node, letters):
        text = r"\frac{1}{2}" if node.value == 0.5 else f"{abs(node.value):g}"
        if node.value != 0.5 and not (
            PLAIN_NUMBER.fullmatch(text) and float(text) == abs(node.value)
        ):
            raise TraceError(f"the number {node.value!r} has no short decimal writing; name it")
        return Piece(f"-{text}", SUM) if node.value < 0 else Piece(text, ATOM)

    def _dim(self, node, array, letters):
        axis = node.attrs["axis"]
        letter = array.axes[axis]
        return Piece(
            self._bound(letter if letter in self.bounds else f"{array.name}[{axis}]"), ATOM
        )

    def _add(self, node, x, y, letters):
        _same_kind("+", x, y)
        right = self._at(y, SUM, letters)
        right = group(right) if right.startswith("-") else right
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
            raise unwritten(f"{x.kind} * {y.kind}")
        if y.op == "const" or x.kind != "sca":  # the number goes in front
            x, y = y, x
        if x.op == "const" and x.value == 0.5 and y.sym:
            return Piece(rf"\frac{{{self._symbol(y, letters)}}}{{2}}", ATOM)
        # Next to a matrix or column, a number made of a product would fall apart.
        left = self._left(x, ATOM if _source(x).op == "matmul" else JUXT, letters)
        right = self._at(y, SCALED, letters)
        dot = r"\cdot " if right[0].isdigit() else r"\, " if right.startswith(r"\frac") else ""
        return Piece(f"{left} {dot}{right}", JUXT if y.kind == "sca" else SCALED)

    def _divide(self, node, x, y, letters):
        if y.kind != "sca":
            raise unwritten(f"{x.kind} / {y.kind}")
        above, below = self._piece(x, letters), self._at(y, SUM, letters)
        if not TALL.search(above.text):
            return Piece(rf"\frac{{{above.text}}}{{{below}}}", ATOM)
        # Fractions and sums would become small above a bar; the factor goes in front of them.
        text = above.text if above.level >= SCALED else group(above.text)
        level = JUXT if x.kind == "sca" else SCALED
        return Piece(rf"\frac{{1}}{{{below}}} {text}", level, open=above.open)

    def _power(self, node, x, exponent, letters):
        known = exponent.op == "const" or (exponent.sym and exponent.kind == "sca")
        if not known or x.kind == "mat" or exponent.value < 0:
            raise unwritten(f"this power of a {x.kind}")
        if exponent.value == 0.5 and exponent.op == "const":
            return Piece(rf"\sqrt{{{self._at(x, SUM, letters)}}}", ATOM)
        raised = f"^{{{self._piece(exponent, letters).text}}}"
        if x.op == "tanh" and not x.sym:
            return Piece(rf"\tanh{raised}{group(self._at(x.args[0], SUM, letters))}", ATOM)
        return Piece(self._base(x, letters) + raised, ATOM)

    def _exp(self, node, x, letters):
        return Piece(rf"\{node.op}{group(self._at(x, SUM, letters))}", ATOM)

    _tanh = _exp

    def _log(self, node, x, letters):
        if x.sym:
            return Piece(rf"\ln {self._symbol(x, letters)}", JUXT, open=True)
        return Piece(rf"\ln{group(self._at(x, SUM, letters))}", ATOM)

    def _function(self, node, x, letters):
        name = node.attrs["function"]
        if name not in FUNCTIONS:
            raise TraceError(f"the function {name} has no LaTeX; add it to arithmetic.FUNCTIONS")
        return Piece(f"{FUNCTIONS[name]}{group(self._at(x, SUM, letters))}", ATOM)

    def _where(self, node, condition, x, y, letters):
        if node.kind != "sca" or condition.op != "less_equal":
            raise unwritten(f"this choice between numbers of a {node.kind}")
        low, high = (self._at(arg, SUM, letters) for arg in condition.args)
        first = rf"{self._at(x, SUM, letters)}, & {low} \le {high}"
        second = rf"{self._at(y, SUM, letters)}, & {low} > {high}"
        return Piece(rf"\begin{{cases}} {first} \\ {second} \end{{cases}}", SUM)


def _source(node):
    """Look through new axes, which are not printed."""
    return _source(node.args[0]) if node.op == "expand" else node


def _same_kind(sign, x, y):
    if x.kind != y.kind and "const" not in (x.op, y.op):
        raise unwritten(f"{x.kind} {sign} {y.kind}")
