"""Write a recorded equation as arithmetic of one unit: 0.64 × 1.20 + 0.74 × (−0.45).

A line is a list of texts and of numbers; a number stands for the value that the operation of this
number makes, see `program`. A product with a matrix is one value in a longer line; alone it is a
pair of numbers, a row and a matrix, whose products are written out. {"each": line} is the sum of
the line over all units.
"""

from ... import numerics
from ..folds import folds, unify
from ..trace import TraceError

SUM, PRODUCT, ATOM = range(3)
MINUS = "\N{MINUS SIGN}"


def line(node, registers):
    """Return the right side of a result's equation.

    Parameters
    ----------
    node : Node
    registers : Registers
        Of the run that the node belongs to.

    Raises
    ------
    TraceError
        For an operation that is no arithmetic of one unit.
    """
    return _Writer(registers).expression(node, SUM)


class _Writer:
    def __init__(self, registers):
        self.place = registers.place
        self.sigmoid = next(f.pattern for f in folds() if f.helper is numerics.sigmoid)

    def part(self, node, level):
        """Return a part of an expression: its value, if it has a name or comes from a matrix."""
        if node.name or node.op == "matmul":
            return [self.place(node)]
        return self.expression(node, level)

    def expression(self, node, level):
        """Return the operation of a value, in parentheses where it holds less than `level`."""
        if unify(self.sigmoid, node, bound := {}):
            return ["σ(", *self.part(bound["a"], SUM), ")"]
        match node.op, node.args:
            case "add" | "subtract", (left, right):
                sign = " + " if node.op == "add" else f" {MINUS} "
                after = SUM if node.op == "add" else PRODUCT
                return _held([*self.part(left, SUM), sign, *self.part(right, after)], level, SUM)
            case "multiply", (left, right):
                factors = [*self.part(left, PRODUCT), " × ", *self.part(right, PRODUCT)]
                return _held(factors, level, PRODUCT)
            case "tanh", (inner,):
                return ["tanh(", *self.part(inner, SUM), ")"]
            case "power", (base, exponent) if exponent.value == 2:
                return [*self.part(base, ATOM), "²"]
            case "const", ():
                return [f"{node.value:g}"]
            case "batchsum", (inner,):
                return self.part(inner, level)
            case "sum", (inner,):
                return _held([{"each": self.part(inner, PRODUCT)}], level, SUM)
            case "matmul", pair:
                return [[self.place(factor) for factor in pair]]
        raise TraceError(f"{node.op} has no arithmetic of one unit; show the value by a name")


def _held(parts, level, own):
    return parts if own >= level else ["(", *parts, ")"]
