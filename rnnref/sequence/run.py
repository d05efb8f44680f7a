"""What a cell returns for a whole sequence, and for the way back."""

from typing import Any, NamedTuple

import numpy as np

from ..checks.hiding import check_lengths
from ..checks.scalars import check_count, check_flag
from ..hints import Array, Lengths
from ..shown import shown
from .incoming import check_run
from .tape import Tape


@shown
class Run(NamedTuple):
    """What a cell did over a sequence. The arrays are read-only.

    Attributes
    ----------
    y : (B, T, H)
        The hidden state at every step; 0 past the end of a sequence.
    state : (B, H), or an `lstm.State` of such arrays
        The state after the last live step; where there is none, that before the first.
    steps : step record
        Every named value of the cell, (B, T, H) each; 0 past the end.
    tape : Tape
        What `backward` needs besides.
    """

    y: Array
    state: Any
    steps: Any
    tape: Tape


@shown
class Grads(NamedTuple):
    """The derivatives of a loss by everything that went into a run.

    Attributes
    ----------
    x : (B, T, D)
    state : (B, H), or an `lstm.State` of such arrays
        By the state before the first step.
    params : Params
        Summed over the batch and all steps.
    flow : (B, T, H), or an `lstm.State` of such arrays
        The total derivative by the state at every step, through the outputs of that step and
        through all that comes later; 0 past the end.
    """

    x: Array
    state: Any
    params: Any
    flow: Any


def live_steps(function: str, x: Array, lengths: Lengths | None, reverse: bool) -> Array | None:
    """Check lengths and direction.

    Parameters
    ----------
    function : str
        As called, for messages.
    x : (B, T, D)
    lengths : integers (B,), or None
    reverse : bool

    Returns
    -------
    boolean (B, T), or None
        Which steps are no padding; None means all.

    Raises
    ------
    ShapeError, DTypeError, ArgumentError, OptionError
    """
    check_flag(function, "reverse", reverse)
    if lengths is None:
        return None
    B, T, _ = x.shape
    return np.arange(T) < check_lengths(function, "lengths", lengths, B, ("T", T))[:, None]


def check_backward(function: str, run: object, kind: type, truncate: object) -> None:
    """Check a run and the length of a truncated one's pieces.

    Parameters
    ----------
    function : str
        As called, for messages.
    run : the argument
    kind : type
        The record that the cell's `forward` returns.
    truncate : the argument

    Raises
    ------
    DTypeError, ArgumentError
    """
    check_run(function, run, kind)
    if truncate is not None:
        check_count(function, "truncate", truncate, 1)
