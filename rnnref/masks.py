"""Which query may look at which key: boolean arrays in which True means "may attend"."""

import functools
import operator
from typing import Any

import numpy as np

from .checks.dims import Known, check, kind_of
from .checks.scalars import check_count
from .checks.sizes import Size, spell
from .errors import ArgumentError, DTypeError, ShapeError, check_option, say
from .hints import Array, Lengths

__all__ = ["causal_mask", "length_mask"]

ALIGNMENTS = ("top_left", "bottom_right")


def length_mask(lengths: Lengths, S: int) -> Array:
    """Let every query attend to the first keys of its own sequence, up to a length.

    Parameters
    ----------
    lengths : integers (B,)
        Keys of each sequence, 0 to S.
    S : int
        Keys of the batch, padding included.

    Returns
    -------
    boolean (B, 1, S)
        True = may attend. The axis of one is that of the queries: the mask fits scores (B, T, S).

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
        For lengths that are no row of integers from 0 to S.

    Examples
    --------
    >>> length_mask([2, 0], 3).astype(int).tolist()
    [[[1, 1, 0]], [[0, 0, 0]]]
    """
    check_count("masks.length_mask", "S", S, 0)
    lengths = check_lengths("masks.length_mask", "lengths", lengths, None, ("S", S))
    return (np.arange(S) < lengths[:, None])[:, None]


def causal_mask(T: int, S: int, *, align: str = "top_left") -> Array:
    """Let every query attend to the keys up to its own place, never to later ones.

    Parameters
    ----------
    T, S : int
        Numbers of queries and of keys.
    align : "top_left" or "bottom_right"
        Which query and key stand at the same place where T and S differ: the first ones
        (PyTorch), or the last ones (queries that continue a longer sequence; where T is larger,
        the first T-S queries see nothing).

    Returns
    -------
    boolean (T, S)
        True = may attend.

    Raises
    ------
    ArgumentError
        For a T or S that is no integer of at least 0.
    OptionError
        For an unknown `align`.

    Examples
    --------
    >>> causal_mask(2, 3).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0]]
    >>> causal_mask(2, 3, align="bottom_right").astype(int).tolist()
    [[1, 1, 0], [1, 1, 1]]
    """
    check_count("masks.causal_mask", "T", T, 0)
    check_count("masks.causal_mask", "S", S, 0)
    check_option("masks.causal_mask", "align", align, ALIGNMENTS)
    return np.arange(S) <= last_keys(np.arange(T), T, S, align)[:, None]


def last_keys(queries: Any, T: int, S: int, align: str) -> Any:
    """Return the place of the last key that each query sees; -1 and less is none.

    Parameters
    ----------
    queries : int or integers
        Places of queries.
    T, S : int
    align : "top_left" or "bottom_right"
    """
    return queries + (S - T if align == "bottom_right" else 0)


def visible(
    function: str,
    shape: tuple[int, ...],
    *,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
) -> Array | None:
    """Check all that hides keys and join it: a query may attend only where all of it allows.

    Parameters
    ----------
    function : str
        Who asks, for messages.
    shape : tuple of int
        (B, T, S), or (B, M, T, S) with heads.
    mask : boolean, optional
        Anything that NumPy spreads to (B, T, S), for all heads; with four axes one for each head.
    bias : array, optional
        Spread like the mask; a key with -inf is hidden.
    causal : "top_left" or "bottom_right", optional
    key_lengths : integers (B,), optional

    Returns
    -------
    boolean of `shape`, or None if nothing is hidden

    Raises
    ------
    ShapeError, DTypeError, ArgumentError, OptionError
    """
    check_hiding(function, shape, mask=mask, bias=bias, causal=causal, key_lengths=key_lengths)
    T, S = shape[-2:]
    found = [] if mask is None else [beside_heads(mask, shape)]
    if bias is not None:
        hidden = beside_heads(np.real(bias) == -np.inf, shape)
        found += [~hidden] if np.any(hidden) else []
    if causal is not None:
        found.append(causal_mask(T, S, align=causal))
    if key_lengths is not None:
        found.append(beside_heads(length_mask(key_lengths, S), shape))
    return np.ones(shape, bool) & functools.reduce(operator.and_, found) if found else None


def check_hiding(
    function: str,
    shape: tuple[int, ...],
    *,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
) -> None:
    """Refuse what does not fit the scores; arguments and errors are those of `visible`."""
    if mask is not None:
        check_mask(function, "mask", mask, *spread_over(mask, shape))
    if bias is not None:
        axes = "..." if isinstance(bias, np.ndarray) else "B T S"  # a single number is no bias
        check("bias", bias, axes, Known(function))
        check_spread(function, "bias", bias, *spread_over(bias, shape))
    if causal is not None:
        check_option(function, "causal", causal, ALIGNMENTS)
    if key_lengths is not None:
        check_lengths(function, "key_lengths", key_lengths, shape[0], ("S", shape[-1]))


def beside_heads(array: Array, shape: tuple[int, ...]) -> Array:
    """Give an array (B, T, S) the axis of heads, if the scores have one and it has none."""
    return array[:, None] if len(shape) == 4 and np.ndim(array) == 3 else array


def spread_over(array: Any, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Return letters and sizes of what an array has to spread to."""
    if len(shape) == 3:
        return "B T S", shape
    return ("B M T S", shape) if np.ndim(array) == 4 else ("B T S", (shape[0], *shape[2:]))


def check_mask(
    function: str, argument: str, mask: object, axes: str, shape: tuple[int, ...]
) -> None:
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


def check_spread(
    function: str, argument: str, array: Any, axes: str, shape: tuple[int, ...]
) -> None:
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
    known = isinstance(lengths, (np.ndarray, list, tuple))
    found = np.array(lengths) if known else np.array(0.5)
    if found.size == 0 and known:
        found = found.astype(int)  # an empty list has no numbers that could be of a wrong kind
    if found.dtype.kind not in "iu":
        cure = f"np.array({argument}, dtype=int)"
        detail = (
            say(f"{cure} converts them", f"可用 {cure} 转换") if found.dtype.kind == "f" else ""
        )
        expected = say("integers", "整数")
        raise DTypeError(function, argument, expected, kind_of(lengths), detail if known else "")
    if found.ndim != 1 or (batch is not None and len(found) != batch):
        sizes = {} if batch is None else {"B": Size(batch, "")}
        raise ShapeError(function, argument, spell(["B"], sizes), str(found.shape))
    letter, number = most
    bad = np.flatnonzero((found < 0) | (found > number))
    if len(bad):
        expected = say(f"between 0 and {letter}={number}", f"0 到 {letter}={number} 之间的整数")
        place = f"{found[bad[0]]}", f"[{bad[0]}]"
        actual = say(f"{place[0]} at {place[1]}", f"{place[1]} 处的 {place[0]}")
        raise ArgumentError(function, argument, expected, actual)
    return found.astype(int)
