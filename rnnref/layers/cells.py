"""The cells of which layers are made, and what must fit together in a stack of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from .. import gru, lstm, rnn
from ..checks.cells import check_options
from ..checks.dims import Known, check, kind_of, name_of
from ..checks.sizes import Size
from ..errors import ArgumentError, DTypeError, say
from ..gru.records import check_reset
from ..hints import Array

CELLS = {rnn.Params: rnn, lstm.Params: lstm, gru.Params: gru}
OPTIONS = {rnn: ("nonlinearity",), lstm: ("coupled",), gru: ("reset", "update")}  # of `forward`


def check_forms(function: str, records: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Refuse options that a cell does not have, and weights that are of another form.

    Parameters
    ----------
    function : str
        As called, for messages.
    records : dict of str to Params
        Of one cell, by the names that messages give them.
    options : dict
        Of the cell's `forward`.

    Raises
    ------
    OptionError, ArgumentError
    """
    cell = CELLS[type(next(iter(records.values())))]
    check_options(function, options, OPTIONS[cell])
    if cell is gru:
        for name, p in records.items():
            check_reset(function, name, p, options.get("reset", "before"))


def check_layers(layers: Sequence[Any], K: int) -> Any:
    """Check kind and number of the records; return the module of their cell."""
    function, many = "layers.stack", isinstance(layers, (list, tuple))
    count = len(layers) if many else 0
    kind = type(layers[0]) if count else None
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


def check_sizes(x: Array, layers: Sequence[Any], states: list[Any], K: int) -> None:
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
            width = K * p.U.shape[1]  # both directions have the same units
            source = say(" and ", " 和 ").join(f"layers[{k}]" for k in below)
            known = Known("layers.stack")
            known.sizes |= {"B": batch, "D": Size(width, source)}


def one_each(function: str, argument: str, states: Any, records: Sequence[Any]) -> Any:
    """Return one state for each record; None becomes as many."""
    if states is None:
        return [None] * len(records)
    many = isinstance(states, (list, tuple)) and not hasattr(states, "SHAPES")
    if not many or len(states) != len(records):
        count = len(records)
        expected = say(f"a sequence of {count} states", f"{count} 个状态的序列")
        actual = say(f"{len(states)} of them", f"{len(states)} 个") if many else kind_of(states)
        raise ArgumentError(function, argument, expected, actual)
    return states
