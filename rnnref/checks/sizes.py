"""Axes of a declaration such as "4*H", "H+D" or "T", and the numbers behind their letters."""

import functools
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ..errors import say

POSITIVE = ("H", "E", "P")  # a layer has units; attention divides by the root of a depth


class Size(NamedTuple):
    """The number of a letter, and what fixed it: an argument with its shape."""

    number: int
    source: str


@functools.cache
def terms(axis: str) -> tuple[tuple[int, str], ...]:
    """Split an axis into (factor, letter) pairs: "4*H" has one, "H+D" two."""
    parts = [term.rpartition("*") for term in axis.split("+")]
    return tuple((int(factor or 1), letter) for factor, _, letter in parts)


def fit(axis: str, number: int, sizes: dict[str, Size], source: str) -> bool:
    """Say whether a number fits its axis, and note the letter that was still free.

    Parameters
    ----------
    axis : str
    number : int
    sizes : dict of letter -> Size
        Grows by the letter that this axis fixes.
    source : str
        What fixes it.

    Returns
    -------
    bool
    """
    if axis in sizes:  # most axes are one letter that an earlier array fixed
        return number == sizes[axis].number
    known = [(factor, letter) for factor, letter in terms(axis) if letter in sizes]
    free = [term for term in terms(axis) if term not in known]
    rest = number - sum(factor * sizes[letter].number for factor, letter in known)
    if not free:
        return rest == 0
    [(factor, letter)] = free  # two free letters in one axis: a mistake of the declaration
    if rest % factor or rest < factor * (letter in POSITIVE):
        return False
    sizes[letter] = Size(rest // factor, source)
    return True


def spell(axes: Iterable[str], sizes: dict[str, Size]) -> str:
    """Write a shape with names and, where they are fixed, numbers: (4*H=12, H=3)."""
    parts = []
    for axis in axes:
        if all(letter in sizes for _, letter in terms(axis)):
            axis += f"={sum(factor * sizes[letter].number for factor, letter in terms(axis))}"
        parts.append(axis)
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def reasons(wrong: Sequence[tuple[str, int | None]], sizes: dict[str, Size]) -> list[str]:
    """Say what fixed the letters of the axes that are wrong, or what a free one lacks.

    Parameters
    ----------
    wrong : list of (axis, number)
        The number is None where the array has another number of axes.
    sizes : dict of letter -> Size

    Returns
    -------
    list of str
        One sentence per array that fixed something, and one per free axis.
    """
    sources: dict[str, dict[str, None]] = {}  # a dict of names: each once, in order
    lacks = []
    for axis, number in wrong:
        for factor, letter in terms(axis):
            if letter in sizes:
                names = sources.setdefault(sizes[letter].source, {})
                names[f"{letter}={sizes[letter].number}"] = None
            elif number is not None:
                lacks.append(_lack(axis, number, factor, letter))
    return [_origin(names, source) for source, names in sources.items()] + lacks


def _origin(names: Collection[str], source: str) -> str:
    verb = "comes" if len(names) == 1 else "come"
    return say(f"{', '.join(names)} {verb} from {source}", f"{'、'.join(names)} 来自 {source}")


def _lack(axis: str, number: int, factor: int, letter: str) -> str:
    if number:  # a multiple would do, but 0
        return say(f"{axis} is a multiple of {factor}", f"{axis} 是 {factor} 的倍数")
    return say(f"{letter} is at least 1", f"{letter} 至少为 1")
