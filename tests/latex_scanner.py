"""The lower half of the independent reader: the place in the text, symbols and their indices.

Like `latex_reader` it imports nothing from the package.
"""

import re
from typing import NamedTuple

import numpy as np

SKIPPED = re.compile(r"(\s|\\left(?![a-z])|\\right(?![a-z])|\\,)+")
PLACE = re.compile("<([a-z])>")


class ReadError(ValueError):
    """The LaTeX is outside the grammar, or its shapes do not fit."""


class Symbol(NamedTuple):
    """One symbol of the notation.

    Attributes
    ----------
    latex : str
        With <i> where the letter of an index stands.
    value : array or function
        Of one example: first the axes of the indices, then those of the column or matrix. A
        function of arrays is a map, such as a whole layer.
    index : tuple of str
        The letters of the indices, in the order of their axes.
    """

    latex: str
    value: np.ndarray
    index: tuple[str, ...] = ()


class Value(NamedTuple):
    """A number (shape ()), column or matrix; `literal` marks a number written in digits."""

    array: np.ndarray
    literal: bool = False


class Scanner:
    """Walks through LaTeX; loops read their body again for every place of an index."""

    def __init__(self, latex, symbols, sizes, letters, discovering=False):
        self.latex, self.sizes, self.letters = latex, sizes, dict(letters)
        self.at, self.free, self.discovering = 0, {}, discovering
        self.ranges = {}  # letter -> how far the sum that binds it runs
        self.symbols = [(_pattern(symbol.latex), symbol) for symbol in symbols]

    def error(self, what):
        return ReadError(f"{what}, at character {self.at} of {self.latex!r}")

    def skip(self):
        if match := SKIPPED.match(self.latex, self.at):
            self.at = match.end()

    def take(self, sign):
        """Move past a sign if it is next."""
        self.skip()
        if not self.latex.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def need(self, sign):
        if not self.take(sign):
            raise self.error(f"{sign!r} expected")

    def match(self, pattern):
        self.skip()
        match = pattern.match(self.latex, self.at)
        if match:
            self.at = match.end()
        return match

    def between(self, opening, closing, read):
        self.need(opening)
        value = read()
        self.need(closing)
        return value

    def ahead(self, sign):
        self.skip()
        return self.latex.startswith(sign, self.at)

    def symbol(self):
        """Read the longest declared symbol or size that stands here, if one does."""
        self.skip()
        found = [(pattern.match(self.latex, self.at), symbol) for pattern, symbol in self.symbols]
        ends = [(match.end(), match, symbol) for match, symbol in found if match]
        ends += [
            (self.at + len(size), None, Symbol(size, np.array(float(number))))
            for size, number in self.sizes.items()
            if self.latex.startswith(size, self.at)
        ]
        if not ends:
            return None
        self.at, match, symbol = max(ends, key=lambda end: end[0])
        array = symbol.value
        if callable(array):
            return Value(array)
        for letter, axis in zip(symbol.index, symbol.value.shape, strict=False):
            array = array[self.position(match[letter], axis) - 1]
        return Value(array.reshape(-1, 1) if array.ndim == 1 else array)

    def position(self, letter, axis):
        """Return what an index stands for, counted from 1."""
        if letter in self.sizes:
            return self.sizes[letter]
        if not letter.isdigit() and letter not in self.letters:
            if not self.discovering:
                raise self.error(f"nothing binds the index {letter}")
            self.free[letter] = axis
            return 1
        place = int(letter) if letter.isdigit() else self.letters[letter]
        if self.ranges.get(letter, axis) != axis or not 1 <= place <= axis:
            raise self.error(f"the index {letter} leaves the {axis} places that it has here")
        return place

    def bound_to(self, letter, place, read, size=None):
        """Read with an index letter standing for a place; leave the letter as it was."""
        letters, ranges = dict(self.letters), dict(self.ranges)
        self.letters[letter] = place
        if size is not None:
            self.ranges[letter] = size
        value = read()
        self.letters, self.ranges = letters, ranges
        return value.array

    def over(self, letter, read, size=None):
        """Read the same text for every place of an index and return all values."""
        start = self.at
        size = size or self.range_of(letter, read)
        values = []
        for place in range(1, size + 1):
            self.at = start
            values.append(self.bound_to(letter, place, read, size))
        return values

    def range_of(self, letter, read):
        """Find out how far an index runs in the text that comes next."""
        start, discovering, free, letters = self.at, self.discovering, self.free, self.letters
        self.discovering, self.free = True, {}
        self.letters = {name: place for name, place in letters.items() if name != letter}
        read()
        size = self.free.get(letter)
        self.at, self.discovering, self.free, self.letters = start, discovering, free, letters
        if size is None:
            raise self.error(f"the index {letter} does not occur")
        return size


def _pattern(latex):
    """Compile a symbol: <i> matches a letter or a number, a command ends where its name ends."""
    parts = PLACE.split(latex)
    text = "".join(
        f"(?P<{part}>[a-z]|[1-9]|M)" if odd % 2 else re.escape(part)
        for odd, part in enumerate(parts)
    )
    return re.compile(text + ("(?![A-Za-z])" if re.search(r"\\[A-Za-z]+$", latex) else ""))
