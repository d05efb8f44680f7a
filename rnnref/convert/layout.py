"""The form that every framework's weights pass through: gates on rows, one bias at each product."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import gru, lstm, rnn
from ..hints import Array
from ..overflow import quietly

CELLS = {"rnn": rnn, "lstm": lstm, "gru": gru}
GATES = {"rnn": ("h",), "lstm": lstm.GATES, "gru": gru.GATES}  # our order of rows


class Rows(NamedTuple):
    """Weights of one layer in one direction, gates stacked on rows in a framework's order."""

    W: Array  # (G*H, D)
    U: Array  # (G*H, H)
    b: Any = None  # (G*H,) added to the product with the input; None means zeros
    b_recurrent: Any = None  # (G*H,) added to the product with the state


def axes(cell: str) -> dict[str, str]:
    """Return the axes of every field of `Rows`, as `dims.check` takes them."""
    rows = f"{len(GATES[cell])}*H"
    return {"W": f"{rows} D", "U": f"{rows} H", "b": rows, "b_recurrent": rows}


def ordered(stacked: Array, old: Sequence[str], new: Sequence[str]) -> Array:
    """Return rows with their gates in another order, as a new array.

    Parameters
    ----------
    stacked : (G*H, ...)
    old, new : sequence of str
        The same gates in two orders.

    Returns
    -------
    (G*H, ...)
    """
    blocks = dict(zip(old, np.split(stacked, len(old)), strict=True))
    return np.concatenate([blocks[gate] for gate in new])


@quietly
def to_record(cell: str, rows: Rows, gates: Sequence[str], reset: str | None = None) -> Any:
    """Make our record of a framework's rows.

    Parameters
    ----------
    cell : "rnn", "lstm" or "gru"
    rows : Rows
    gates : sequence of str
        The framework's order.
    reset : "before", "after" or None
        After the product a GRU's reset gate acts on one of the candidate's two biases, so those
        stay apart. All others are added up.

    Returns
    -------
    Params of the cell
    """
    biases = [np.zeros(len(rows.W), rows.W.dtype) if b is None else b for b in rows[2:]]
    W, U, b, b_recurrent = (ordered(a, gates, GATES[cell]) for a in (rows.W, rows.U, *biases))
    if reset != "after":
        return CELLS[cell].Params(W, U, b + b_recurrent)
    r, z, h = np.split(b, 3)
    r_recurrent, z_recurrent, b_u = np.split(b_recurrent, 3)
    return gru.Params(W, U, np.concatenate([r + r_recurrent, z + z_recurrent, h]), b_u)


def to_rows(cell: str, p: Any, gates: Sequence[str]) -> Rows:
    """Lay out our record as a framework's rows; every bias but b_u goes to the input's product.

    Parameters
    ----------
    cell : "rnn", "lstm" or "gru"
    p : Params of the cell
    gates : sequence of str
        The framework's order.

    Returns
    -------
    Rows
    """
    b_recurrent = np.zeros_like(p.b)
    if cell == "gru" and p.b_u is not None:
        b_recurrent[-len(p.b_u) :] = p.b_u  # our last rows are the candidate's
    return Rows(*(ordered(array, GATES[cell], gates) for array in (p.W, p.U, p.b, b_recurrent)))
