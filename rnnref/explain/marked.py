"""Print an equation and remember which recorded value each of its symbols stands for.

A `Line` is LaTeX in which a private character stands for every symbol. Filled in with the symbols
it is the printed equation; filled in with MathML that carries the name of the value, it is the
equation on a page. So the name of a symbol comes from the trace, not from the look of the symbol.
"""

import re
from typing import NamedTuple

from .equations import Printer

FIRST = 0xE200  # private characters: no LaTeX has them, and the converter lets them through
MARK = re.compile("[\ue200-\ue8ff]")


class Said(NamedTuple):
    """One symbol of a line: the name of the recorded value, "" if it has none, and its LaTeX."""

    name: str
    latex: str


class Line(NamedTuple):
    """One printed equation.

    Attributes
    ----------
    pattern : str
        Its LaTeX with a mark for every symbol.
    said : dict of str to Said
        Mark -> what stands there.
    """

    pattern: str
    said: dict

    @property
    def latex(self):
        """Return the equation as it is read."""
        return MARK.sub(lambda match: self.said[match[0]].latex, self.pattern)

    @property
    def names(self):
        """Return the names of its values, each once, in the order of reading."""
        return list(dict.fromkeys(self.said[mark].name for mark in MARK.findall(self.pattern)))


class Marked(Printer):
    """Prints as Printer does, and keeps what every symbol stands for."""

    def line(self, node):
        """Return the equation of a named result as a Line.

        Raises
        ------
        TraceError
            For an expression that has no textbook writing.
        """
        self.spoken = []
        text = self.equation(node)
        said = {chr(FIRST + place): one for place, one in enumerate(self.spoken)}
        for mark, one in said.items():
            text = text.replace(one.latex + mark, mark)
        return Line(text, said)

    def _symbol(self, node, letters):
        return self.speak(node.name, super()._symbol(node, letters))

    def speak(self, name, latex):
        """Return LaTeX with a mark behind it, so that the rules for what stands beside it hold."""
        self.spoken.append(Said(name, latex))
        return latex + chr(FIRST + len(self.spoken) - 1)
