"""Gates are stored stacked on rows and read by name; biases may be absent."""

from .dims import name_of
from .errors import say


def gate_view(record, name, gates):
    """Return the rows of one gate in a stacked parameter, as a view.

    Parameters
    ----------
    record : NamedTuple
        Holds the stacked arrays, for example W (4*H, D).
    name : str
        The stacked field, an underscore, the gate: "W_f".
    gates : sequence of str
        The gates in the order of the rows.

    Raises
    ------
    AttributeError
        If the record has no such field or gate; the message names those it has.
    """
    field, _, gate = name.partition("_")
    if field not in record._fields or gate not in gates:
        stacks = [field for field in record._fields if "_" not in field]  # b_u is one gate's own
        known = ", ".join(f"{field}_{gate}" for field in stacks for gate in gates)
        kind = name_of(type(record))
        raise AttributeError(
            say(f"{kind} has no {name!r}; it has {known}", f"{kind} 没有 {name!r}；它有 {known}")
        )
    stacked = getattr(record, field)
    size = len(stacked) // len(gates)
    start = gates.index(gate) * size
    return stacked[start : start + size]


def biased(a, b):
    """Add a bias to net inputs, if there is one."""
    return a if b is None else a + b
