"""What a printed expression is made of besides symbols and numbers, for the independent reader.

One method per rule: sums over an index, fractions, functions, cases, joined columns. What stands
inside them is read by `latex_reader`, through the method `sum`.
"""

import re

import numpy as np
from latex_functions import COMMANDS, OPERATORS, SLOPES, attention, each, softmax
from latex_scanner import Scanner, Value

COMMAND = re.compile(rf"\\(frac|sqrt|sum|max|min|delta|begin|{'|'.join(COMMANDS)})(?![A-Za-z])")
OPERATOR = re.compile(r"\\operatorname\{([A-Za-z]+)\}")
LETTER = re.compile("[a-z]")


class Bases(Scanner):
    """The rules that begin with a command, a bracket or the name of an operator."""

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
                number = self.number(self.between("{", "}", self.sum), "under a root")
                if number < 0:
                    raise self.error("a number that is not negative expected under a root")
                return Value(number**0.5)
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
        parts = self.parts()
        if any(part.ndim != 2 or part.shape[1] != 1 for part in parts):
            raise self.error("only columns can be joined")
        return Value(np.concatenate(parts))

    def parts(self):
        """Read several parts of the same make; dots stand for those that are not written."""
        start = self.at
        parts = [self.sum().array]
        first = self.latex[start : self.at]
        while self.take(","):
            if self.take(r"\ldots"):
                parts += self.and_so_on(first)
            else:
                parts.append(self.sum().array)
        return parts

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
        if name == "Concat":
            return Value(np.concatenate(self.between("(", ")", self.parts), axis=1))
        if name == "diag":
            return Value(np.diagflat(self.between("(", ")", self.sum).array))
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
