"""What the catalogue holds: a function with its symbols, or lines that are checked beside it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .. import samples
from ..equations import Printer
from ..trace import TraceError, trace


class Entry(NamedTuple):
    """One set of equations.

    Attributes
    ----------
    function : function
    scope : str
        Its symbols: [symbols.<scope>] in terms.toml.
    result : str
        The name of the result where the function returns no record; "" is its own name.
    only : tuple of str, optional
        What is printed: results, or variables of the function; None means all results.
    fixed : dict
        Sizes that this view fixes, as a number or as the letter of another size.
    lines : dict of str to str
        Lines written by hand in place of the recorded ones; the tests prove them.
    draw : function of rng and sizes, optional
        Returns values of the arguments where the declared shapes do not say enough.
    reading : function of the arguments, optional
        Returns the number behind every symbol of the lines, where more than one call of the
        function is needed to see them.
    """

    function: Callable
    scope: str
    result: str = ""
    only: tuple[str, ...] | None = None
    fixed: dict = {}
    lines: dict = {}
    draw: Callable | None = None
    reading: Callable | None = None

    def example(self, rng, sizes=samples.SIZES):
        """Return random values of the arguments, for tests."""
        fixed = {letter: sizes.get(size, size) for letter, size in self.fixed.items()}
        draw = self.draw or (lambda rng, sizes: samples.random(self.function, rng, sizes))
        return draw(rng, sizes | fixed)

    def values(self):
        """Return values of the arguments: those of the running example, or random ones."""
        return samples.running(self.function) or self.example(np.random.default_rng(0))

    def trace(self, values=None):
        """Return the named results as Nodes, in the order of computation.

        Raises
        ------
        TraceError
            For a function with a line that cannot be recorded, or lines that were not recorded.
        """
        if self.lines:
            raise TraceError(f"{self.function.__name__}: its lines are written by hand")
        values = self.values() if values is None else values
        result = self.result or None
        return trace(self.function, values, self.scope, result=result, only=self.only)

    def equations(self, values=None):
        """Return the equations: field -> LaTeX."""
        if self.lines:
            return dict(self.lines)
        printer, lines = Printer(self.scope, self.function), {}
        for field, node in self.trace(values).items():
            try:
                lines[field] = printer.equation(node)
            except TraceError as error:
                raise TraceError(f"{self.function.__name__}, {field}: {error}") from None
        return lines
