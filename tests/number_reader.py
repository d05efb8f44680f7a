"""Reads an equation in numbers and computes it: columns and matrices are written out in it.

The grammar is that of `latex_reader`, and a factor may be a matrix in digits:

    base   = … | "\\begin{pmatrix}" row {"\\\\" row} "\\end{pmatrix}"
    row    = ["-"] number {"&" ["-"] number}

Like it, this imports nothing from the package.
"""

import re

import numpy as np
from latex_reader import _Reader
from latex_scanner import ReadError, Value

MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", re.DOTALL)
DECIMAL = re.compile(r"-?\d+(\.\d+)?")


class _NumberReader(_Reader):
    def begins(self):
        return self.ahead(r"\begin{pmatrix}") or super().begins()

    def base(self):
        if match := self.match(MATRIX):
            return Value(np.array([self.row(row) for row in match[1].split(r"\\")]))
        return super().base()

    def row(self, text):
        entries = [entry.strip() for entry in text.split("&")]
        if not all(DECIMAL.fullmatch(entry) for entry in entries):
            raise self.error(f"{text!r} is no row of numbers")
        return [float(entry) for entry in entries]


def sides(line):
    """Return both sides of `LEFT = RIGHT`, computed."""
    left, equals, right = line.partition(" = ")
    if not equals:
        raise ReadError(f"{line!r} is no equation")
    return [_NumberReader(side, [], {}, {}).whole() for side in (left, right)]


def slack(line):
    """Return how far the sides may differ because the numbers in them were rounded.

    Every number with four decimals may be off by half of the last one, and in the equations of a
    cell no such error grows by more than the size of what multiplies it, which is below two.
    """
    rounded = re.findall(r"\d+\.\d{4}(?!\d)", line)
    return 0.5e-4 * (1 + 2 * len(rounded))
