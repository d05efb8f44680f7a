"""A second, independent program: it reads a printed equation and computes it.

It imports nothing from the package and shares no formula with it; what names mean is in
`latex_functions`. Its grammar is strict, so that what could be taken in two ways is an error:

    sum      = ["-"] term {("+" | "-") term}       equal shapes, or a literal number
    term     = product {"\\odot" product}          equal shapes, no numbers
    product  = power {["\\cdot"] power}            a number times anything, else a matrix product
    power    = base ["^" "{" ("\\top" | sum ["/" sum]) "}"]  at most one; no power of a matrix
    base     = symbol | map "(" sum {"," sum} ")" | number | "(" sum ")" | "|" sum "|"
             | "[" sum {"," sum} "]" | "[" first ", \\ldots, " last "]"
             | "\\delta_{" letter letter "}"
             | "\\frac{" sum "}{" sum "}" | "\\sqrt{" sum "}" | "e^{" sum "}"
             | ("\\sum" | "\\max") "_{" letter ["=1"] "}" ["^{" size "}"] product
             | ("\\max" | "\\min") "(" sum "," sum ")" | "\\ln" symbol
             | ("\\sigma" | "\\tanh" | "\\exp" | "\\ln" | …) ["^{" number "}"] "(" sum ")"
             | "\\operatorname{ReLU}" ["^{\\prime}"] "(" sum ")", and so GELU
             | "\\operatorname{softmax}" ["_{" letter "}"] "(" sum ")"
             | "\\operatorname{Attention}(" sum "," sum "," sum ")"
             | "\\operatorname{diag}(" sum ")" | "\\operatorname{Concat}(" sum {"," sum} ")"
             | "\\begin{cases}" sum ", &" sum "\\le" sum "\\\\" sum ", &" sum ">" sum "\\end{cases}"

\\left, \\right and \\, are passed over. Symbols match the longest declared LaTeX first. Vectors are
columns; a product that comes out 1 x 1 is a number.
"""

import itertools
import re

import numpy as np
from latex_bases import COMMAND, OPERATOR, Bases
from latex_scanner import ReadError, Symbol, Value

__all__ = ["ReadError", "Symbol", "check", "evaluate", "free_letters"]

NUMBER = re.compile(r"\d+(\.\d+)?")


def evaluate(latex, symbols, sizes, letters=None):
    """Compute an expression.

    Parameters
    ----------
    latex : str
    symbols : list of Symbol
    sizes : dict of str to int
        The LaTeX of each size, such as L_x, and its number.
    letters : dict of str to int, optional
        What the free index letters stand for, counted from 1.

    Returns
    -------
    ndarray
        Shape (), (n, 1) or (m, n).

    Raises
    ------
    ReadError
        With the place in the LaTeX.
    """
    return _Reader(latex, symbols, sizes, letters or {}).whole()


def free_letters(latex, symbols, sizes):
    """Return the index letters that nothing in the expression binds, and how far each runs."""
    reader = _Reader(latex, symbols, sizes, {}, discovering=True)
    reader.whole()
    return reader.free


def check(line, symbols, sizes, rtol=1e-9, atol=1e-12):
    """Say whether all sides of `LEFT = RIGHT` agree for every value of their free letters.

    Raises
    ------
    ReadError
        If a side is outside the grammar, or there are fewer than two different sides.
    """
    parts = [part.strip() for part in line.split(" = ")]
    if len(parts) < 2 or not all(parts):
        raise ReadError(f"{line!r} is no equation; write LEFT = RIGHT with spaces around =")
    if len(set(parts)) < len(parts):
        raise ReadError(f"{line!r} has the same text on two sides and says nothing")
    ranges = {}
    for part in parts:
        ranges |= free_letters(part, symbols, sizes)
    for numbers in itertools.product(*(range(1, size + 1) for size in ranges.values())):
        letters = dict(zip(ranges, numbers, strict=True))
        first, *others = (evaluate(part, symbols, sizes, letters) for part in parts)
        for other in others:
            if first.shape != other.shape or not np.allclose(first, other, rtol=rtol, atol=atol):
                return False
    return True


class _Reader(Bases):
    """A recursive descent over the LaTeX: sums, products, powers, and what they are made of."""

    def whole(self):
        value = self.sum()
        self.skip()
        if self.at < len(self.latex):
            raise self.error("nothing more expected")
        return value.array

    def sum(self):
        sign = -1 if self.take("-") else 1
        value = self.term()
        value = Value(sign * value.array, value.literal)
        while True:
            if self.take("+"):
                sign = 1
            elif self.take("-"):
                sign = -1
            else:
                return value
            other = self.term()
            if value.array.shape != other.array.shape and not (value.literal or other.literal):
                raise self.error(f"a sum of shapes {value.array.shape} and {other.array.shape}")
            total = value.array + sign * other.array
            value = Value(total, value.literal and other.literal)

    def term(self):
        value = self.product()
        while self.take(r"\odot"):
            other = self.product()
            if value.array.shape != other.array.shape or value.array.shape == ():
                shapes = f"{value.array.shape} and {other.array.shape}"
                raise self.error(f"an elementwise product of shapes {shapes}")
            value = Value(value.array * other.array)
        return value

    def product(self):
        value = self.power()
        while True:
            dot = self.take(r"\cdot")
            if not dot and not self.begins():
                return value
            other = self.power()
            value = Value(self.multiply(value.array, other.array), value.literal and other.literal)

    def multiply(self, left, right):
        if left.shape == ():
            return left * right
        if right.shape == () or left.shape[1] != right.shape[0]:
            raise self.error(f"a matrix product of shapes {left.shape} and {right.shape}")
        result = left @ right
        return result.reshape(()) if result.shape == (1, 1) else result

    def begins(self):
        """Say whether a further factor stands here."""
        self.skip()
        rest = self.latex[self.at : self.at + 1]
        known = any(pattern.match(self.latex, self.at) for pattern, _ in self.symbols)
        commands = COMMAND.match(self.latex, self.at) or OPERATOR.match(self.latex, self.at)
        return bool(rest) and (known or bool(commands) or rest in "([e" or rest.isdigit())

    def power(self):
        value = self.base()
        if not self.take("^"):
            return value
        self.need("{")
        if self.take(r"\top"):
            if value.array.shape == ():
                raise self.error("a number has no transpose")
            value = Value(value.array.T)
        else:
            exponent = self.sum()
            if self.take("/"):
                below = self.number(self.sum(), "below a stroke")
                exponent = Value(exponent.array / below, exponent.literal)
            value = self.raised(value, exponent)
        self.need("}")
        if self.take("^"):
            raise self.error("a second superscript")
        return value

    def raised(self, value, exponent):
        written = exponent.literal or exponent.array.shape == value.array.shape == ()
        if not written or (value.array.shape and value.array.shape[1] != 1):
            raise self.error("a power must be a number written out, of a number or a column")
        return Value(value.array**exponent.array, value.literal)

    def base(self):
        if (symbol := self.symbol()) is not None:
            return self.mapped(symbol.array) if callable(symbol.array) else symbol
        if match := self.match(NUMBER):
            return Value(np.array(float(match[0])), literal=True)
        if self.latex.startswith("(", self.at):
            return self.between("(", ")", self.sum)
        if self.latex.startswith("[", self.at):
            return self.between("[", "]", self.column)
        if self.latex.startswith("|", self.at):
            return Value(np.abs(self.between("|", "|", self.sum).array))
        if match := self.match(OPERATOR):
            return self.operator(match[1])
        if self.take("e"):
            self.need("^")
            return self.apply("exp", self.between("{", "}", self.sum))
        if match := self.match(COMMAND):
            return self.command(match[1])
        raise self.error("a symbol, number or function expected")
