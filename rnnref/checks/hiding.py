"""Checks of what hides: masks, arrays that are spread over scores, lengths of sequences."""

from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError, say
from ..hints import Array, Shape
from .dims import kind_of
from .scalars import is_whole, written
from .sizes import Size, spell


def check_mask(function: str, argument: str, mask: object, axes: str, shape: Shape) -> None:
    """Refuse anything but a boolean array that spreads to a shape without enlarging it.

    Numbers are not taken: some programs read 1 as "may attend", some as "hidden", and others add
    them to the scores.

    Parameters
    ----------
    function, argument : str
    mask : the argument
    axes : str
        The letters of the shape, such as "B T S"; "" where it has none.
    shape : tuple of int

    Raises
    ------
    ShapeError, DTypeError
    """
    if type(mask) is not np.ndarray or mask.dtype != bool:
        kind = mask.dtype.kind if isinstance(mask, np.ndarray) else ""
        detail = (
            say(f"{argument} != 0 makes one", f"可用 {argument} != 0 得到")
            if kind in ("i", "u")
            else ""
        )
        if kind == "f" and axes:
            detail = say("what is added to the scores is a bias", "加到分数上的是 bias")
        meaning = say(", True = may attend", "，True 表示可以注意") if axes else ""
        expected = say("a boolean array", "布尔数组") + meaning
        raise DTypeError(function, argument, expected, kind_of(mask), detail)
    check_spread(function, argument, mask, axes, shape)


def check_spread(function: str, argument: str, array: Any, axes: str, shape: Shape) -> None:
    """Refuse an array that does not spread to a shape, or would enlarge it.

    Parameters
    ----------
    function, argument, axes, shape
        As for `check_mask`.
    array : array

    Raises
    ------
    ShapeError
    """
    given = np.shape(array)
    pairs = zip(reversed(given), reversed(shape), strict=False)
    if len(given) > len(shape) or any(number not in (1, size) for number, size in pairs):
        letters = axes.split()
        sizes = {letter: Size(size, "") for letter, size in zip(letters, shape, strict=False)}
        expected = spell(letters, sizes) if letters else str(shape)
        detail = say(
            "an axis may be 1, leading ones may be missing", "轴可以是 1，前面的轴可以省去"
        )
        raise ShapeError(function, argument, expected, str(given), detail)


def check_lengths(
    function: str, argument: str, lengths: object, batch: int | None, most: tuple[str, int]
) -> Array:
    """Refuse anything but one integer per sequence, each within its bounds.

    Parameters
    ----------
    function, argument : str
    lengths : array, list or tuple of integers
    batch : int or None
        How many sequences there are; None takes any number.
    most : str and int
        The letter and number of the largest length: ("S", 6).

    Returns
    -------
    integers (B,)

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
    """
    found = _integers(function, argument, lengths)
    if found.ndim != 1 or (batch is not None and len(found) != batch):
        sizes = {} if batch is None else {"B": Size(batch, "")}
        raise ShapeError(function, argument, spell(["B"], sizes), str(found.shape))
    letter, number = most
    bad = np.flatnonzero((found < 0) | (found > number))
    if len(bad):
        expected = say(f"between 0 and {letter}={number}", f"0 到 {letter}={number} 之间的整数")
        length, place = written(found[bad[0]]), f"[{bad[0]}]"
        actual = say(f"{length} at {place}", f"{place} 处的 {length}")
        raise ArgumentError(function, argument, expected, actual)
    return found.astype(int)


def _integers(function: str, argument: str, lengths: Any) -> Array:
    """Return lengths as an array of nothing but integers."""
    if isinstance(lengths, (list, tuple)):
        for k, length in enumerate(lengths):
            if not is_whole(length):
                raise _no_integers(function, argument, length, f"[{k}]")
        return np.array(lengths, object)  # of integers of any size: their bounds come after
    known = isinstance(lengths, np.ndarray) and not isinstance(lengths, np.ma.MaskedArray)
    if not known or (lengths.size and lengths.dtype.kind not in "iu"):
        raise _no_integers(function, argument, lengths)
    return lengths


def _no_integers(function: str, argument: str, odd: Any, place: str = "") -> DTypeError:
    actual = kind_of(odd)
    if place:
        actual = say(f"{actual} at {place}", f"{place} 处的 {actual}")
    floats = isinstance(odd, float) or (type(odd) is np.ndarray and odd.dtype.kind == "f")
    cure = f"np.array({argument}, dtype=int)"
    detail = say(f"{cure} converts them", f"可用 {cure} 转换") if floats else ""
    expected = say("one integer per sequence", "每个序列一个整数")
    return DTypeError(function, argument, expected, actual, detail)
