"""Checks of the settings that are no arrays: a number, a count, a dtype, a source of chance."""

import numbers
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, OptionError, say
from .dims import kind_of
from .sizes import POSITIVE

DTYPES = (np.float64, np.float32)
READABLE = 128  # bits of an integer that a message writes out


def check_number(function: str, argument: str, value: Any, interval: str) -> None:
    """Refuse what is no real number of an interval, or one that no float can hold.

    Parameters
    ----------
    function, argument : str
    value : the argument
    interval : str
        Such as "[0, 1)": a bracket includes its end, a parenthesis leaves it out.

    Raises
    ------
    ArgumentError
    """
    if getattr(value, "is_node", False):
        return  # recorded for an equation
    low, high = (float(end) for end in interval[1:-1].split(","))
    number = as_float(value) if _real(value) else None
    if number is not None:
        above = number >= low if interval[0] == "[" else number > low
        below = number <= high if interval[-1] == "]" else number < high
        if above and below:
            return
    expected = say(f"a number in {interval}", f"{interval} 内的数")
    beyond = _real(value) and number is None
    detail = say("no float can hold it", "浮点数放不下它") if beyond else ""
    raise ArgumentError(function, argument, expected, written(value), detail)


def as_float(value: Any) -> float | None:
    """Return a real number as a float, or None for a finite one beyond the largest float."""
    try:
        return float(value)
    except OverflowError:
        return None


def check_count(function: str, argument: str, value: Any, least: int) -> None:
    """Refuse what is no integer of at least a given size, or beyond the size of any array.

    Parameters
    ----------
    function, argument : str
    value : the argument
    least : int

    Raises
    ------
    ArgumentError
    """
    if not (is_whole(value) and least <= value <= sys.maxsize):
        expected = say(f"an integer of at least {least}", f"至少为 {least} 的整数")
        beyond = is_whole(value) and value > sys.maxsize
        detail = say("no array is that long", "没有这么长的数组") if beyond else ""
        raise ArgumentError(function, argument, expected, written(value), detail)


def check_integer(function: str, argument: str, value: Any) -> None:
    """Refuse what is no integer.

    Parameters
    ----------
    function, argument : str
    value : the argument

    Raises
    ------
    ArgumentError
    """
    if not is_whole(value):
        raise ArgumentError(function, argument, say("an integer", "整数"), written(value))


def check_divisor(function: str, argument: str, value: Any, letter: str, whole: int) -> None:
    """Refuse what does not cut a size into equal parts.

    Parameters
    ----------
    function, argument : str
    value : the argument
    letter : str
    whole : int
        The size with that letter.

    Raises
    ------
    ArgumentError
    """
    check_count(function, argument, value, 1)
    if whole % value:
        expected = say(f"a divisor of {letter}={whole}", f"{letter}={whole} 的约数")
        raise ArgumentError(function, argument, expected, str(value))


def check_dtype(function: str, dtype: Any) -> None:
    """Refuse a dtype in which no weights are kept.

    Parameters
    ----------
    function : str
    dtype : what the caller gave as `dtype`

    Raises
    ------
    DTypeError
    """
    try:
        known = dtype is not None and np.dtype(dtype) in DTYPES
    except TypeError:  # no dtype at all
        known = False
    if not known:
        expected = say("float64 or float32", "float64 或 float32")
        raise DTypeError(function, "dtype", expected, getattr(dtype, "__name__", str(dtype)))


def check_flag(function: str, argument: str, value: object) -> None:
    """Refuse what is no bool.

    Parameters
    ----------
    function, argument : str
    value : the argument

    Raises
    ------
    OptionError
    """
    if not isinstance(value, (bool, np.bool_)):
        raise OptionError(function, argument, (False, True), value)


def check_function(function: str, argument: str, value: object) -> None:
    """Refuse what cannot be called.

    Parameters
    ----------
    function, argument : str
    value : the argument

    Raises
    ------
    DTypeError
    """
    if not callable(value):
        raise DTypeError(function, argument, say("a function", "函数"), kind_of(value))


def check_gates(function: str, gates: object) -> None:
    """Refuse what lists no gates.

    Parameters
    ----------
    function : str
    gates : what the caller gave as `gates`

    Raises
    ------
    DTypeError
    """
    if not isinstance(gates, Sequence):
        expected = say("a tuple of names such as lstm.GATES", "lstm.GATES 之类的名字元组")
        raise DTypeError(function, "gates", expected, kind_of(gates))
    for k, gate in enumerate(gates):
        if not isinstance(gate, str):
            expected = say("a name such as 'f'", "'f' 之类的名字")
            raise DTypeError(function, f"gates[{k}]", expected, kind_of(gate))


def check_rng(function: str, rng: object) -> None:
    """Refuse any other source of random numbers than a Generator, whose state the caller owns.

    Parameters
    ----------
    function : str
    rng : what the caller gave as `rng`

    Raises
    ------
    DTypeError
    """
    if not isinstance(rng, np.random.Generator):
        cure = f"np.random.default_rng({rng if isinstance(rng, int) else 0})"
        detail = say(f"{cure} makes one", f"可用 {cure} 得到")
        expected = say("a numpy.random.Generator", "numpy.random.Generator")
        raise DTypeError(function, "rng", expected, kind_of(rng), detail)


def check_drawing(function: str, rng: object, dtype: Any, **sizes: object) -> None:
    """Refuse what no weights can be drawn from, or in, or of which size.

    Parameters
    ----------
    function : str
    rng, dtype : what the caller gave under these names
    **sizes : what the caller gave, by letter

    Raises
    ------
    DTypeError, ArgumentError
    """
    check_rng(function, rng)
    check_dtype(function, dtype)
    for letter, size in sizes.items():
        check_count(function, letter, size, int(letter in POSITIVE))


def written(value: Any) -> str:
    """Return a value as a short piece of a message: a number itself, of others their kind."""
    if isinstance(value, int) and (bits := value.bit_length()) > READABLE:
        return say(f"an integer of {bits} bits", f"{bits} 位的二进制整数")
    return str(value) if isinstance(value, (numbers.Complex, str)) else kind_of(value)


def _real(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Say whether a value is an integer, of Python or NumPy."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
