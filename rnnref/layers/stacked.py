"""Recurrent layers on top of each other, each in one direction or in both."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import lstm
from ..checks.dims import call_of, kind_of
from ..checks.scalars import check_flag
from ..errors import ArgumentError, DTypeError, say
from ..hints import Array, Gradient, Lengths
from ..sequence.incoming import incoming
from ..sequence.run import Grads, check_backward, live_steps
from ..shown import shown
from .cells import CELLS, check_forms, check_layers, check_sizes, one_each


@shown
class StackRun(NamedTuple):
    """What a stack of layers did; the arrays are read-only.

    Attributes
    ----------
    y : (B, T, H), or (B, T, 2*H) with two directions
        The outputs of the last layer, those of the forward direction first.
    state : tuple
        The final state of each record, as its cell returns it.
    runs : tuple of Run
        What each record's cell did.
    bidirectional : bool
    """

    y: Array
    state: tuple
    runs: tuple
    bidirectional: bool


@shown
class StackGrads(NamedTuple):
    """The derivatives of a loss by everything that went into a stack.

    Attributes
    ----------
    x : (B, T, D)
    state, params, flow : tuple
        Of each record, as its cell's `backward` returns it.
    """

    x: Array
    state: tuple
    params: tuple
    flow: tuple


def stack(
    x: Array,
    layers: Sequence[Any],
    *,
    bidirectional: bool = False,
    state: Sequence[Any] | None = None,
    lengths: Lengths | None = None,
    reverse: bool = False,
    **options: Any,
) -> StackRun:
    """Run several recurrent layers, each of which reads the outputs of the one below.

    Parameters
    ----------
    x : (B, T, D)
    layers : sequence of Params of one cell
        From the bottom up; with two directions in pairs, the forward one first.
    bidirectional : bool
        Whether every layer reads in both directions and joins the outputs.
    state : sequence of states, optional
        One for each record, or None in its place; None means zeros.
    lengths : integers (B,), optional
        How many steps each sequence has; None means T.
    reverse : bool
        Whether all layers read from the last step of each sequence to the first.
    **options : str or bool
        Those of the cell's `forward`, such as `reset`, for all layers.

    Returns
    -------
    StackRun

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For half a pair, another number of states, or `reverse` with two directions.
    OptionError
        As the cell's `forward`, and for an option that the cell does not have.

    Examples
    --------
    >>> layers = [lstm.init(np.random.default_rng(0), D, 4) for D in (3, 3, 8, 8)]
    >>> stack(np.zeros((2, 5, 3)), layers, bidirectional=True).y.shape
    (2, 5, 8)
    """
    name, (directions, K) = "layers.stack", _directions(bidirectional, reverse)
    cell = check_layers(layers, K)
    starts = one_each(name, "state", state, layers)
    check_sizes(x, layers, starts, K)
    live_steps(name, x, lengths, reverse)  # every cell does it again, under its own name
    check_forms(name, {f"layers[{n}]": p for n, p in enumerate(layers)}, options)
    runs = []
    for n in range(0, len(layers), K):
        for k, reverse in enumerate(directions):
            given = {"state": starts[n + k], "lengths": lengths, "reverse": reverse}
            runs.append(cell.forward(x, layers[n + k], **given, **options))
        x = runs[n].y if K == 1 else np.concatenate([runs[n].y, runs[n + 1].y], axis=-1)
    x.flags.writeable = False
    return StackRun(x, tuple(run.state for run in runs), tuple(runs), bool(bidirectional))


def stack_backward(
    run: StackRun,
    *,
    dy: Gradient = None,
    dstate: Sequence[Any] | None = None,
    truncate: int | None = None,
) -> StackGrads:
    """Take the derivatives of a loss through a stack of layers.

    Parameters
    ----------
    run : StackRun
        What `stack` returned.
    dy : (B, T, H) or (B, T, 2*H), optional
        The derivative by y; None means zero.
    dstate : sequence, optional
        The derivatives by the final states, one for each record, or None in its place.
    truncate : int, optional
        As for the cell's `backward`, in every layer.

    Returns
    -------
    StackGrads

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit the run, or another record.
    ArgumentError
        For another number of states, or a `truncate` that is no integer of at least 1.
    """
    check_backward("layers.stack_backward", run, StackRun, truncate)
    reached = incoming("layers.stack_backward", "dy", dy, run.y)
    dstates = one_each("layers.stack_backward", "dstate", dstate, run.runs)
    for n, (given, one) in enumerate(zip(dstates, run.runs, strict=True)):
        _check_gradient(f"dstate[{n}]", given, one.state)
    K: int = 1 + run.bidirectional
    grads: list[Any] = []
    for n in reversed(range(0, len(run.runs), K)):
        parts = np.split(reached, [run.runs[n].y.shape[-1]], axis=-1)[:K]
        found = [
            CELLS[type(one.tape.p)].backward(one, dy=part, dstate=end, truncate=truncate)
            for one, part, end in zip(run.runs[n:], parts, dstates[n:], strict=False)
        ]
        reached, grads = sum(one.x for one in found), found + grads
    back = (tuple(getattr(g, name) for g in grads) for name in Grads._fields[1:])
    return StackGrads(reached, *back)


def _directions(bidirectional: bool, reverse: bool) -> tuple[tuple[bool, ...], int]:
    """Return what `reverse` is in each record of a layer, and how many records that are."""
    check_flag("layers.stack", "bidirectional", bidirectional)
    check_flag("layers.stack", "reverse", reverse)
    if bidirectional and reverse:
        expected = say("False with bidirectional=True", "False（bidirectional=True 时）")
        raise ArgumentError("layers.stack", "reverse", expected, str(reverse))
    directions = (False, True) if bidirectional else (reverse,)
    return directions, len(directions)


def _check_gradient(argument: str, given: Any, output: Any) -> None:
    """Check a gradient that reaches a final state; None means zero."""
    function = "layers.stack_backward"
    if given is not None and not isinstance(output, lstm.State):
        incoming(function, argument, given, output)
    elif isinstance(given, lstm.State):
        for name, part, whole in zip(output._fields, given, output, strict=True):
            _check_gradient(f"{argument}.{name}", part, whole)
    elif given is not None:
        expected = say("a record ", "记录 ") + call_of(lstm.State)
        raise DTypeError(function, argument, expected, kind_of(given))
