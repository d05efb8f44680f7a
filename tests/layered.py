"""Layers of recurrent cells on top of each other, run one after the other in the plainest way."""

from typing import NamedTuple

import numpy as np
from cases import B, D, T, normal

from rnnref import gru, lstm, rnn

CELLS = {"rnn": (rnn, 1), "lstm": (lstm, 4), "gru": (gru, 3)}


class Case(NamedTuple):
    """One cell with its options, the units of each layer, and what else its weights have."""

    cell: str
    options: dict
    units: tuple = (4,)
    peepholes: bool = False
    outputs: int | None = None  # of a projection

    @property
    def directions(self):
        return 1 + self.options.get("bidirectional", False)

    @property
    def biased(self):
        """Whether to record it with biases; of the small ones without them too."""
        return (True, False) if len(self.units) == 1 else (True,)


def records(case, seed=11):
    """Return random records of all layers, in each the forward direction first."""
    draw, found, inputs = normal(seed), [], D
    module, gates = CELLS[case.cell]
    for H in case.units:
        P = case.outputs or H
        for _ in range(case.directions):
            W, U, b = draw(gates * H, inputs), draw(gates * H, P), draw(gates * H)
            extra = {"b_u": draw(H)} if case.options.get("reset") == "after" else {}
            extra |= {"p": draw(3 * H)} if case.peepholes else {}
            extra |= {"W_p": draw(P, H)} if case.outputs else {}
            found.append(module.Params(W, U, b, **extra))
        inputs = P * case.directions
    return found


def inputs(seed=12):
    """Return a random batch of sequences (B, T, D)."""
    return normal(seed)(B, T, D)


def starts(case, seed=13):
    """Return a random state for every record, each as a tuple of arrays."""
    draw, found = normal(seed), []
    for H in (H for H in case.units for _ in range(case.directions)):
        h = draw(B, case.outputs or H)
        found.append((h, draw(B, H)) if case.cell == "lstm" else (h,))
    return found


def run(records, options, x, starts):
    """Return y and the final state of every record, each as a tuple of arrays.

    Parameters
    ----------
    records : list of Params
    options : dict
    x : (B, T, D)
    starts : list of tuple of arrays
    """
    own = dict(options)
    directions = 1 + own.pop("bidirectional", False)
    finals = []
    for first in range(0, len(records), directions):
        sides = []
        for n in range(first, first + directions):
            step = slice(None, None, -1 if n > first or own.get("reverse") else 1)
            y, final = single(records[n], own, x[:, step], starts[n])
            sides.append(y[:, step])
            finals.append(final)
        x = np.concatenate(sides, axis=-1)
    return x, finals


def single(p, options, x, start):
    """Run one record forwards; return y and the final state as a tuple of arrays."""
    own = {name: value for name, value in options.items() if name != "reverse"}
    if isinstance(p, lstm.Params):
        found = lstm.forward(x, p, state=lstm.State(*start), **own)
        return found.y, tuple(found.state)
    module = gru if isinstance(p, gru.Params) else rnn
    found = module.forward(x, p, state=start[0], **own)
    return found.y, (found.state,)
