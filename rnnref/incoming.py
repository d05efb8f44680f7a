"""What a backward pass is given: the record of its forward pass, and gradients from above."""

import numbers

import numpy as np

from . import dims
from .errors import DTypeError, say
from .tokens import check_partner


def check_run(function, run, kind):
    """Refuse anything but the record that the forward function returned.

    Parameters
    ----------
    function : str
        The backward function; the forward one has its name without "_backward".
    run : the argument
    kind : type
        The record.

    Raises
    ------
    DTypeError
    """
    if not isinstance(run, kind):
        forward = function.removesuffix("_backward")
        expected = say(f"what {forward} returns", f"{forward} 的返回值")
        raise DTypeError(function, "run", expected, dims.kind_of(run))


def incoming(function, argument, given, output):
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
        In the shape of the output.

    Raises
    ------
    ShapeError, DTypeError
    """
    if given is None:
        return np.zeros_like(output)
    if isinstance(given, numbers.Number) and not isinstance(given, bool):
        return np.full(np.shape(output), given, np.result_type(output, given))
    dims.check(argument, given, "...", dims.Known(function))
    check_partner(function, argument, given, np.shape(output), say("the output", "输出"))
    return given
