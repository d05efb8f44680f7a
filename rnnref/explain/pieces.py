"""Printed LaTeX in pieces: how tightly each holds together, and which index letters it shows."""

from typing import NamedTuple

from .axes import TraceError

SUM, PROD, SCALED, JUXT, ATOM = range(5)  # how tightly a printed piece holds together
SPARE_LETTERS = "jklmn"


class Piece(NamedTuple):
    """Printed LaTeX; `open` says that what follows on the right could be read as part of it."""

    text: str
    level: int
    open: bool = False


class Letters(NamedTuple):
    """How index letters are shown at one place of an equation, and which are taken there."""

    shown: dict
    taken: frozenset

    def bind(self, letter):
        """Return the letter under which a sum over an index runs, and the letters inside it."""
        free = [c for c in (letter, *SPARE_LETTERS) if c not in self.taken]
        if not free:
            raise TraceError("more nested sums than there are letters; split the expression")
        return free[0], Letters(self.shown | {letter: free[0]}, self.taken | {free[0]})


def group(text):
    """Put LaTeX into parentheses that grow with it."""
    return rf"\left({text}\right)"


def unwritten(what):
    """Return the error for what has no textbook writing."""
    return TraceError(f"no textbook writing for {what}; give a part of it a name of its own")
