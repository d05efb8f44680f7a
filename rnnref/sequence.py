"""From one step to a whole sequence."""

from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray


class Run(NamedTuple):
    """What a cell did over a sequence. The arrays are read-only.

    Attributes
    ----------
    y : (B, T, H)
        The hidden state at every step.
    state : (B, H), or a `State` of such arrays
        The state after the last step; with T = 0 the state it started from.
    steps : step record
        Every named value of the cell, (B, T, H) each.
    """

    y: ndarray
    state: Any
    steps: Any


def unroll(step, record, x, state, p):
    """Call a cell's step on x[:, t] for every t and stack what it returns along time.

    Parameters
    ----------
    step : function (x, *state, p) -> record
        A cell's step, its shapes checked by the caller.
    record : NamedTuple type
        What `step` returns; the fields of the state are among its fields.
    x : (B, T, D)
    state : NamedTuple of (B, H)
    p : Params

    Returns
    -------
    steps : record of (B, T, H)
    state : the state after the last step, copied
    """
    (B, T, _), H = x.shape, state[0].shape[1]
    dtype = np.result_type(x, *state, *(array for array in p if array is not None))
    steps = record(*(np.empty((B, T, H), dtype) for _ in record._fields))
    for t in range(T):
        now = step(x[:, t], *state, p)
        for whole, part in zip(steps, now, strict=True):
            whole[:, t] = part
        state = state._make(getattr(now, field) for field in state._fields)
    final = state._make(np.array(array, dtype) for array in state)
    for array in (*steps, *final):
        array.flags.writeable = False
    return steps, final
