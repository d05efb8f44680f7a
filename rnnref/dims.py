"""Shapes by letter: what a function declares, checked before any arithmetic.

A declaration is a string of axes such as "4*H D": four blocks of H rows, D columns. The first
array that has a letter fixes it, and every later one must agree.
"""

import functools
import inspect

import numpy as np

from .errors import DTypeError, ShapeError, say

DTYPES = (np.float32, np.float64, np.complex128)


class Known:
    """The sizes fixed so far in one call, each with the array that fixed it."""

    def __init__(self, function):
        self.function = function
        self.sizes = {}  # letter -> (size, "W (8, 3)")


def shapes(**declared):
    """Declare the axes of a function's arguments and check them at every call.

    Parameters
    ----------
    **declared : str or record type
        Axes of an array, or a record type whose `SHAPES` declares its fields. An argument that
        is None is passed over: the function decides what its absence means.

    Returns
    -------
    decorator
        The undecorated function stays reachable as `__wrapped__`.
    """

    def decorate(function):
        signature = inspect.signature(function)
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

        @functools.wraps(function)
        def checked(*args, **kwargs):
            known = Known(name)
            given = signature.bind(*args, **kwargs).arguments
            for argument, axes in declared.items():
                if given.get(argument) is not None:
                    check(argument, given[argument], axes, known)
            return function(*args, **kwargs)

        checked.shapes = declared
        return checked

    return decorate


def check(argument, value, axes, known):
    """Check one argument, an array or a record of arrays, against its declared axes.

    Raises
    ------
    ShapeError
        Naming the argument, the shape by letter and number, and what fixed the numbers.
    DTypeError
        If it is no array of float32, float64 or complex128 numbers.
    """
    if isinstance(axes, str):
        _check_array(argument, value, axes, known)
    elif not all(hasattr(value, field) for field in axes._fields):
        expected = say(f"a {_record(axes)} record", f" {_record(axes)} 记录")
        raise DTypeError(known.function, argument, expected, _kind(value))
    else:
        for field, field_axes in axes.SHAPES.items():
            if (array := getattr(value, field)) is not None:
                check(f"{argument}.{field}", array, field_axes, known)


def _check_array(argument, array, axes, known):
    if getattr(array, "is_node", False):  # a traced value: `rnnref.explain` vouches for it
        return
    if not isinstance(array, np.ndarray) or array.dtype not in DTYPES:
        expected = say("an array of float64 or float32", " float64 或 float32 数组")
        raise DTypeError(known.function, argument, expected, _kind(array))
    wanted = axes.split()
    if array.ndim == len(wanted):
        for axis, size in zip(wanted, array.shape, strict=True):
            if not _fits(axis, size, known, f"{argument} {array.shape}"):
                break
        else:
            return
    raise ShapeError(
        known.function, argument, _spell(wanted, known), str(array.shape), _why(wanted, known)
    )


def _fits(axis, size, known, source):
    """Say whether a size fits its axis, and note it where the axis was free."""
    factor, letter = _split(axis)
    if letter in known.sizes:
        return size == factor * known.sizes[letter][0]
    if size % factor or (letter == "H" and size == 0):
        return False
    known.sizes[letter] = (size // factor, source)
    return True


def _split(axis):
    factor, _, letter = axis.rpartition("*")
    return int(factor or 1), letter


def _spell(wanted, known):
    """Write the expected shape with names and, where they are fixed, numbers: (4*H=12, H=3)."""
    parts = []
    for axis in wanted:
        factor, letter = _split(axis)
        fixed = known.sizes.get(letter)
        parts.append(f"{axis}={factor * fixed[0]}" if fixed else axis)
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def _why(wanted, known):
    """Say which argument fixed each number of the expected shape."""
    reasons = []
    for letter in dict.fromkeys(_split(axis)[1] for axis in wanted):
        if letter in known.sizes:
            size, source = known.sizes[letter]
            reasons.append(
                say(f"{letter}={size} comes from {source}", f"{letter}={size} 来自 {source}")
            )
    return say("; ", "；").join(reasons)


def _kind(value):
    return f"{value.dtype} array" if isinstance(value, np.ndarray) else type(value).__name__


def _record(axes):
    return f"{axes.__module__.rpartition('.')[2]}.{axes.__name__}"
