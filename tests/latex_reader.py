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
             | "\\begin{cases}" sum ", &" sum "\\le" sum "\\\\" sum ", &" sum ">" sum "\\end{cases}"

\\left, \\right and \\, are passed over. Symbols match the longest declared LaTeX first. Vectors are
columns; a product that comes out 1 x 1 is a number.
"""

import itertools
import re

import numpy as np
from latex_functions import COMMANDS, OPERATORS, SLOPES, attention, each, softmax
from latex_scanner import ReadError, Scanner, Symbol, Value

__all__ = ["ReadError", "Symbol", "check", "evaluate", "free_letters"]

NUMBER = re.compile(r"\d+(\.\d+)?")
COMMAND = re.compile(rf"\\(frac|sqrt|sum|max|min|delta|begin|{'|'.join(COMMANDS)})(?![A-Za-z])")
OPERATOR = re.compile(r"\\operatorname\{([A-Za-z]+)\}")
LETTER = re.compile("[a-z]")


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
            case "max" | "min" if not self.ahead("_"):
                pair = self.between("(", ")", lambda: [self.sum().array, self.comma().array])
                return Value((np.maximum if name == "max" else np.minimum)(*pair))
            case "max":
                letter = self.subscript()
                self.need("}")
                return Value(np.max(self.over(letter, self.product), axis=0))
            case "delta":
                first, second = self.between("_{", "}", self.pair_of_places)
                return Value(np.array(float(first == second)))
            case "begin":
                return self.cases()
        return self.function(name)

    def pair_of_places(self):
        """Read two index letters next to each other, which something else binds."""
        letters = [self.match(LETTER)[0] for _ in range(2)]
        return [self.letters.get(letter, 1) for letter in letters]

    def cases(self):
        """Read two values and when each holds; the second condition must be the opposite one."""
        self.need("{cases}")
        first, low, high = self.case(r"\le")
        self.need(r"\\")
        second, also_low, also_high = self.case(">")
        self.need(r"\end{cases}")
        if (low, high) != (also_low, also_high):
            raise self.error("the second condition must be the opposite of the first")
        return first if low <= high else second

    def case(self, relation):
        value = self.sum()
        self.need(", &")
        low = float(self.number(self.sum(), "in a comparison"))
        self.need(relation)
        return value, low, float(self.number(self.sum(), "in a comparison"))

    def mapped(self, function):
        """Apply a map that the test gives, such as a whole layer, to what stands in parentheses."""
        arguments = self.between("(", ")", self.arguments)
        return Value(function(*arguments))

    def arguments(self):
        found = [self.sum().array]
        while self.take(","):
            found.append(self.sum().array)
        return found

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
        return Value(each(COMMANDS[name], value.array))

    def column(self):
        """Read columns and stand them one below the other."""
        start = self.at
        parts = [self.sum().array]
        first = self.latex[start : self.at]
        while self.take(","):
            if self.take(r"\ldots"):
                parts += self.and_so_on(first)
            else:
                parts.append(self.sum().array)
        if any(part.ndim != 2 or part.shape[1] != 1 for part in parts):
            raise self.error("only columns can be joined")
        return Value(np.concatenate(parts))

    def and_so_on(self, first):
        """Read the last of several parts, which differ in a number alone, and all between."""
        self.need(",")
        start = self.at
        found = [self.sum().array]
        last = self.latex[start : self.at]
        first, last = first.strip(), last.strip().removesuffix(r"\right")
        found_size = [size for size in self.sizes if first.replace("1", size) == last]
        if not found_size:
            raise self.error("the parts before and behind the dots must differ in a number alone")
        [size] = found_size
        for place in range(2, self.sizes[size]):
            text = first.replace("1", str(place))
            inner = type(self)(
                text,
                [symbol for _, symbol in self.symbols],
                self.sizes,
                self.letters,
                self.discovering,
            )
            found.insert(-1, inner.whole())
        return found

    def operator(self, name):
        if name == "softmax":
            return self.softmax_over_index() if self.ahead("_") else self.softmax_of_array()
        if name == "Attention":
            self.need("(")
            q, k, v = self.sum().array, self.comma().array, self.comma().array
            self.need(")")
            return Value(attention(q, k, v))
        if name in OPERATORS:
            table = SLOPES if self.take(r"^{\prime}") else OPERATORS
            return Value(each(table[name], self.between("(", ")", self.sum).array))
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
        return Value(np.array(softmax(numbers)[place - 1]))

    def softmax_of_array(self):
        array = self.between("(", ")", self.sum).array
        if array.ndim != 2:
            raise self.error("softmax of a number; write softmax_{i} where scores have an index")
        if array.shape[1] == 1:
            return Value(np.array([[p] for p in softmax(array[:, 0].tolist())]))
        return Value(np.array([softmax(row) for row in array.tolist()]))
