"""How a printer writes sums over an index, transposes and matrix products."""

import re

from .axes import COMPONENT, TraceError
from .pieces import ATOM, JUXT, SCALED, SUM, Piece, group, unwritten

WORD = re.compile(r"\\(mathrm|operatorname)")


class Sums:
    """Rules of a printer, one method per operation; `equations.Printer` has the rest."""

    def _expand(self, node, inner, letters):
        return self._piece(inner, letters)

    def _rows(self, node, inner, letters):
        """Print vectors that are about to be summed up over the batch and some indices."""
        return self._summed(node, letters, lambda inside: self._piece(inner, inside))

    _batchsum = _expand  # an equation speaks of one example

    def _summed(self, rows, letters, body):
        """Print the sum over the indices that vanish when vectors stand below one another."""
        signs = []
        for letter in rows.attrs.get("over", ()):
            sign, letters = self._sum_sign(letter, letters)
            signs.append(sign)
        piece = body(letters)
        if not signs:
            return piece
        text = piece.text if piece.level >= SCALED else group(piece.text)
        return Piece(" ".join([*signs, text]), JUXT, open=True)

    def _sum_sign(self, letter, letters):
        shown, inside = letters.bind(letter)
        return rf"\sum_{{{shown}=1}}^{{{self._bound(letter)}}}", inside

    def _max(self, node, x, letters):
        j, inside = self._bind(node, x, letters)
        return Piece(rf"\max_{{{j}}} {self._at(x, JUXT, inside)}", JUXT, open=True)

    def _sum(self, node, x, letters):
        letter = self._reduced_letter(node, x)
        sign, inside = self._sum_sign(letter, letters)
        return Piece(f"{sign} {self._at(x, SCALED, inside)}", JUXT, open=True)

    def _mean(self, node, x, letters):
        piece = self._sum(node, x, letters)
        bound = self._bound(self._reduced_letter(node, x))
        text = piece.text if piece.level >= JUXT else group(piece.text)
        return Piece(rf"\frac{{1}}{{{bound}}} {text}", JUXT, open=True)

    def _bind(self, node, x, letters):
        return letters.bind(self._reduced_letter(node, x))

    def _reduced_letter(self, node, x):
        letter = x.axes[node.attrs.get("axis", -1)]
        if letter == COMPONENT:
            raise TraceError(
                f"a {node.op} over the components of a {x.kind} prints only inside softmax; "
                "declare the array with index letters in terms.toml"
            )
        return letter

    def _T(self, node, x, letters):
        if x.kind == "sca":
            return self._piece(x, letters)
        return Piece(self._base(x, letters) + r"^{\top}", ATOM)

    def _concat(self, node, *parts_and_letters):
        *parts, letters = parts_and_letters
        inner = ", ".join(self._at(part, SUM, letters) for part in parts)
        return Piece(rf"\left[{inner}\right]", ATOM)

    def _matmul(self, node, x, y, letters):
        if x.kind == "sca":
            return self._weighted_sum(x, y, letters)
        if node.summed:
            return self._outer(x.args[0], y, letters)
        match x.kind, y.kind:
            case "mat", "mat":
                left, right = self._left(x, JUXT, letters), self._at(y, JUXT, letters)
            case "vec", "vecT":
                left, right = self._transposed(x, letters), self._at(y.args[0], JUXT, letters)
            case "vec", "mat" | "vec":
                left, right = self._transposed(y, letters), self._at(x, JUXT, letters)
            case _:
                raise unwritten(f"{x.kind} @ {y.kind}")
        return _beside(left, right)

    def _outer(self, x, y, letters):
        """Print a product that is summed over the batch: x yᵀ, or y x where y is a number."""

        def body(inside):
            if y.kind == "sca":
                inner = _unstacked(y)
                return _beside(
                    self._left(inner, JUXT, inside), self._at(_unstacked(x), JUXT, inside)
                )
            left = self._left(_unstacked(x), JUXT, inside)
            return _beside(left, self._transposed(_unstacked(y), inside))

        return self._summed(y, letters, body)

    def _transposed(self, node, letters):
        if node.op == "T" and not node.sym:
            return self._left(node.args[0], JUXT, letters)
        return self._base(node, letters) + r"^{\top}"

    def _weighted_sum(self, x, y, letters):
        sign, inside = self._sum_sign(x.axes[-1], letters)
        left, right = self._left(x, JUXT, inside), self._at(y, JUXT, inside)
        dot = r"\cdot " if WORD.match(right) else ""
        return Piece(f"{sign} {left} {dot}{right}", JUXT, open=True)


def _unstacked(node):
    """Return the vectors of which rows are made."""
    return node.args[0] if node.op == "rows" else node


def _beside(left, right):
    space = r"\, " if WORD.match(right) else ""
    return Piece(f"{left} {space}{right}", JUXT)
