"""Gates are stored stacked on rows and read by name; biases may be absent."""

from collections.abc import Mapping
from typing import Any

from .checks.dims import name_of
from .errors import say
from .hints import Array


def gate_view(record: Any, name: str, gates: Mapping[str, tuple[str, ...]]) -> Array:
    """Return the rows of one gate in a stacked parameter, as a view.

    Parameters
    ----------
    record : NamedTuple
        Holds the stacked arrays, for example W (4*H, D).
    name : str
        The stacked field, an underscore, the gate: "W_f".
    gates : dict of str to tuple of str
        Of every stacked field its gates, in the order of the rows.

    Raises
    ------
    AttributeError
        If the record has no such field or gate; the message names those it has.
    """
    field, _, gate = name.partition("_")
    if gate not in gates.get(field, ()) or getattr(record, field) is None:
        held = [field for field in gates if getattr(record, field) is not None]
        known = ", ".join(f"{field}_{gate}" for field in held for gate in gates[field])
        kind = name_of(type(record))
        raise AttributeError(
            say(f"{kind} has no {name!r}; it has {known}", f"{kind} 没有 {name!r}；它有 {known}")
        )
    stacked, order = getattr(record, field), gates[field]
    size = len(stacked) // len(order)
    start = order.index(gate) * size
    return stacked[start : start + size]


def biased(a: Array, b: Array | None) -> Array:
    """Add a bias to net inputs, if there is one."""
    return a if b is None else a + b
