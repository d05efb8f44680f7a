"""Other records with the same effect, for frameworks that have only one of two conventions."""

from collections.abc import Sequence

import numpy as np

from .. import gru, lstm
from ..checks.dims import shapes
from ..hints import Array
from ..lstm.records import PEEPHOLES


@shapes(p=gru.Params)
def negate_update(p: gru.Params) -> gru.Params:
    """Return the GRU that does with the other meaning of z what this one does with its own.

    With negated rows the update gate is one minus what it was, exactly.

    Parameters
    ----------
    p : gru.Params
        For update="replace" or "keep".

    Returns
    -------
    gru.Params
        For the other of the two.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that is no such record.

    Examples
    --------
    >>> from rnnref import convert, examples, gru
    >>> p = examples.gru_params()
    >>> replace = gru.forward(examples.X, p, update="replace")
    >>> keep = gru.forward(examples.X, convert.negate_update(p), update="keep")
    >>> bool(abs(keep.y - replace.y).max() < 1e-15)
    True
    """
    W, U, b = (_negated(array) for array in (p.W, p.U, p.b))
    return gru.Params(W, U, b, None if p.b_u is None else p.b_u.copy())


@shapes(p=lstm.Params)
def uncouple(p: lstm.Params) -> lstm.Params:
    """Return the LSTM that does without coupled gates what this one does with them.

    The rows of the forget gate become those of the input gate, negated: the forget gate is then
    one minus the input gate, exactly.

    Parameters
    ----------
    p : lstm.Params
        For coupled=True, where the rows of the forget gate are not read.

    Returns
    -------
    lstm.Params
        For coupled=False.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that is no such record.
    """
    W, U, b = (_uncoupled(array) for array in (p.W, p.U, p.b))
    W_p = None if p.W_p is None else p.W_p.copy()
    return lstm.Params(W, U, b, None if p.p is None else _uncoupled(p.p, PEEPHOLES), W_p)


def _negated(stacked: Array) -> Array:
    """Return the rows of a GRU with those of z negated, as a new array."""
    r, z, h = np.split(stacked, len(gru.GATES))
    return np.concatenate([r, -z, h])


def _uncoupled(stacked: Array, gates: Sequence[str] = lstm.GATES) -> Array:
    """Return the rows of an LSTM with those of f replaced by the negated ones of i."""
    rows = dict(zip(gates, np.split(stacked, len(gates)), strict=True))
    return np.concatenate(list((rows | {"f": -rows["i"]}).values()))
