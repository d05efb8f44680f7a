"""What a backward pass is given: the record of its forward pass, and gradients from above."""

import numbers
from typing import Any

import numpy as np

from ..checks import dims
from ..checks.scalars import as_float, written
from ..checks.tokens import check_partner
from ..errors import ArgumentError, DTypeError, say
from ..hints import Array


def check_run(function: str, run: object, kind: type, forward: str | None = None) -> None:
    """Refuse anything but the record that the forward function returned.

    Parameters
    ----------
    function : str
        The backward function, such as losses.mse_backward or lstm.backward.
    run : the argument
    kind : type
        The record.
    forward : str, optional
        The forward function where its name does not follow from that of the backward one.

    Raises
    ------
    DTypeError
    """
    if not isinstance(run, kind):
        default = function.removesuffix("_backward").replace(".backward", ".forward")
        forward = default if forward is None else forward
        expected = say(f"what {forward} returns", f"{forward} 的返回值")
        raise DTypeError(function, "run", expected, dims.kind_of(run))


def incoming_state(function: str, given: Any, output: Any) -> list[Array]:
    """Return the gradients that reach a final state of several parts.

    Parameters
    ----------
    function : str
    given : State or None
        None means zero, for one part too.
    output : State
        What the forward function returned.

    Returns
    -------
    list of arrays
        In the shapes of the parts.

    Raises
    ------
    ShapeError, DTypeError
    """
    kind = type(output)
    if given is None:
        given = kind(*[None] * len(kind._fields))
    if not isinstance(given, kind):
        expected = say("a record ", "记录 ") + dims.call_of(kind)
        raise DTypeError(function, "dstate", expected, dims.kind_of(given))
    parts = zip(kind._fields, given, output, strict=True)
    return [incoming(function, f"dstate.{name}", part, whole) for name, part, whole in parts]


def incoming(function: str, argument: str, given: Any, output: Array) -> Array:
    """Return the gradient that reaches an output.

    Parameters
    ----------
    function, argument : str
    given : array, number or None
        None means zero; a number counts for every number of the output.
    output : array
        What the forward function returned.

    Returns
    -------
    array
        In the shape of the output; a number leaves its dtype as it is.

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
    """
    if given is None:
        return np.zeros_like(output)
    if getattr(given, "is_node", False):
        return given
    if isinstance(given, numbers.Complex) and not isinstance(given, bool):
        number = _plain(function, argument, given)
        return np.full_like(output, number, np.result_type(output, number))
    dims.check(argument, given, "...", dims.Known(function))
    check_partner(function, argument, given, np.shape(output), say("the output", "输出"))
    return given


def _plain(function: str, argument: str, value: Any) -> complex:
    """Take a number for one of Python's: one of NumPy would make doubles of floats."""
    number = as_float(value) if isinstance(value, numbers.Real) else complex(value)
    if number is None:
        expected = say("a number that a float can hold", "浮点数放得下的数")
        raise ArgumentError(function, argument, expected, written(value))
    return number
