"""A second, independent program: it reads a printed equation and computes it.

It imports nothing from the package and shares no formula with it: σ is 1/(1 + e^-a), softmax and
Attention are loops without a largest score taken off. Its grammar is strict, so that what a reader
could take in two ways is an error and not a guess:

    sum      = ["-"] term {("+" | "-") term}       equal shapes, or a literal number
    term     = product {"\\odot" product}          equal shapes, no numbers
    product  = power {["\\cdot"] power}            a number times anything, else a matrix product
    power    = base ["^" "{" ("\\top" | sum) "}"]  at most one; no power of a matrix
    base     = symbol | number | "(" sum ")" | "[" sum {"," sum} "]"
             | "\\frac{" sum "}{" sum "}" | "\\sqrt{" sum "}" | "e^{" sum "}"
             | ("\\sum" | "\\max") "_{" letter ["=1"] "}" ["^{" size "}"] product
             | ("\\sigma" | "\\tanh" | "\\exp" | "\\ln") ["^{" number "}"] "(" sum ")"
             | "\\ln" symbol | "\\operatorname{softmax}" ["_{" letter "}"] "(" sum ")"
             | "\\operatorname{Attention}(" sum "," sum "," sum ")"

\\left, \\right and \\, are passed over. Symbols match the longest declared LaTeX first. Vectors are
columns; a product that comes out 1 x 1 is a number.
"""

import itertools
import math
import re

import numpy as np
from latex_scanner import ReadError, Scanner, Symbol, Value

__all__ = ["ReadError", "Symbol", "check", "evaluate", "free_letters"]

NUMBER = re.compile(r"\d+(\.\d+)?")
COMMAND = re.compile(r"\\(frac|sqrt|sum|max|sigma|tanh|exp|ln)(?![A-Za-z])")
OPERATOR = re.compile(r"\\operatorname\{([A-Za-z]+)\}")
LETTER = re.compile("[a-z]")
FUNCTIONS = {
    "sigma": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": math.tanh,
    "exp": math.exp,
    "ln": math.log,
}


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


class _Reader(Scanner):
    """A recursive descent over the LaTeX, one method per rule of the grammar."""

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
            value = self.raised(value, self.sum())
        self.need("}")
        if self.take("^"):
            raise self.error("a second superscript")
        return value

    def raised(self, value, exponent):
        if not exponent.literal or (value.array.shape and value.array.shape[1] != 1):
            raise self.error("a power must be a number written out, of a number or a column")
        return Value(value.array**exponent.array, value.literal)

    def base(self):
        if (symbol := self.symbol()) is not None:
            return symbol
        if match := self.match(NUMBER):
            return Value(np.array(float(match[0])), literal=True)
        if self.latex.startswith("(", self.at):
            return self.between("(", ")", self.sum)
        if self.latex.startswith("[", self.at):
            return self.between("[", "]", self.column)
        if match := self.match(OPERATOR):
            return self.operator(match[1])
        if self.take("e"):
            self.need("^")
            return self.apply("exp", self.between("{", "}", self.sum))
        if match := self.match(COMMAND):
            return self.command(match[1])
        raise self.error("a symbol, number or function expected")

    def subscript(self):
        self.need("_")
        self.need("{")
        letter = self.match(LETTER)
        if not letter:
            raise self.error("an index letter expected")
        return letter[0]

    def command(self, name):
        match name:
            case "frac":
                return self.fraction()
            case "sqrt":
                value = self.between("{", "}", self.sum)
                return Value(self.number(value, "under a root") ** 0.5)
            case "sum":
                letter = self.subscript()
                self.need("=1")
                self.need("}")
                return Value(sum(self.over(letter, self.product, self.limit())))
            case "max":
                letter = self.subscript()
                self.need("}")
                return Value(np.max(self.over(letter, self.product), axis=0))
        return self.function(name)

    def limit(self):
        self.need("^")
        self.need("{")
        end = self.latex.find("}", self.at)
        size = self.latex[self.at : end]
        if size not in self.sizes:
            raise self.error(f"{size!r} is none of the sizes {', '.join(self.sizes)}")
        self.at = end + 1
        return self.sizes[size]

    def fraction(self):
        above = self.between("{", "}", self.sum)
        below = self.between("{", "}", self.sum)
        number = self.number(below, "below a fraction bar")
        return Value(above.array / number, above.literal and below.literal)

    def number(self, value, where):
        if value.array.shape != ():
            raise self.error(f"a number expected {where}, found shape {value.array.shape}")
        return value.array

    def function(self, name):
        exponent = self.between("{", "}", self.sum) if self.take("^") else None
        symbol = self.symbol() if name == "ln" and exponent is None else None
        value = self.between("(", ")", self.sum) if symbol is None else symbol
        value = self.apply(name, value)
        return value if exponent is None else self.raised(value, exponent)

    def apply(self, name, value):
        return Value(np.vectorize(FUNCTIONS[name], otypes=[float])(value.array))

    def column(self):
        """Read columns and stand them one below the other."""
        parts = [self.sum().array]
        while self.take(","):
            parts.append(self.sum().array)
        if any(part.ndim != 2 or part.shape[1] != 1 for part in parts):
            raise self.error("only columns can be joined")
        return Value(np.concatenate(parts))

    def operator(self, name):
        if name == "softmax":
            return self.softmax_over_index() if self.ahead("_") else self.softmax_of_array()
        if name == "Attention":
            self.need("(")
            q, k, v = self.sum().array, self.comma().array, self.comma().array
            self.need(")")
            return Value(_attention(q, k, v))
        raise self.error(f"no rule for the operator {name!r}")

    def comma(self):
        self.need(",")
        return self.sum()

    def softmax_over_index(self):
        letter = self.subscript()
        self.need("}")
        scores = self.over(letter, lambda: self.between("(", ")", self.sum))
        numbers = [
            float(self.number(Value(score), "in a softmax over an index")) for score in scores
        ]
        place = self.position(letter, len(numbers))
        return Value(np.array(_softmax(numbers)[place - 1]))

    def softmax_of_array(self):
        array = self.between("(", ")", self.sum).array
        if array.ndim != 2:
            raise self.error("softmax of a number; write softmax_{i} where scores have an index")
        if array.shape[1] == 1:
            return Value(np.array([[p] for p in _softmax(array[:, 0].tolist())]))
        return Value(np.array([_softmax(row) for row in array.tolist()]))


def _softmax(scores):
    """Turn a list of scores into a list of weights."""
    powers = [math.exp(score) for score in scores]
    return [power / math.fsum(powers) for power in powers]


def _attention(Q, K, V):
    """Compute scaled dot-product attention one number at a time."""
    result = np.zeros((len(Q), V.shape[1]))
    for t, query in enumerate(Q):
        scores = [math.fsum(a * b for a, b in zip(query, key, strict=True)) for key in K]
        weights = _softmax([score / math.sqrt(len(query)) for score in scores])
        for j in range(V.shape[1]):
            result[t, j] = math.fsum(w * value[j] for w, value in zip(weights, V, strict=True))
    return result
