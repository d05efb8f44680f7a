"""Print recorded computations as LaTeX.

Code works on rows, mathematics on columns. A row-vector product is printed as its transpose,
`x @ W.T` as W x, and elementwise operations commute with the transpose, so the printed equation
holds exactly, for every example of the batch. The tests read it back with a program of their own.
"""

from .. import numerics
from .arithmetic import Arithmetic
from .axes import TraceError
from .folds import folds, unify
from .pieces import ATOM, SUM, Letters, Piece, group
from .sums import Sums
from .terms import PLACEHOLDER, bounds


class Printer(Arithmetic, Sums):
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
            if fold.pattern.op == node.op and unify(fold.pattern, node, arguments):
                if (piece := self._folded(fold, list(arguments.values()), letters)) is not None:
                    return piece
        rule = getattr(self, f"_{node.op}", None)
        if rule is None:
            raise TraceError(f"no print rule for {node.op}; add one to arithmetic.py or sums.py")
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
        return group(piece.text) if piece.level < level else piece.text

    def _left(self, node, level, letters):
        """Print a left operand: an open piece would swallow what follows."""
        piece = self._piece(node, letters)
        return group(piece.text) if piece.open or piece.level < level else piece.text

    def _base(self, node, letters):
        """Print what carries a superscript: a symbol without one, or a group."""
        text = self._piece(node, letters).text
        if node.op == "concat" and not node.sym:
            return text
        bare = node.sym and "^" not in text and not text.startswith(r"\frac")
        return text if bare else group(text)

    def _bound(self, key):
        if key not in self.bounds:
            raise TraceError(
                f"the size {key!r} has no LaTeX; add it to the bounds of [symbols.{self.scope}] "
                "in terms.toml"
            )
        return self.bounds[key]
