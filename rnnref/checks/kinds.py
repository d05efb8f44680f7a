"""What a value is: its kind in words, and whether it is an array of numbers to compute with."""

from typing import Any

import numpy as np

from ..errors import DTypeError, say

NUMBERS = (np.float64, np.float32, np.complex128)


def name_of(thing: Any) -> str:
    """Return the name of a function or record type as code has it: lstm.State."""
    top, *inside = (thing.__module__ or "__main__").split(".")  # typed by hand: no module
    home = inside[0] if inside else top  # the parts of a package are public in the package
    return f"{home}.{thing.__name__}"


def kind_of(value: object) -> str:
    """Say in words what a value is."""
    if isinstance(value, np.ma.MaskedArray):
        return say("a masked array", "掩码数组")
    if isinstance(value, np.ndarray) and not isinstance(value, np.matrix):
        return say(f"an array of {value.dtype.name}", f"{value.dtype.name} 数组")
    if hasattr(value, "SHAPES"):
        return name_of(type(value))
    return "None" if value is None else type(value).__name__


def check_numbers(argument: str, value: Any, axes: str, function: str) -> None:
    """Refuse what is no array of numbers that the package computes with.

    Parameters
    ----------
    argument : str
    value : the argument
    axes : str
        Its declared axes; of "..." a single number is taken too.
    function : str

    Raises
    ------
    DTypeError
    """
    if axes == "..." and type(value) in (float, complex, *NUMBERS):
        return  # an elementwise function takes a single number too
    odd = isinstance(value, (np.ma.MaskedArray, np.matrix)) or not isinstance(value, np.ndarray)
    if odd or value.dtype.type not in NUMBERS:
        expected = say(
            "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"
        )
        raise DTypeError(function, argument, expected, kind_of(value), _cure(argument, value))


def _cure(argument: str, value: object) -> str:
    """Say how to make an array of the right kind, where that is clear."""
    if isinstance(value, np.ma.MaskedArray):
        call = f"{argument}.filled(value)"
        return say(f"its mask would be ignored; use {call}", f"掩码会被忽略，请用 {call}")
    if isinstance(value, np.matrix):
        call = f"np.asarray({argument})"
    elif isinstance(value, list):
        call = f"np.array({argument}, dtype=float)"
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        call = f"{argument}.astype({'complex' if value.dtype.kind == 'c' else 'float'})"
    else:
        return ""
    return say(f"{call} converts it", f"可用 {call} 转换")
