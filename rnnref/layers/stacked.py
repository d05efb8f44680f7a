"""Recurrent layers on top of each other, each in one direction or in both."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import gru, lstm, rnn
from ..checks.dims import Known, check, kind_of, name_of
from ..checks.sizes import Size
from ..errors import ArgumentError, DTypeError, say
from ..hints import Array, Lengths
from ..sequence.incoming import check_run, incoming
from ..sequence.run import Grads, check_flag

CELLS = {rnn.Params: rnn, lstm.Params: lstm, gru.Params: gru}


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
        As the cell's `forward`.

    Examples
    --------
    >>> layers = [rnn.init(np.random.default_rng(0), D, 4) for D in (3, 3, 8, 8)]
    >>> stack(np.zeros((2, 5, 3)), layers, bidirectional=True).y.shape
    (2, 5, 8)
    """
    check_flag("layers.stack", "bidirectional", bidirectional)
    directions = (False, True) if bidirectional else (options.pop("reverse", False),)
    if options.pop("reverse", False):
        expected = say("False with bidirectional=True", "False（bidirectional=True 时）")
        raise ArgumentError("layers.stack", "reverse", expected, "True")
    cell = _check_layers(layers, len(directions))
    starts = _one_each("layers.stack", "state", state, layers)
    _check_sizes(x, layers, starts, len(directions))
    runs, K = [], len(directions)
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
    dy: Array | None = None,
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
    check_run("layers.stack_backward", run, StackRun)
    dy = incoming("layers.stack_backward", "dy", dy, run.y)
    dstates = _one_each("layers.stack_backward", "dstate", dstate, run.runs)
    for n, (given, one) in enumerate(zip(dstates, run.runs, strict=True)):
        _check_gradient(f"dstate[{n}]", given, one.state)
    K: int = 1 + run.bidirectional
    grads: list[Any] = []
    for n in reversed(range(0, len(run.runs), K)):
        parts = np.split(dy, [run.runs[n].y.shape[-1]], axis=-1)[:K]
        found = [
            CELLS[type(one.tape.p)].backward(one, dy=part, dstate=end, truncate=truncate)
            for one, part, end in zip(run.runs[n:], parts, dstates[n:], strict=False)
        ]
        dy, grads = sum(one.x for one in found), found + grads
    return StackGrads(dy, *(tuple(getattr(g, name) for g in grads) for name in Grads._fields[1:]))


def _check_layers(layers: Sequence[Any], K: int) -> Any:
    """Check kind and number of the records; return the module of their cell."""
    function, many = "layers.stack", isinstance(layers, (list, tuple))
    count = len(layers) if many else 0
    kind = type(layers[0]) if count and type(layers) not in CELLS else None
    if kind not in CELLS:
        kinds = ", ".join(map(name_of, CELLS))
        expected = say(f"a sequence of one of {kinds}", f"{kinds} 之一的序列")
        raise DTypeError(
            function, "layers", expected, kind_of(layers) if count or not many else "()"
        )
    if count % K:
        expected = say(
            "pairs of records with bidirectional=True", "bidirectional=True 时成对的记录"
        )
        raise ArgumentError(function, "layers", expected, say(f"{count} of them", f"{count} 个"))
    return CELLS[kind]


def _check_sizes(x: Array, layers: Sequence[Any], states: list[Any], K: int) -> None:
    """Check every record against what it reads, and every state against its record."""
    known = Known("layers.stack")
    check("x", x, "B T D", known)
    kind, batch = type(layers[0]), known.sizes["B"]
    forward: Any = CELLS[kind].forward
    for n, (p, state) in enumerate(zip(layers, states, strict=True)):
        check(f"layers[{n}]", p, kind, known)
        if state is not None:
            check(f"state[{n}]", state, forward.shapes["state"], known)
        if n % K == K - 1:
            below = range(n + 1 - K, n + 1)
            width = sum(layers[k].U.shape[1] for k in below)
            source = say(" and ", " 和 ").join(f"layers[{k}]" for k in below)
            known = Known("layers.stack")
            known.sizes |= {"B": batch, "D": Size(width, source)}


def _check_gradient(argument: str, given: Any, output: Any) -> None:
    """Check a gradient that reaches a final state; None means zero."""
    if isinstance(output, lstm.State) and isinstance(given, lstm.State):
        for name, part, whole in zip(output._fields, given, output, strict=True):
            _check_gradient(f"{argument}.{name}", part, whole)
    elif given is not None and not isinstance(output, lstm.State):
        incoming("layers.stack_backward", argument, given, output)


def _one_each(function: str, argument: str, states: Any, records: Sequence[Any]) -> list[Any]:
    """Return one state for each record; None becomes as many."""
    if states is None:
        return [None] * len(records)
    many = isinstance(states, (list, tuple)) and not hasattr(states, "SHAPES")
    if not many or len(states) != len(records):
        count = len(records)
        expected = say(f"a sequence of {count} states", f"{count} 个状态的序列")
        actual = say(f"{len(states)} of them", f"{len(states)} 个") if many else kind_of(states)
        raise ArgumentError(function, argument, expected, actual)
    return list(states)
