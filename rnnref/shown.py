"""How records print: with their public name, and arrays as what they are, not number by number."""

from typing import Any

import numpy as np

from .checks.dims import name_of

FEW = 8  # numbers of an array that are printed after all


def shown(record: Any) -> Any:
    """Let the records of a type, and of those made from it, print as `described` says."""
    record.__repr__ = described
    return record


def described(record: Any) -> str:
    """Return a record as a call with its fields, short enough to read.

    Parameters
    ----------
    record : NamedTuple

    Returns
    -------
    str
        An array as its dtype and shape, and its numbers if they are few; a record inside as such a
        call too, but by its name alone if it holds more than arrays.
    """
    fields = zip(record._fields, record, strict=True)
    return f"{name_of(type(record))}({', '.join(f'{name}={_part(v)}' for name, v in fields)})"


def _part(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return _array(value)
    if hasattr(value, "_fields"):
        return described(value) if all(map(_plain, value)) else f"{name_of(type(value))}(...)"
    if isinstance(value, tuple):
        end = ",)" if len(value) == 1 else ")"  # as Python writes a tuple
        return f"({', '.join(map(_part, value))}{end}"
    return repr(value) if _plain(value) else f"{name_of(type(value))}(...)"


def _array(value: np.ndarray) -> str:
    kind = f"{value.dtype.name} {value.shape}"
    if not 0 < value.size <= FEW:
        return kind
    numbers = np.array2string(value, precision=4, separator=", ")
    return f"{kind} {' '.join(numbers.split())}"


def _plain(value: Any) -> bool:
    """Say whether a value is an array, or prints in one word."""
    kind: Any = type(value)
    return not issubclass(kind, (tuple, list, dict)) and kind.__repr__ is not object.__repr__
